import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { ReplicationGraph } from '../../src/domain/replication-graph.ts';
import { renderDot } from '../../src/render/topology-dot.ts';
import { graphOf, hostileGraph, hostileNames } from '../helpers/graphs.ts';
import { cluster, node, shaped } from '../helpers/values.ts';

/** What Graphviz has drawn. */
interface Drawing {
  /** The first line of what stands in each node. */
  readonly nodes: readonly string[];
  /** `source -> node`, with how the line looks where it is not solid. */
  readonly edges: readonly string[];
}

interface Operation {
  readonly op: string;
  readonly text?: string;
}

/** What `dot -Tjson` prints, as far as it matters here. */
interface DotJson {
  readonly objects: readonly { readonly _ldraw_: readonly Operation[]; readonly pos: string }[];
  readonly edges?: readonly { readonly tail: number; readonly head: number; readonly style: string }[];
}

/** Renders a graph with the Graphviz of the system. Sources must stand above the nodes that follow them. */
function draw(graph: ReplicationGraph): Drawing {
  const { status, stdout, stderr } = spawnSync('dot', ['-Tjson'], { input: renderDot(graph), encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']); // null: install graphviz
  const { objects, edges = [] } = JSON.parse(stdout) as DotJson;
  const nodes = objects.map(({ _ldraw_ }) => _ldraw_.find(({ op }) => op === 'T')?.text ?? '');
  return {
    nodes,
    edges: edges.map(({ tail, head, style }) => {
      const line = `${nodes[tail]} -> ${nodes[head]}`;
      return style === 'solid' ? line : `${line} (${style})`;
    }),
  };
}

describe('Graphviz must draw every node and link, in its direction', () => {
  test('of a star', () => {
    expect(draw(graphOf(cluster(2)))).toEqual({
      nodes: ['master', 'slave-1', 'slave-2'],
      edges: ['master -> slave-1', 'master -> slave-2'],
    });
  });

  test('of a chain', () => {
    const chain = shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' });
    expect(draw(graphOf(chain)).edges).toEqual(['master -> slave-1', 'slave-1 -> slave-2']);
  });

  test('of a tree', () => {
    const tree = shaped('tree', { master: null, 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'slave-1' });
    expect(draw(graphOf(tree)).edges).toEqual(['master -> slave-1', 'master -> slave-2', 'slave-1 -> slave-3']);
  });

  test('of a cycle', () => {
    const cut = { role: 'replica', source: node('slave-1', null).address, link: 'down' } as const;
    expect(draw(graphOf(cluster(1), {}, { master: cut }))).toEqual({
      nodes: ['master', 'slave-1'],
      edges: ['master -> slave-1', 'slave-1 -> master (dashed)'],
    });
  });

  test('of what is broken: dashed where a link is down or was not seen, dotted where it syncs', () => {
    const stranger = { source: { host: '10.0.0.9', port: 6379 }, link: 'down' } as const;
    const changes = { 'slave-1': { link: 'syncing' }, 'slave-3': stranger } as const;
    const { nodes, edges } = draw(graphOf(cluster(3), { 'slave-2': 'stopped' }, changes));
    expect(nodes).toEqual(['master', 'slave-1', 'slave-2', 'slave-3', '!10.0.0.9:6379']);
    expect(edges).toEqual([
      'master -> slave-1 (dotted)',
      'master -> slave-2 (dashed)',
      '!10.0.0.9:6379 -> slave-3 (dashed)',
    ]);
  });

  test('of a single node', () => {
    expect(draw(graphOf(cluster(0)))).toEqual({ nodes: ['master'], edges: [] });
  });
});

test('no name must be more than a name', () => {
  const shown = hostileNames.map((name) => name.replace('\u001b', ' '));
  expect(draw(hostileGraph)).toEqual({
    nodes: shown,
    edges: shown.slice(1).map((name, i) => `${shown[i]} -> ${name}`),
  });
});
