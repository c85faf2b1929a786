import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { settingInConf } from '../render/conf-values.ts';
import type { Connections } from './connections.ts';
import { hasLeft, releaseLeft } from './hold-writes.ts';

/**
 * Sets back what hand-overs that were killed have left in the servers of a cluster. A node that does not tell its settings is
 * found by what comes after this.
 * @param nodes - those that answer
 */
export async function releaseAllLeft(
  cluster: ClusterSpec,
  nodes: readonly string[],
  connections: Connections,
): Promise<void> {
  const release = async (name: string): Promise<void> => {
    try {
      await releaseLeft(await connections.to(name), (directive) => settingInConf(cluster, name, directive));
    } catch (error) {
      if (!(error instanceof RmsxError)) throw error;
    }
  };
  await Promise.all(nodes.map(release));
}

/** @returns those of some nodes in which a hand-over that was killed has left something; nodes that do not tell are none */
export async function nodesWithLeft(
  cluster: ClusterSpec,
  nodes: readonly string[],
  connections: Connections,
): Promise<readonly string[]> {
  const looks = nodes.map(async (name) => {
    try {
      const connection = await connections.to(name);
      return (await hasLeft(connection, (directive) => settingInConf(cluster, name, directive))) ? [name] : [];
    } catch (error) {
      if (!(error instanceof RmsxError)) throw error;
      return [];
    }
  });
  return (await Promise.all(looks)).flat();
}
