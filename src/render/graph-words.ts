import type { GraphEdge, GraphNode } from '../domain/replication-graph.ts';

/** @returns a text without what steers a terminal or breaks a line: the address of a source is what somebody typed */
export const plain = (text: string): string => text.replace(/\p{C}/gu, ' ');

/** The role of a node: `?` marks the planned one of a node that was not seen, `!` one that differs from the plan. */
export function roleWord({ role, plannedRole }: GraphNode): string {
  if (role === null) return `?${plannedRole}`;
  return role === plannedRole ? role : `!${role}`;
}

/** The state of a node; `!` marks what is not as it should be. */
export const stateWord = ({ state }: GraphNode): string => (state === 'running' ? state : `!${state}`);

/** The state of a link. */
export const linkWord = ({ link }: GraphEdge): string => (link === 'down' ? '!down' : (link ?? '?'));

/** Link and lag in one line: `up, 0 B, 0 s`; what is not known is left out. */
export function edgeLabel(edge: GraphEdge): string {
  if (!edge.seen) return '?';
  const { lagBytes, lagSeconds, planned } = edge;
  return [
    linkWord(edge),
    ...(lagBytes === null ? [] : [`${lagBytes} B`]),
    ...(lagSeconds === null ? [] : [`${lagSeconds} s`]),
    ...(planned ? [] : ['!not as planned']),
  ].join(', ');
}

/** How well a node is, for its colour. */
export function toneOf({ role, plannedRole, state }: GraphNode): 'master' | 'replica' | 'bad' {
  return state === 'running' && role === plannedRole ? role : 'bad';
}
