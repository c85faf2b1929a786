import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { rows, soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { roleConfs } from './support/keys.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';

interface Changed extends ClusterStatus {
  readonly changed: boolean;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly resync: Readonly<Record<string, string>>;
}

const open: Redis[] = [];

afterEach(() => {
  for (const client of open.splice(0)) client.disconnect();
});

/** A cluster whose topology changes. */
class Changing extends TestCluster {
  /** Changes it; must succeed, and leave it healthy. */
  async change(...args: readonly string[]): Promise<Changed> {
    const result = await rmsxJson<Changed>([...args, '-n', this.name]);
    expect(result.cluster.health).toBe('healthy');
    return result;
  }

  /** @returns a client of a node by its address, which the status names: no process is spent on it */
  async direct(status: ClusterStatus, node: string): Promise<Redis> {
    const found = status.nodes.find(({ name }) => name === node);
    const client = new Redis({
      host: found?.host ?? '',
      port: found?.hostPort ?? 0,
      password: await this.password(),
      protocol: 2,
      enableReadyCheck: false,
    });
    client.on('error', () => undefined);
    open.push(client);
    return client;
  }

  /** The start of every container: a restart or a new container would change it. */
  async starts(...nodes: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const entries = nodes.map(async (node) => {
      const { Id, State } = await inspect(this.container(node));
      return [node, `${Id} ${State.StartedAt}`] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Everything that a change would leave its mark on. */
  async everything(): Promise<unknown> {
    const status = await this.status();
    const nodes = status.nodes.map(({ name }) => name);
    return [
      status.nodes.map(({ name, source, plannedSource, state }) => [name, source, plannedSource, state]),
      await this.starts(...nodes),
      await this.objects(),
      await roleConfs(this),
    ];
  }

  /** @returns of every node: how often it gave everything, and how often only what was missed */
  async syncs(status: ClusterStatus, ...nodes: readonly string[]): Promise<{ full: number[]; partial: number[] }> {
    const infos = await Promise.all(nodes.map(async (node) => (await this.direct(status, node)).info('stats')));
    const numbers = (name: string): number[] =>
      infos.map((info) => Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1]));
    return { full: numbers('sync_full'), partial: numbers('sync_partial_ok') };
  }
}

/** @returns node and source, as the servers say */
const sources = ({ nodes }: ClusterStatus): Readonly<Record<string, string | null>> =>
  Object.fromEntries(nodes.map(({ name, source }) => [name, source]));

/** Appends numbers to a list on the master until it is ended. */
function startWriting(client: Redis): () => Promise<readonly string[]> {
  const acknowledged: string[] = [];
  let isWriting = true;
  const writing = (async () => {
    for (let i = 0; isWriting; i++) {
      await client.rpush('log', String(i));
      acknowledged.push(String(i));
    }
  })();
  return async () => {
    isWriting = false;
    await writing;
    return acknowledged;
  };
}

describe.each(rows(['redis:8.0'], ['redis:6.0', 'redis:7.0', 'valkey:8.1']))(
  'a cluster of %s under a writer',
  (image) => {
    test('must change its topology without a lost write, a restart or a full synchronisation', async () => {
      const cluster = new Changing(`change-${image.replace(/\W/g, '-')}`);
      try {
        const first = await cluster.up('--replicas', '3', '--image', image);
        const started = await cluster.starts('master', 'slave-1', 'slave-2', 'slave-3');
        const stop = startWriting(await cluster.direct(first, 'master'));

        const scaled = await cluster.change('scale', '--replicas', '4');
        expect(scaled).toMatchObject({ changed: true, added: ['slave-4'], removed: [], resync: {} });
        const added = await cluster.change('add', '--source', 'slave-1');
        expect(added).toMatchObject({ added: ['slave-5'], removed: [], resync: {} });
        expect(sources(added)).toMatchObject({ 'slave-4': 'master', 'slave-5': 'slave-1' });
        const all = ['master', 'slave-1', 'slave-2', 'slave-3', 'slave-4', 'slave-5'];
        expect(await cluster.syncs(added, 'master', 'slave-1')).toEqual({ full: [4, 1], partial: [0, 0] });
        const grown = await cluster.starts(...all);
        expect(grown).toMatchObject(started);

        // slave-1 takes its follower slave-5 along, and then its own place is filled by nobody.
        const moved = await cluster.change('move', 'slave-1', '--source', 'slave-2');
        expect(moved.resync).toEqual({ 'slave-1': 'partial' });
        expect(sources(moved)).toMatchObject({ 'slave-1': 'slave-2', 'slave-5': 'slave-1' });
        // Redis 6.0 lets slave-5 ask once more when slave-1 moves, so that slave-1 may count a partial one.
        const afterMove = await cluster.syncs(moved, 'master', 'slave-1', 'slave-2');
        expect([afterMove.full, afterMove.partial[2]]).toEqual([[4, 1, 0], 1]);
        const without = await cluster.change('remove', 'slave-1');
        expect(without).toMatchObject({ added: [], removed: ['slave-1'], resync: { 'slave-5': 'partial' } });
        expect(sources(without)).toMatchObject({ 'slave-2': 'master', 'slave-5': 'slave-2' });
        expect(await cluster.syncs(without, 'master', 'slave-2')).toEqual({ full: [4, 0], partial: [0, 2] });
        expect(await cluster.objects()).not.toContain(cluster.container('slave-1'));
        expect(await cluster.objects()).toContain(`${cluster.name}-slave-1-data`);
        const { 'slave-1': _gone, ...stayed } = grown;
        expect(await cluster.starts('master', 'slave-2', 'slave-3', 'slave-4', 'slave-5')).toEqual(stayed);

        const shrunk = await cluster.change('scale', '--replicas', '2', '--volumes');
        expect(shrunk).toMatchObject({ removed: ['slave-4', 'slave-5'], resync: {} });
        expect((await cluster.objects()).filter((name) => /slave-[45]/.test(name))).toEqual([]);
        const acknowledged = await stop();
        expect(acknowledged.length).toBeGreaterThan(100);
        expect(await cluster.starts('master', 'slave-2', 'slave-3')).toEqual(
          Object.fromEntries(Object.entries(stayed).filter(([node]) => !/[45]$/.test(node))),
        );
        for (const node of ['master', 'slave-2', 'slave-3']) {
          const client = await cluster.direct(shrunk, node);
          await eventually(`${node} has all`, async () => (await client.llen('log')) === acknowledged.length);
          expect((await client.lrange('log', 0, -1)).join()).toBe(acknowledged.join());
        }
      } finally {
        await cluster.remove();
      }
    });
  },
);

describe('a cluster with two levels', () => {
  const cluster = new Changing('change-refused');

  beforeAll(async () => {
    await cluster.up('--topology', 'tree', '--replicas', '4', '--image', 'redis:7.0');
  });
  afterAll(() => cluster.remove());

  soakTest('must stay as it is when a change is refused, only planned, or what it has already', async () => {
    const before = await cluster.everything();
    const refusals = [
      [7, 'is the master', ['remove', 'master']],
      [7, 'is the master', ['move', 'master', '--source', 'slave-1']],
      [7, 'cycle', ['move', 'slave-1', '--source', 'slave-3']],
      [7, 'follow itself', ['move', 'slave-1', '--source', 'slave-1']],
      [4, 'slave-9', ['move', 'slave-9', '--source', 'slave-1']],
      [4, 'slave-9', ['move', 'slave-1', '--source', 'slave-9']],
      [4, 'slave-9', ['remove', 'slave-9']],
      [4, 'slave-9', ['add', '--source', 'slave-9']],
      [2, '--replicas', ['scale', '--replicas', '-1']],
    ] as const;
    for (const [code, words, args] of refusals) {
      const result = await rmsx([...args, '-n', cluster.name]);
      expect([args, result.code, result.stderr]).toEqual([args, code, expect.stringContaining(words)]);
    }
    const plans = [
      [['scale', '--replicas', '5'], 'slave-5'],
      [['scale', '--replicas', '3'], 'slave-4'],
      [['add', '--source', 'slave-2'], 'slave-5'],
      [['remove', 'slave-1'], 'slave-3'],
      [['move', 'slave-3', '--source', 'master'], 'slave-3'],
    ] as const;
    for (const [args, words] of plans) {
      const text = await rmsx([...args, '--dry-run', '-n', cluster.name]);
      expect([args, text.code, text.stdout]).toEqual([args, 0, expect.stringContaining(words)]);
    }
    const planned = await rmsxJson(['remove', 'slave-1', '--dry-run', '-n', cluster.name]);
    expect(planned).toMatchObject({ dryRun: true, plan: expect.arrayContaining([expect.anything()]) });
    expect(await cluster.change('scale', '--replicas', '4')).toMatchObject({ changed: false, added: [], removed: [] });
    expect(await cluster.everything()).toEqual(before);
  });

  test('must give a node that was removed its name, address and port again, and the present data', async () => {
    const before = (await cluster.status()).nodes.find(({ name }) => name === 'slave-2');
    const master = await cluster.client('master');
    await master.set('since', 'before');
    await cluster.change('remove', 'slave-2');
    await master.set('since', 'after');
    await master.del('gone');
    const again = await cluster.change('add');
    expect(again.added).toEqual(['slave-2']);
    const { ip, port, hostPort, source } = again.nodes.find(({ name }) => name === 'slave-2') ?? {};
    expect([ip, port, hostPort, source]).toEqual([before?.ip, before?.port, before?.hostPort, 'master']);
    expect(await (await cluster.direct(again, 'slave-2')).get('since')).toBe('after');
  });

  test('must keep changed roles over a restart of all containers, and over down and up', async () => {
    await cluster.change('move', 'slave-1', '--source', 'slave-2');
    const { nodes } = await cluster.change('scale', '--replicas', '5');
    const expected = sources(await cluster.status());
    expect(expected).toMatchObject({ 'slave-1': 'slave-2', 'slave-3': 'slave-1' });
    await docker('restart', '-t', '5', ...nodes.map(({ name }) => cluster.container(name)));
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy', 30_000);
    expect(sources(await cluster.status())).toEqual(expected);
    await cluster.rmsx('down');
    await rmsxJson(['up', '-n', cluster.name, '--pull', 'never']);
    expect(sources(await cluster.status())).toEqual(expected);
    expect(await (await cluster.client('slave-3')).get('since')).toBe('after');
  });

  test('must leave a node stopped that is stopped, and refuse with 7 what would follow it', async () => {
    await docker('stop', cluster.container('slave-3'));
    const stopped = async (): Promise<boolean> => !(await inspect(cluster.container('slave-3'))).State.Running;
    const before = await cluster.everything();
    const refused = await cluster.rmsx('move', 'slave-4', '--source', 'slave-3');
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('slave-3 does not answer')]);
    expect(await cluster.everything()).toEqual(before);
    await rmsxJson(['scale', '--replicas', '6', '-n', cluster.name]);
    expect(await stopped()).toBe(true);
    await rmsxJson(['move', 'slave-4', '--source', 'master', '-n', cluster.name]);
    expect(await stopped()).toBe(true);
    expect(sources(await cluster.status())).toMatchObject({ 'slave-4': 'master' });
  });

  test('must refuse with 7 while its master is dead', async () => {
    await docker('kill', cluster.container('master'));
    const before = await cluster.everything();
    const refused = await cluster.rmsx('move', 'slave-1', '--source', 'slave-4');
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('rmsx promote slave-')]);
    expect(await cluster.everything()).toEqual(before);
  });
});
