import type { TestCluster } from './cluster.ts';
import { docker } from './run.ts';

const nameOf = (i: number): string => `key:${i}`;

/** Writes keys on a node and waits until every replica has acknowledged them. */
export async function loadKeys(cluster: TestCluster, node: string, count: number): Promise<void> {
  const client = await cluster.client(node);
  const pipeline = client.pipeline();
  for (let i = 0; i < count; i++) pipeline.set(nameOf(i), `value ${i}`);
  const replies = (await pipeline.exec()) ?? [];
  const failed = replies.find(([error]) => error);
  if (replies.length !== count || failed) throw failed?.[0] ?? new Error('keys were not written');
  const connected = /connected_slaves:(\d+)/.exec(await client.info('replication'))?.[1] ?? '0';
  if (connected !== '0') await client.call('WAIT', connected, '5000');
}

/** @returns the keys that some node does not have with the value they were written with, as `node key` */
export async function missingKeys(
  cluster: TestCluster,
  nodes: readonly string[],
  count: number,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const node of nodes) {
    const client = await cluster.client(node);
    const names = Array.from({ length: count }, (_, i) => nameOf(i));
    const values = await client.mget(...names);
    for (const [i, value] of values.entries()) if (value !== `value ${i}`) missing.push(`${node} ${names[i]}`);
  }
  return missing;
}

/** @returns role.conf and record of every node, as they are in its container */
export async function roleConfs(cluster: TestCluster): Promise<readonly string[]> {
  const { nodes } = await cluster.status();
  const files = ['role.conf', 'rmsx.json'];
  return Promise.all(
    nodes.flatMap(({ name }) =>
      files.map((file) => docker('cp', `${cluster.container(name)}:/usr/local/etc/redis/${file}`, '-')),
    ),
  );
}
