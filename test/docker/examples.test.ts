import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { rows } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { eventually, inspect } from './support/run.ts';

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

let cluster: TestCluster | undefined;
const open: Redis[] = [];

afterEach(async () => {
  for (const client of open.splice(0)) client.disconnect();
  await cluster?.remove();
});

const fileOf = (example: string): string => fileURLToPath(new URL(`../../examples/${example}.yaml`, import.meta.url));

/** What a restart or a new container would change. */
async function fingerprint(current: TestCluster, nodes: readonly string[]): Promise<unknown> {
  const containers = await Promise.all(nodes.map((node) => inspect(current.container(node))));
  return [containers.map(({ Id, State }) => [Id, State.StartedAt]), await current.objects()];
}

/** @returns a client of every node by its address, which the status names: no process is spent on it */
function clientsOf({ nodes }: ClusterStatus, password?: string): ReadonlyMap<string, Redis> {
  const login = password === undefined ? {} : { password };
  return new Map(
    nodes.map(({ name, host, hostPort }) => {
      const client = new Redis({ host, port: hostPort, ...login, protocol: 2, enableReadyCheck: false });
      client.on('error', () => undefined);
      open.push(client);
      return [name, client] as const;
    }),
  );
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

test.each(
  rows(
    [
      ['star', 'redis:7.0'],
      ['chain', 'redis:7.0'],
      ['tree', 'redis:7.0'],
      ['cross', 'redis:7.0'],
      ['tuned', 'redis:7.0'],
    ],
    [
      ['star', 'redis:8.0'],
      ['chain', 'redis:6.0'],
      ['star', 'redis:6.0'],
      ['chain', 'redis:8.0'],
      ['star', 'valkey:8.1'],
      ['chain', 'valkey:8.1'],
    ],
  ),
)('examples/%s.yaml must come up on %s as it is drawn, and up again must change nothing', async (example, image) => {
  const expected = drawn[example] ?? {};
  const nodes = ['master', ...Object.keys(expected)];
  cluster = new TestCluster(`example-${example}`);
  const flags = ['-f', fileOf(example), '--image', image];
  await cluster.up(...flags);

  const status = await cluster.status();
  expect(status.cluster).toMatchObject({ name: cluster.name, health: 'healthy', master: 'master', image, epoch: 1 });
  expect(status.nodes.map(({ name, state }) => [name, state])).toEqual(nodes.map((node) => [node, 'running']));
  for (const { name, version, link } of status.nodes) {
    expect(version).toMatch(new RegExp(`^${image.split(':')[1]}\\.`));
    expect(link).toBe(name === 'master' ? null : 'up');
  }
  const clients = clientsOf(status, await cluster.password());
  expect(await realSources(status, clients)).toEqual(expected);
  await expectReplication(clients);
  for (const [, stranger] of clientsOf(status)) {
    await expect(stranger.get('drawn')).rejects.toThrow(/NOAUTH/);
  }
  if (example === 'tuned') await expectTuned(clients);

  const before = await fingerprint(cluster, nodes);
  expect(await cluster.up(...flags)).toMatchObject({ changed: false, plan: [], cluster: { epoch: 1 } });
  expect(await fingerprint(cluster, nodes)).toEqual(before);
});

/** Everything that examples/tuned.yaml says, as the servers see it. */
async function expectTuned(clients: ReadonlyMap<string, Redis>): Promise<void> {
  const everywhere = {
    'repl-backlog-size': String(64 * 2 ** 20),
    'repl-ping-replica-period': '1',
    'repl-timeout': '10',
    'min-replicas-to-write': '1',
    'min-replicas-max-lag': '3',
    'replica-serve-stale-data': 'no',
    'client-output-buffer-limit': expect.stringMatching(/(?:slave|replica) 134217728 67108864 30\b/),
    maxmemory: String(64 * 2 ** 20),
    'maxmemory-policy': 'volatile-lru',
    appendfsync: 'always',
    maxclients: '2000',
    'slowlog-log-slower-than': '5000',
    'replica-priority': '100',
  };
  const own: Readonly<Record<string, object>> = {
    'slave-1': { 'replica-priority': '10' },
    'slave-3': { 'replica-priority': '0', 'slowlog-log-slower-than': '100000' },
  };
  for (const [node, client] of clients) {
    const found: Record<string, string> = {};
    for (const name of Object.keys(everywhere)) {
      found[name] = ((await client.config('GET', name)) as string[])[1] ?? '';
    }
    expect([node, found]).toEqual([node, { ...everywhere, ...own[node] }]);
  }
}
