import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys } from './support/keys.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';

interface Changed extends ClusterStatus {
  readonly changed: boolean;
  readonly plan: readonly unknown[];
  readonly resync: Readonly<Record<string, string>>;
}

type Sources = Readonly<Record<string, string | null>>;

const open: Redis[] = [];

/** The start of every container: a restart or a new container would change it. */
async function starts(cluster: TestCluster, nodes: readonly string[]): Promise<readonly unknown[]> {
  const containers = await Promise.all(nodes.map((node) => inspect(cluster.container(node))));
  return containers.map(({ Id, State }) => [Id, State.StartedAt]);
}

/** @returns a client of every node by its address, which the status names: no process is spent on it */
async function clientsOf(cluster: TestCluster, { nodes }: ClusterStatus): Promise<ReadonlyMap<string, Redis>> {
  const password = await cluster.password();
  return new Map(
    nodes.map(({ name, host, hostPort }) => {
      const client = new Redis({ host, port: hostPort, password, protocol: 2, enableReadyCheck: false });
      client.on('error', () => undefined);
      open.push(client);
      return [name, client] as const;
    }),
  );
}

afterEach(() => {
  for (const client of open.splice(0)) client.disconnect();
});

/** @returns whom every node replicates from, as the servers themselves say */
async function realSources({ nodes }: ClusterStatus, clients: ReadonlyMap<string, Redis>): Promise<Sources> {
  const sources: Record<string, string | null> = {};
  for (const [node, client] of clients) {
    const [, host] = /^master_host:(.+?)\r?$/m.exec(await client.info('replication')) ?? [];
    sources[node] = host === undefined ? null : (nodes.find(({ ip }) => ip === host)?.name ?? host);
  }
  return sources;
}

/** A write on the master must come to every node. */
async function expectReach(clients: ReadonlyMap<string, Redis>, master: string): Promise<void> {
  const value = String(Date.now());
  expect(await clients.get(master)?.set('reach', value)).toBe('OK');
  for (const [node, client] of clients) {
    await eventually(`${node} has the write`, async () => (await client.get('reach')) === value);
  }
}

/** @returns the sources of a chain: master, slave-1, slave-2, … */
const chainOf = (replicas: number): Sources =>
  Object.fromEntries(numbers(replicas).map((i) => [nameOf(i), i === 0 ? null : nameOf(i - 1)]));

/** @returns the sources of a tree with the fanout 2, filled level by level */
const treeOf = (replicas: number): Sources =>
  Object.fromEntries(numbers(replicas).map((i) => [nameOf(i), i === 0 ? null : nameOf(Math.floor((i - 1) / 2))]));

const numbers = (replicas: number): readonly number[] => Array.from({ length: replicas + 1 }, (_, i) => i);

const nameOf = (i: number): string => (i === 0 ? 'master' : `slave-${i}`);

soakTest('a chain of 8 replicas must come up, and a write must go all the way down', async () => {
  const cluster = new TestCluster('chain-8');
  try {
    const status = await cluster.up('--topology', 'chain', '--replicas', '8', '--ephemeral');
    expect(status.cluster).toMatchObject({ topology: 'chain', health: 'healthy' });
    const clients = await clientsOf(cluster, status);
    expect(await realSources(status, clients)).toEqual(chainOf(8));
    await expectReach(clients, 'master');
  } finally {
    await cluster.remove();
  }
});

describe('a tree of 30 replicas', () => {
  const cluster = new TestCluster('tree-30');

  beforeAll(async () => {
    await cluster.up('--topology', 'tree', '--fanout', '2', '--replicas', '30', '--ephemeral', '--timeout', '5m');
  });
  afterAll(() => cluster.remove());

  test('must be filled level by level, and a write must reach every node', async () => {
    const status = await cluster.status();
    expect(status.cluster).toMatchObject({ topology: 'tree', health: 'healthy' });
    const clients = await clientsOf(cluster, status);
    expect(treeOf(30)).toMatchObject({ 'slave-2': 'master', 'slave-3': 'slave-1', 'slave-5': 'slave-2' });
    expect(await realSources(status, clients)).toEqual(treeOf(30));
    await expectReach(clients, 'master');
  });

  soakTest('must give two more replicas the next free places, and restart nobody', async () => {
    const nodes = Object.keys(treeOf(30));
    const before = await starts(cluster, nodes);
    const result = await rmsxJson<Changed>(['up', '-n', cluster.name, '--replicas', '32', '--pull', 'never']);
    expect(result).toMatchObject({ changed: true, resync: {}, cluster: { topology: 'tree', health: 'healthy' } });
    expect(await starts(cluster, nodes)).toEqual(before);
    const clients = await clientsOf(cluster, result);
    expect(await realSources(result, clients)).toEqual(treeOf(32));
    await expectReach(clients, 'master');
  });

  soakTest('must not lose a replica by up: it is refused with 5, and rmsx scale is named', async () => {
    const before = await cluster.objects();
    const fewer = await rmsx(['up', '-n', cluster.name, '--replicas', '3', '--pull', 'never']);
    expect(fewer.code).toBe(5);
    expect(fewer.stderr).toContain(`rmsx scale --replicas 3 -n ${cluster.name}`);
    expect(await cluster.objects()).toEqual(before);
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', epoch: 2 });
  });
});

