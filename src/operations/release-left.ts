import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { RedisConnection } from '../domain/redis-port.ts';
import { settingInConf } from '../render/conf-values.ts';
import type { Connections } from './connections.ts';
import { hasLeft, releaseLeft } from './hold-writes.ts';
import type { InConf } from './refuse-writes.ts';

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
  await askEach(cluster, nodes, connections, releaseLeft);
}

/** @returns those of some nodes in which a hand-over that was killed has left something; nodes that do not tell are none */
export async function nodesWithLeft(
  cluster: ClusterSpec,
  nodes: readonly string[],
  connections: Connections,
): Promise<readonly string[]> {
  const answers = await askEach(cluster, nodes, connections, hasLeft);
  return nodes.filter((_, i) => answers[i] === true);
}

/** @returns what each of them brought; undefined for a node that does not tell its settings */
function askEach<T>(
  cluster: ClusterSpec,
  nodes: readonly string[],
  connections: Connections,
  ask: (connection: RedisConnection, inConf: InConf) => Promise<T>,
): Promise<readonly (T | undefined)[]> {
  const one = async (name: string): Promise<T | undefined> => {
    try {
      return await ask(await connections.to(name), (directive) => settingInConf(cluster, name, directive));
    } catch (error) {
      if (!(error instanceof RmsxError)) throw error;
      return undefined;
    }
  };
  return Promise.all(nodes.map(one));
}
