import { type ClusterSpec, formatAddress, type NodeSpec, sameAddress, sourceOf } from './cluster.ts';
import type { ReplicaLink, ServerInfo } from './server-info.ts';

/** A node that is not as it should be. */
export interface NotReady {
  readonly node: string;
  /** What is missing, as a sentence that begins with the name of the node. */
  readonly text: string;
}

/**
 * @returns the line about a replica in what its source says, or undefined; of two, that of the link which lives: a source
 * takes a minute to see that a replica has gone without a word, and come again
 */
export const linkTo = (source: ServerInfo, replica: NodeSpec): ReplicaLink | undefined =>
  source.replicas
    .filter((link) => sameAddress(link.address, replica.address))
    .reduce<ReplicaLink | undefined>((best, link) => (best && best.offset >= link.offset ? best : link), undefined);

/**
 * What is missing until replication is usable. A link that is up is not enough: after a full synchronisation the source
 * streams only when the replica has acknowledged (redis#10092), so its own view and an acknowledged offset count.
 * @param infos - by node; a node that is not in it did not answer
 * @param reached - the offset that every replica must have acknowledged; 0 before anything was sent to them
 * @param nodes - the nodes that matter
 * @returns the nodes that are not ready
 */
export function missingForReplication(
  cluster: ClusterSpec,
  infos: ReadonlyMap<string, ServerInfo>,
  reached: number,
  nodes: readonly NodeSpec[] = cluster.nodes,
): readonly NotReady[] {
  return nodes.flatMap((node) => {
    const problem = missingFor(cluster, node, infos, reached);
    return problem ? [{ node: node.name, text: `${node.name} ${problem}` }] : [];
  });
}

function missingFor(
  cluster: ClusterSpec,
  node: NodeSpec,
  infos: ReadonlyMap<string, ServerInfo>,
  reached: number,
): string | undefined {
  const info = infos.get(node.name);
  if (!info) return 'does not answer';
  if (info.loading) return 'is loading its data';
  const source = sourceOf(cluster, node);
  if (!source) return info.role === 'master' ? undefined : 'is a replica, and should be the master';
  if (info.role === 'master' || !info.source) return `is a master, and should follow ${source.name}`;
  if (!sameAddress(info.source, source.address))
    return `follows ${formatAddress(info.source)} instead of ${source.name}`;
  if (info.link === 'syncing') return `is in its first synchronisation with ${source.name}`;
  if (info.link === 'down') return `has no link to ${source.name}`;
  return missingAtSource(node, info, source, infos.get(source.name), reached);
}

function missingAtSource(
  node: NodeSpec,
  info: ServerInfo,
  source: NodeSpec,
  sourceInfo: ServerInfo | undefined,
  reached: number,
): string | undefined {
  if (!sourceInfo) return `cannot be checked, as ${source.name} does not answer`;
  if (info.replid !== sourceInfo.replid) return `holds another history than ${source.name}`;
  const link = linkTo(sourceInfo, node);
  if (!link) return `is not in the list of ${source.name}`;
  if (link.state !== 'online') return `is not online at ${source.name} yet (${link.state})`;
  if (link.offset < reached) return `has acknowledged ${link.offset} of ${reached} bytes to ${source.name}`;
  return undefined;
}