describe.each([
  ['chain', 3, { 'slave-1': null, master: 'slave-1', 'slave-2': 'slave-1', 'slave-3': 'slave-2' }],
  [
    'tree',
    6,
    {
      'slave-1': null,
      master: 'slave-1',
      'slave-2': 'slave-1',
      'slave-3': 'slave-1',
      'slave-4': 'slave-1',
      'slave-5': 'slave-2',
      'slave-6': 'slave-2',
    },
  ],
] as const)('a %s of %i after its master was killed and slave-1 promoted', (topology, replicas, promoted) => {
  const cluster = new TestCluster(`promoted-${topology}`);
  const flags = ['--topology', topology, '--replicas', String(replicas)];
  const keys = 50;

  beforeAll(async () => {
    await cluster.up(...flags);
    await loadKeys(cluster, 'master', keys);
    await docker('kill', cluster.container('master'));
    await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
  });
  afterAll(() => cluster.remove());

  test('must keep its roles when up runs with the flags of the beginning, and a second one must change nothing', async () => {
    const first = await cluster.up(...flags);
    expect(first.cluster).toMatchObject({ master: 'slave-1', epoch: 2, health: 'healthy' });
    const clients = await clientsOf(cluster, first);
    expect(await realSources(first, clients)).toEqual(promoted);
    const before = await starts(cluster, Object.keys(promoted));
    const again = await cluster.up(...flags);
    expect(again).toMatchObject({ changed: false, plan: [], cluster: { master: 'slave-1', epoch: 2 } });
    expect(await starts(cluster, Object.keys(promoted))).toEqual(before);
    expect(await realSources(again, clients)).toEqual(promoted);
  });

  test('must bring a write to every node, and survive a restart of all of them', async () => {
    const nodes = Object.keys(promoted);
    await expectReach(await clientsOf(cluster, await cluster.status()), 'slave-1');
    await docker('restart', '-t', '5', ...nodes.map((node) => cluster.container(node)));
    const isHealthy = async (): Promise<false | ClusterStatus> => {
      const now = await cluster.status();
      return now.cluster.health === 'healthy' && now;
    };
    const status = await eventually('healthy', isHealthy, 30_000);
    expect(status.cluster).toMatchObject({ master: 'slave-1', epoch: 2 });
    const clients = await clientsOf(cluster, status);
    expect(await realSources(status, clients)).toEqual(promoted);
    await expectReach(clients, 'slave-1');
    for (const [node, client] of clients) expect([node, await client.get('key:1')]).toEqual([node, 'value 1']);
  });
});

soakTest(
  'a star that is asked to be a chain must move its replicas, restart none, and synchronise none anew',
  async () => {
    const cluster = new TestCluster('star-to-chain');
    try {
      const status = await cluster.up('--replicas', '3');
      const nodes = Object.keys(chainOf(3));
      const clients = await clientsOf(cluster, status);
      const fullSyncs = async (): Promise<readonly string[]> => {
        const infos = await Promise.all(nodes.map((node) => clients.get(node)?.info('stats')));
        return infos.map((info) => /sync_full:(\d+)/.exec(info ?? '')?.[1] ?? '');
      };
      const [started, syncs] = [await starts(cluster, nodes), await fullSyncs()];
      expect(syncs).toEqual(['3', '0', '0', '0']);
      const acknowledged: string[] = [];
      let isWriting = true;
      const writing = (async () => {
        for (let i = 0; isWriting; i++) {
          await clients.get('master')?.rpush('log', String(i));
          acknowledged.push(String(i));
        }
      })();
      const result = await rmsxJson<Changed>(['up', '-n', cluster.name, '--topology', 'chain', '--pull', 'never']);
      isWriting = false;
      await writing;

      expect(result.cluster).toMatchObject({ topology: 'chain', health: 'healthy', epoch: 2 });
      expect(result.resync).toEqual({ 'slave-2': 'partial', 'slave-3': 'partial' });
      expect(await realSources(result, clients)).toEqual(chainOf(3));
      expect(await starts(cluster, nodes)).toEqual(started);
      expect(await fullSyncs()).toEqual(syncs);
      expect(acknowledged.length).toBeGreaterThan(0);
      await expectReach(clients, 'master');
      for (const node of nodes) expect(await clients.get(node)?.lrange('log', 0, -1)).toEqual(acknowledged);
    } finally {
      await cluster.remove();
    }
  },
);
