import { type Branch, forestOf, type ReplicationGraph, type Tree } from '../domain/replication-graph.ts';
import { linkWord, plain, roleWord, stateWord } from './graph-words.ts';
import type { Paint } from './status-table.ts';
import { renderTable } from './table.ts';

const header = ['NODE', 'ROLE', 'STATE', 'SOURCE', 'LINK', 'LAG B', 'LAG S'];

/** What a tree is drawn with. */
interface Lines {
  readonly middle: string;
  readonly last: string;
  readonly past: string;
}

const boxDrawing: Lines = { middle: '├─ ', last: '└─ ', past: '│  ' };
const ascii: Lines = { middle: '|- ', last: '`- ', past: '|  ' };

/**
 * The replication of a cluster as an indented tree, with the words and marks of the status table: `!` marks what differs
 * from the plan, `?` what could not be seen. A node that was not seen stands where it belongs.
 * @param isUtf8 - whether the terminal shows more than ASCII
 */
export function renderTree(graph: ReplicationGraph, paint: Paint, isUtf8: boolean): string {
  const { name, topology, health } = graph.cluster;
  const lines = isUtf8 ? boxDrawing : ascii;
  const rows = forestOf(graph).flatMap((tree) => treeRows(tree, lines));
  const [head, ...body] = renderTable([header, ...rows])
    .trimEnd()
    .split('\n');
  const tone = health === 'healthy' ? 'good' : 'bad';
  return [`${name}  ${topology}  ${paint(tone, health)}`, paint('dim', head ?? ''), ...body, ''].join('\n');
}

type Row = readonly string[];

function treeRows({ root, address, branches }: Tree, lines: Lines): readonly Row[] {
  if (root === 'node') return branches.flatMap((branch) => branchRows(branch, '', '', lines));
  const title = root === 'cycle' ? '!a cycle' : `!${plain(address ?? '')}`;
  return [[title], ...followerRows(branches, '', lines)];
}

const followerRows = (followers: readonly Branch[], indent: string, lines: Lines): readonly Row[] =>
  followers.flatMap((follower, i) =>
    i === followers.length - 1
      ? branchRows(follower, `${indent}${lines.last}`, `${indent}   `, lines)
      : branchRows(follower, `${indent}${lines.middle}`, `${indent}${lines.past}`, lines),
  );

const branchRows = (branch: Branch, first: string, indent: string, lines: Lines): readonly Row[] => [
  [`${first}${plain(branch.node.name)}`, roleWord(branch.node), stateWord(branch.node), ...edgeCells(branch)],
  ...followerRows(branch.followers, indent, lines),
];

function edgeCells({ node, edge }: Branch): Row {
  const unknown = node.role === null ? '?' : '-';
  const isMisplaced = node.role === 'master' && node.plannedRole !== 'master';
  if (edge === null) return [isMisplaced ? '!-' : unknown, unknown, unknown, unknown];
  const source = plain(edge.source);
  if (!edge.seen) return [`?${source}`, '?', '?', '?'];
  const lag = (value: number | null): string => (value === null ? '?' : String(value));
  return [edge.planned ? source : `!${source}`, linkWord(edge), lag(edge.lagBytes), lag(edge.lagSeconds)];
}
