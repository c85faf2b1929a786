import type { NodeStatus } from '../status.ts';
import type { Scene } from './scene.ts';

/** Everything that tells whether a node can serve replicas. */
type Seen = Pick<Scene, 'nodes' | 'infos' | 'refusing' | 'misplaced'>;

/**
 * Finds why a replica has no link where the reason is not its own: the node above it that is stopped, silent, off the
 * network, or loading. A source without a link of its own serves nobody, so what is wrong further up counts.
 * @returns the name of that node; undefined where the source could serve the replica
 */
export function culpritOf(seen: Seen, replica: NodeStatus): string | undefined {
  const passed: string[] = [replica.name];
  let at = replica.source;
  while (at !== null && !passed.includes(at)) {
    const node = seen.nodes.find(({ name }) => name === at);
    if (!node) return undefined;
    if (cannotServe(seen, node) || node.link === 'syncing') return node.name;
    if (node.link !== 'down') return passed.length > 1 ? passed.at(-1) : undefined;
    passed.push(at);
    at = node.source;
  }
  return passed.length > 1 ? passed.at(-1) : undefined;
}

const cannotServe = ({ infos, refusing, misplaced }: Seen, { name, state }: NodeStatus): boolean =>
  state !== 'running' || refusing.has(name) || misplaced.has(name) || infos.get(name)?.loading === true;

/** @returns the replicas whose link is down, and whose reason for it is that node */
export const dependentsOf = (seen: Seen, culprit: string): readonly string[] =>
  seen.nodes
    .filter((node) => node.link === 'down' && !seen.misplaced.has(node.name) && culpritOf(seen, node) === culprit)
    .map(({ name }) => name);
