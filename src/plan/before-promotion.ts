import { type ClusterSpec, masterOf, nodeAt, sameSource } from '../domain/cluster.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** What tells whose place a node takes. */
export interface BeforeFacts {
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly target: string;
}

/**
 * The cluster with the master whose place a promotion takes. Where the record names the target already, a change was cut off,
 * and the master before it may not have stepped down: of the one that the target still follows nobody can say so while it is
 * silent, and it must be judged and fenced as any other one.
 * @returns null where nobody is left who could still be a master
 */
export function clusterBefore({ record: { cluster }, containers, infos, target }: BeforeFacts): ClusterSpec | null {
  if (masterOf(cluster).name !== target) return cluster;
  const info = infos.get(target);
  const former = info?.role === 'replica' && info.source ? nodeAt(cluster, info.source) : undefined;
  if (!former || former.name === target || infos.has(former.name)) return null;
  const state = containerOf({ containers }, former.name)?.state;
  if (state === undefined || state === 'stopped') return null;
  const nodes = cluster.nodes.map((node) => {
    if (node.name === former.name) return { ...node, source: null };
    // Who has gone below the target already hears of its source no more.
    return sameSource(infos.get(node.name)?.source, former.address) ? { ...node, source: former.name } : node;
  });
  return { ...cluster, nodes };
}
