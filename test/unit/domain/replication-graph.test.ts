import { expect, test } from 'vitest';
import { type Branch, forestOf, type ReplicationGraph } from '../../../src/domain/replication-graph.ts';
import { graphOf } from '../../helpers/graphs.ts';
import { assertValid } from '../../helpers/schemas.ts';
import { cluster } from '../../helpers/values.ts';

const names = (branches: readonly Branch[]): readonly string[] =>
  branches.flatMap(({ node, followers }) => [node.name, ...names(followers)]);

/** A graph of which only the sources matter. */
function graph(sources: Readonly<Record<string, string | null>>): ReplicationGraph {
  const base = graphOf(cluster(0));
  const edges = Object.entries(sources).flatMap(([node, source]) =>
    source === null
      ? []
      : [{ source, node, seen: true, planned: true, link: 'up' as const, lagBytes: 0, lagSeconds: 0 }],
  );
  return {
    ...base,
    nodes: Object.keys(sources).map((name) => ({ name, role: 'replica', plannedRole: 'replica', state: 'running' })),
    edges,
    outside: [...new Set(edges.map(({ source }) => source))].filter((source) => !(source in sources)),
  };
}

test('whoever follows whom, every node must stand exactly once in the forest', () => {
  const choices = [null, 'a', 'b', 'c', 'd', 'outside:1'];
  for (let i = 0; i < choices.length ** 4; i++) {
    const [a = null, b = null, c = null, d = null] = [0, 1, 2, 3].map(
      (digit) => choices[Math.floor(i / choices.length ** digit) % choices.length],
    );
    const trees = forestOf(graph({ a, b, c, d }));
    const placed = trees.flatMap(({ branches }) => names(branches));
    if ([...placed].sort().join() !== 'a,b,c,d') throw new Error(`${[a, b, c, d]}: ${placed}`);
  }
});

test('a cycle must begin with its first node, and not with what hangs on it', () => {
  const [tree, ...others] = forestOf(graph({ a: 'c', b: 'd', c: 'b', d: 'c' }));
  expect(others).toEqual([]);
  expect([tree?.root, names(tree?.branches ?? [])]).toEqual(['cycle', ['b', 'c', 'a', 'd']]);
});

test('what was not seen must be where it belongs, and say so', () => {
  const { edges, nodes } = graphOf(cluster(1), { 'slave-1': 'stopped' });
  expect(nodes[1]).toEqual({ name: 'slave-1', role: null, plannedRole: 'replica', state: 'stopped' });
  expect(edges).toEqual([
    { source: 'master', node: 'slave-1', seen: false, planned: true, link: null, lagBytes: null, lagSeconds: null },
  ]);
});

test('it must be a valid document in every state', () => {
  const stranger = { source: { host: '10.0.0.9', port: 6379 }, link: 'syncing' } as const;
  for (const given of [graphOf(), graphOf(cluster(2), { master: 'stopped' }, { 'slave-1': stranger })]) {
    assertValid('topology', { schemaVersion: 1, ...given });
  }
});
