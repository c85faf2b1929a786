import type { GraphEdge, GraphNode, ReplicationGraph } from '../domain/replication-graph.ts';
import { edgeLabel, plain, roleWord, stateWord, toneOf } from './graph-words.ts';

const fills = { master: '#cfe8ff', replica: '#d7f5dd', bad: '#ffd8d3' } as const;

/**
 * The replication of a cluster as a digraph of Graphviz. Links that are up are solid, links in a full synchronisation are
 * dotted, all others are dashed.
 */
export function renderDot({ cluster, nodes, edges, outside }: ReplicationGraph): string {
  const lines = [
    'node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    'edge [fontname="sans-serif", fontsize=10];',
    ...nodes.map((node) => `${quoted(node.name)} [label=${nodeLabel(node)}, fillcolor="${fills[toneOf(node)]}"];`),
    ...outside.map((address) => `${quoted(address)} [label=${quoted(`!${address}`)}, shape=ellipse, style=dashed];`),
    ...edges.map((edge) => `${quoted(edge.source)} -> ${quoted(edge.node)} [${edgeAttributes(edge)}];`),
  ];
  return [`digraph ${quoted(cluster.name)} {`, ...lines.map((line) => `  ${line}`), '}', ''].join('\n');
}

/** `\n` breaks the line there. */
const nodeLabel = (node: GraphNode): string =>
  `"${escaped(node.name)}\\n${escaped(`${roleWord(node)}, ${stateWord(node)}`)}"`;

function edgeAttributes(edge: GraphEdge): string {
  const style = edge.link === 'up' ? 'solid' : edge.link === 'syncing' ? 'dotted' : 'dashed';
  return `style=${style}, color="${colourOf(edge)}", label=${quoted(edgeLabel(edge))}`;
}

function colourOf({ seen, link, planned }: GraphEdge): string {
  if (!seen) return '#8c959f';
  return link === 'down' || !planned ? '#cf222e' : '#1f2328';
}

const quoted = (text: string): string => `"${escaped(text)}"`;

/** A backslash steers labels (`\N` is the name of the node), and an ampersand begins a character of HTML. */
const escaped = (text: string): string =>
  plain(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;');
