import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { ClusterStatus } from '../../../src/domain/status.ts';
import type { TestCluster } from './cluster.ts';
import { eventually, inspect } from './run.ts';

/** Whom every replica follows, as the comments of the files draw it. */
const drawn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  star: { 'slave-1': 'master', 'slave-2': 'master' },
  chain: { 'slave-1': 'master', 'slave-2': 'slave-1', 'slave-3': 'slave-2' },
  tree: {
    'slave-1': 'master',
    'slave-2': 'master',
    'slave-3': 'slave-1',
    'slave-4': 'slave-1',
    'slave-5': 'slave-2',
    'slave-6': 'slave-2',
  },
  cross: {
    'slave-1': 'master',
    'slave-2': 'master',
    'slave-3': 'master',
    'slave-4': 'master',
    'slave-5': 'slave-1',
    'slave-6': 'slave-2',
    'slave-7': 'slave-3',
    'slave-8': 'slave-4',
  },
  tuned: { 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'master' },
};

const fileOf = (example: string): string =>
  fileURLToPath(new URL(`../../../examples/${example}.yaml`, import.meta.url));

/** What a restart or a new container would change. */
async function fingerprint(current: TestCluster, nodes: readonly string[]): Promise<unknown> {
  const containers = await Promise.all(nodes.map((node) => inspect(current.container(node))));
  return [containers.map(({ Id, State }) => [Id, State.StartedAt]), await current.objects()];
}

/** @returns the address that every replica says it replicates from, as the name of the node that has it */
async function realSources(
  { nodes }: ClusterStatus,
  clients: ReadonlyMap<string, Redis>,
): Promise<Readonly<Record<string, string>>> {
  const sources: Record<string, string> = {};
  for (const [node, client] of clients) {
    const info = await client.info('replication');
    const [, host] = /^master_host:(.+?)\r?$/m.exec(info) ?? [];
    const [, port] = /^master_port:(\d+)/m.exec(info) ?? [];
    const source = nodes.find(({ ip, port: own }) => ip === host && String(own) === port);
    if (host !== undefined) sources[node] = source?.name ?? `${host}:${port}`;
  }
  return sources;
}

async function expectReplication(clients: ReadonlyMap<string, Redis>): Promise<void> {
  const master = clients.get('master');
  await master?.set('drawn', 'yes');
  for (const [node, client] of clients) {
    await eventually(`${node} has the key`, async () => (await client.get('drawn')) === 'yes');
    if (node !== 'master') await expect(client.set('drawn', 'no')).rejects.toThrow(/READONLY/);
  }
  expect(await master?.get('drawn')).toBe('yes');
}

/**
 * Brings an example up on an image, and expects it as it is drawn: whom every node follows, that a write arrives
 * everywhere, that nobody else may write or come in without the password, and that `up` again changes nothing.
 */
export async function expectAsDrawn(cluster: TestCluster, example: string, image: string): Promise<void> {
  const expected = drawn[example] ?? {};
  const nodes = ['master', ...Object.keys(expected)];
  const flags = ['-f', fileOf(example), '--image', image];
  await cluster.up(...flags);

  const status = await cluster.status();
  expect(status.cluster).toMatchObject({ name: cluster.name, health: 'healthy', master: 'master', image, epoch: 1 });
  expect(status.nodes.map(({ name, state }) => [name, state])).toEqual(nodes.map((node) => [node, 'running']));
  for (const { name, version, link } of status.nodes) {
    expect(version).toMatch(new RegExp(`^${image.split(':')[1]}\\.`));
    expect(link).toBe(name === 'master' ? null : 'up');
  }
  const clients = new Map<string, Redis>();
  for (const node of nodes) clients.set(node, await cluster.client(node));
  expect(await realSources(status, clients)).toEqual(expected);
  await expectReplication(clients);
  for (const node of nodes) {
    const stranger = await cluster.client(node, { login: false });
    await expect(stranger.get('drawn')).rejects.toThrow(/NOAUTH/);
  }

  const before = await fingerprint(cluster, nodes);
  expect(await cluster.up(...flags)).toMatchObject({ changed: false, plan: [], cluster: { epoch: 1 } });
  expect(await fingerprint(cluster, nodes)).toEqual(before);
}
