import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { settingInConf } from '../render/conf-values.ts';
import type { Connections } from './connections.ts';
import { releaseLeft } from './hold-writes.ts';

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
