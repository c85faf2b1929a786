import type { GraphEdge, ReplicationGraph } from '../domain/replication-graph.ts';
import { edgeLabel, plain, roleWord, stateWord, toneOf } from './graph-words.ts';

const classes = [
  'classDef master fill:#cfe8ff,stroke:#1f6feb,color:#000',
  'classDef replica fill:#d7f5dd,stroke:#2da44e,color:#000',
  'classDef bad fill:#ffd8d3,stroke:#cf222e,color:#000',
];

/**
 * The replication of a cluster as a flowchart of Mermaid, which GitHub renders. Links that are up are solid, links in a
 * full synchronisation are thick, all others are dashed.
 */
export function renderMermaid({ nodes, edges, outside }: ReplicationGraph): string {
  // Ids of our own: `end` and other words mean something there.
  const ids = new Map([...nodes.map(({ name }) => name), ...outside].map((name, i) => [name, `n${i}`]));
  const id = (name: string): string => ids.get(name) ?? '';
  const lines = [
    ...nodes.map((node) => {
      const label = `${escaped(node.name)}<br/>${roleWord(node)}, ${stateWord(node)}`;
      return `${id(node.name)}["${label}"]:::${toneOf(node)}`;
    }),
    ...outside.map((address) => `${id(address)}(["!${escaped(address)}"]):::bad`),
    ...edges.map((edge) => `${id(edge.source)} ${arrow(edge)}|"${edgeLabel(edge)}"| ${id(edge.node)}`),
    ...classes,
  ];
  return ['flowchart TD', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function arrow({ link }: GraphEdge): string {
  if (link === 'up') return '-->';
  return link === 'syncing' ? '==>' : '-.->';
}

/** Mermaid has character codes of its own, between `#` and `;`; what could be HTML or Markdown is one of these. */
const escaped = (text: string): string =>
  plain(text).replace(/[^\p{L}\p{N} .:_-]/gu, (character) => `#${character.codePointAt(0)};`);
