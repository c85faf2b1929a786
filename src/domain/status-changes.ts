import type { ClusterStatus, NodeStatus, Warning } from './status.ts';

/** One thing that is not any more as it was. */
export interface Change {
  /** Null for the cluster as a whole. */
  readonly node: string | null;
  /** `state: running -> stopped` */
  readonly text: string;
}

/**
 * What changed between two looks at a cluster: states, roles, sources, links, the health, the master, and which warnings
 * there are. Numbers that go on and on are no change. Of a node that is not seen any more only the state is told, and the
 * rest when it is seen again.
 * @param before - undefined for the first look: then the nodes are not told, and every warning is new
 */
export function changesBetween(before: ClusterStatus | undefined, after: ClusterStatus): readonly Change[] {
  return [
    ...(before ? clusterChanges(before, after) : [{ node: null, text: describe(after) }]),
    ...(before ? nodeChanges(before.nodes, after.nodes) : []),
    ...warningChanges(before?.warnings ?? [], after.warnings),
  ];
}

function describe({ cluster: { health, topology, master }, nodes }: ClusterStatus): string {
  const running = nodes.filter(({ state }) => state === 'running').length;
  return `${health}: ${topology}, master: ${master ?? '-'}, nodes: ${nodes.length} (running: ${running})`;
}

function clusterChanges(before: ClusterStatus, after: ClusterStatus): readonly Change[] {
  const changed = (name: string, from: string | null, to: string | null): readonly Change[] =>
    from === to ? [] : [{ node: null, text: arrow(name, from, to, '-') }];
  return [
    ...changed('health', before.cluster.health, after.cluster.health),
    ...changed('master', before.cluster.master, after.cluster.master),
  ];
}

const arrow = (name: string, from: string | null, to: string | null, nothing: string): string =>
  `${name}: ${from ?? nothing} -> ${to ?? nothing}`;

function nodeChanges(before: readonly NodeStatus[], after: readonly NodeStatus[]): readonly Change[] {
  const gone = before.filter(({ name }) => !after.some((node) => node.name === name));
  return [
    ...after.flatMap((node) => {
      const earlier = before.find(({ name }) => name === node.name);
      return earlier ? changesOf(earlier, node) : [{ node: node.name, text: `added: ${node.state}` }];
    }),
    ...gone.map(({ name }) => ({ node: name, text: 'removed' })),
  ];
}

function changesOf(before: NodeStatus, after: NodeStatus): readonly Change[] {
  const wasSeen = before.role !== null;
  const changed = (field: 'state' | 'role' | 'source' | 'link'): readonly Change[] =>
    wasSeen && before[field] === after[field]
      ? []
      : [{ node: after.name, text: arrow(field, wasSeen ? before[field] : '?', after[field], '-') }];
  const state =
    before.state === after.state ? [] : [{ node: after.name, text: arrow('state', before.state, after.state, '?') }];
  if (after.role === null) return state;
  // A master has neither source nor link: its role says so.
  const ofReplicas = after.role === 'replica' ? [...changed('source'), ...changed('link')] : [];
  return [...state, ...changed('role'), ...ofReplicas];
}

/** The words of a warning may hold numbers that change all the time; its code and its node do not. */
const sameWarning = (a: Warning, b: Warning): boolean => a.code === b.code && a.node === b.node;

function warningChanges(before: readonly Warning[], after: readonly Warning[]): readonly Change[] {
  const missing = (from: readonly Warning[], others: readonly Warning[]): readonly Warning[] =>
    from.filter((warning) => !others.some((other) => sameWarning(warning, other)));
  return [
    ...missing(after, before).map(({ node, message }) => ({ node, text: `warning: ${message}` })),
    ...missing(before, after).map(({ node, message }) => ({ node, text: `no more: ${message}` })),
  ];
}
