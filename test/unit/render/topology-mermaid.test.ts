import { describe, expect, test } from 'vitest';
import type { ReplicationGraph } from '../../../src/domain/replication-graph.ts';
import { renderMermaid } from '../../../src/render/topology-mermaid.ts';
import { graphOf, hostileGraph, hostileNames } from '../../helpers/graphs.ts';
import { cluster, shaped } from '../../helpers/values.ts';

/** What Mermaid makes of a flowchart. */
interface Flowchart {
  readonly labels: readonly string[];
  /** `source -> node`, by the first line of their labels, and how the line is drawn. */
  readonly edges: readonly string[];
}

/** The part of the grammar of Mermaid that is used, to the letter: its own parser needs a browser. */
function parseFlowchart(text: string): Flowchart {
  const [first, ...lines] = text.trimEnd().split('\n');
  expect(first).toBe('flowchart TD');
  const labels = new Map<string, string>();
  const edges: string[] = [];
  for (const line of lines) {
    const label =
      /^ {2}(n\d+)(?:\["([^"`[\]{}()|<>\\]*(?:<br\/>[^"`[\]{}()|<>\\]*)?)"\]|\(\["([^"`<>\\]*)"\]\)):::(?:master|replica|bad)$/;
    const [, id, box, stadium] = label.exec(line) ?? [];
    const [, source, arrow, , node] = /^ {2}(n\d+) (-->|==>|-\.->)\|"([\w !?,]+)"\| (n\d+)$/.exec(line) ?? [];
    if (id !== undefined) labels.set(id, decoded(box ?? stadium ?? ''));
    else if (source !== undefined && node !== undefined) {
      expect([labels.has(source), labels.has(node)]).toEqual([true, true]); // else Mermaid would make a node of its id
      edges.push(`${nameIn(labels.get(source))} ${arrow} ${nameIn(labels.get(node))}`);
    } else expect(line).toMatch(/^ {2}classDef (master|replica|bad) fill:#\w+,stroke:#\w+,color:#\w+$/);
  }
  return { labels: [...labels.values()], edges };
}

const decoded = (label: string): string =>
  label.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
const nameIn = (label = ''): string => label.replace(/<br\/>(?!.*<br\/>).*$/s, '');

const edgesOf = (graph: ReplicationGraph): readonly string[] => parseFlowchart(renderMermaid(graph)).edges;

describe('a flowchart must have every node and link, in its direction', () => {
  test('of a star', () => {
    expect(edgesOf(graphOf(cluster(2)))).toEqual(['master --> slave-1', 'master --> slave-2']);
  });

  test('of a chain', () => {
    const chain = shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' });
    expect(edgesOf(graphOf(chain))).toEqual(['master --> slave-1', 'slave-1 --> slave-2']);
  });

  test('with dashed links where they are down or were not seen, and thick ones where they sync', () => {
    const given = graphOf(
      cluster(3),
      { 'slave-3': 'stopped' },
      { 'slave-1': { link: 'down' }, 'slave-2': { link: 'syncing' } },
    );
    expect(edgesOf(given)).toEqual(['master -.-> slave-1', 'master ==> slave-2', 'master -.-> slave-3']);
  });

  test('of an unknown source', () => {
    const given = graphOf(cluster(1), {}, { 'slave-1': { source: { host: '10.0.0.9', port: 6379 } } });
    expect(edgesOf(given)).toEqual(['!10.0.0.9:6379 --> slave-1']);
  });
});

test('no name must be more than a name', () => {
  const { labels, edges } = parseFlowchart(renderMermaid(hostileGraph));
  const shown = hostileNames.map((name) => name.replace('\u001b', ' '));
  expect(labels.map(nameIn)).toEqual(shown);
  expect(edges).toEqual(shown.slice(1).map((name, i) => `${shown[i]} --> ${name}`));
});

test('the whole text', () => {
  expect(renderMermaid(graphOf(cluster(1), {}, { 'slave-1': { link: 'down' } }))).toMatchInlineSnapshot(`
    "flowchart TD
      n0["master<br/>master, running"]:::master
      n1["slave-1<br/>replica, running"]:::replica
      n0 -.->|"!down, 0 B, 0 s"| n1
      classDef master fill:#cfe8ff,stroke:#1f6feb,color:#000
      classDef replica fill:#d7f5dd,stroke:#2da44e,color:#000
      classDef bad fill:#ffd8d3,stroke:#cf222e,color:#000
    "
  `);
});
