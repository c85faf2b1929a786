import type { Redis } from 'ioredis';
import type { TestCluster } from './cluster.ts';

/** A client of each node. */
export type Servers = Readonly<Record<'master' | 'slave-1' | 'slave-2', Redis>>;

/** @returns a client of each node, closed with the cluster */
export async function serversOf(cluster: TestCluster, nodes: readonly (keyof Servers)[]): Promise<Servers> {
  const clients = nodes.map(async (node) => [node, await cluster.client(node)] as const);
  return Object.fromEntries(await Promise.all(clients)) as Servers;
}
