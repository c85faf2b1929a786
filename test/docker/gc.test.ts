import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../../src/files/process-owner.ts';
import type { GcResult } from '../../src/operations/gc.ts';
import { rows, soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { rmsxMeeting } from './support/meeting.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';

const keys = 20;
let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster('gc');
});
afterEach(() => cluster.remove());

/** Of this cluster alone: others on the engine are being made just now. */
const gc = (...flags: readonly string[]): Promise<GcResult> =>
  rmsxJson(['gc', '-n', cluster.name, '--older-than', '0s', ...flags]);

/** What the engine was doing when rmsx was killed goes on for a moment. */
const collectAll = (): Promise<true> =>
  eventually('nothing is left', async () => {
    await gc();
    return (await cluster.objects()).length === 0;
  });

/** Ids of the containers of the cluster in some state. */
const containersThat = async (filter: string): Promise<readonly string[]> => {
  const label = `label=rmsx.cluster=${cluster.name}`;
  const text = await docker('ps', '-a', '--no-trunc', '-q', '--filter', label, '--filter', filter);
  return text.split('\n').filter(Boolean);
};

const isThere = async (part: string): Promise<boolean> => (await cluster.objects()).some((name) => name.includes(part));
const countNodes = async (filter: string): Promise<number> => {
  const label = `label=rmsx.cluster=${cluster.name}`;
  const text = await docker('ps', '-a', '-q', '--filter', label, '--filter', 'label=rmsx.node', '--filter', filter);
  return text.split('\n').filter(Boolean).length;
};

/** Kills `up` as soon as something holds. */
async function killUp(when: () => Promise<boolean>, ...flags: readonly string[]): Promise<void> {
  const { code } = await rmsx(['up', ...cluster.apart, ...flags], {
    whileRunning: async (kill) => {
      await eventually('the moment has come', when);
      kill('SIGKILL');
    },
  });
  expect(code).toBe(null);
}

/** Kills `up` where it has asked for its network: that is made, and nothing after it. */
async function killUpAtNetwork(): Promise<void> {
  const { code } = await rmsxMeeting(cluster, ['up', ...cluster.apart], (route, kill) => {
    if (route === 'POST /networks/create') kill('SIGKILL');
  });
  expect(code).toBe(null);
  await eventually('the network is there', () => isThere('_app_net'));
}

const moments: readonly (readonly [string, () => Promise<boolean>])[] = [
  ['the network is there', () => isThere('_app_net')],
  ['the conf is carried', () => isThere('-conf-')],
  ['a first node is there', async () => (await countNodes('status=created')) > 0],
  ['all nodes are there', async () => (await countNodes('name=.')) === 4],
  ['the master runs', async () => (await countNodes('status=running')) > 0],
];

describe('an up that was killed', () => {
  test.each(rows(moments.slice(3, 4), [...moments.slice(0, 3), ...moments.slice(4)]))(
    'when %s must leave nothing that gc does not take',
    async (_, when) => {
      await killUp(when, '--topology', 'chain', '--replicas', '3');
      expect((await cluster.objects()).length).toBeGreaterThan(0);
      await collectAll();
    },
  );

  test.each(moments.slice(2, 3))('of a cluster without data, when %s', async (_, when) => {
    await killUp(when, '--ephemeral', '--topology', 'chain', '--replicas', '3');
    await collectAll();
  });

  test('must be left alone by default but for what only served it, as it is young, and --dry-run must change nothing', async () => {
    await killUpAtNetwork();
    const objects = await cluster.objects();
    const young = await rmsxJson<GcResult>(['gc', '-n', cluster.name]);
    const taken = young.leftovers.map(({ name }) => name);
    expect(taken).toContain(`${cluster.name}-lock`);
    expect(taken.filter((name) => !/-(lock|conf-[0-9a-f]+)$/.test(name))).toEqual([]);
    const { changed, leftovers } = await gc('--dry-run');
    expect([changed, leftovers.length > 0]).toEqual([false, true]);
    expect(await cluster.objects()).toEqual(objects.filter((name) => !taken.includes(name)));
    await collectAll();
  });

  soakTest('must be taken once, where two look at the same time', async () => {
    await killUp(() => isThere('-conf-')); // no node can have been started: a complete cluster would be no leftover
    await Promise.all([gc(), gc(), gc()]);
    await collectAll();
  });

  test('must not be taken while somebody else is attached to its network', async () => {
    await killUpAtNetwork();
    const guest = await docker(
      'create',
      '--network',
      `${cluster.name}_app_net`,
      '--name',
      `${cluster.name}x`,
      'redis:8.0',
    );
    try {
      await docker('start', guest);
      const { kept } = await gc();
      expect(kept).toMatchObject([{ because: `${cluster.name}x is attached to its network ${cluster.name}_app_net` }]);
      expect(await cluster.objects()).toContain(`${cluster.name}_app_net`);
      expect((await inspect(guest)).State.Running).toBe(true);
    } finally {
      await docker('rm', '-f', '-v', guest);
    }
    await collectAll();
  });

  test('and that somebody went on with must be kept, with its data', async () => {
    await killUp(async () => (await countNodes('status=running')) > 0, '--topology', 'chain', '--replicas', '3');
    const written = await eventually(
      'a write',
      async () => (await (await cluster.client('master')).set('a', '1')) ?? '',
    );
    expect(written).toBe('OK');
    const nodes = await containersThat('label=rmsx.node');
    const { kept } = await gc();
    expect(kept).toMatchObject([
      {
        because: 'it is not complete, but master holds 1 key',
        hint: `finish it: rmsx up -n ${cluster.name}   or remove it: rmsx down -n ${cluster.name}`,
      },
    ]);
    expect(await containersThat('label=rmsx.node')).toEqual(nodes);
  });

  soakTest('after down must be taken, and the data that was kept must not', async () => {
    await cluster.up('--replicas', '1');
    await loadKeys(cluster, 'master', keys);
    await cluster.rmsx('down');
    const volumes = await cluster.objects();
    expect(volumes).toHaveLength(4);
    expect((await gc()).leftovers).toEqual([]);
    await killUp(() => isThere('-conf-'));
    await eventually('only the data is left', async () => {
      await gc();
      return (await cluster.objects()).length === 4;
    });
    expect(await cluster.objects()).toEqual(volumes);
    await rmsxJson(['up', '-n', cluster.name, '--pull', 'never']);
    expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
  });
});

test('an up that is under way must not notice gc', async () => {
  const { code } = await rmsx(['up', ...cluster.apart, '--topology', 'chain', '--replicas', '3'], {
    whileRunning: async (kill) => {
      await eventually('a first node is there', async () => (await countNodes('status=created')) > 0);
      kill('SIGSTOP');
      const { leftovers, kept } = await gc().finally(() => kill('SIGCONT'));
      const because = expect.stringContaining('another rmsx is at work on it (process ');
      expect([leftovers, kept]).toMatchObject([[], [{ because }]]);
    },
  });
  expect(code).toBe(0);
  expect((await cluster.status()).cluster.health).toBe('healthy');
});

describe('a cluster that was made', () => {
  beforeEach(() => cluster.up('--replicas', '1'));

  const seen = async (): Promise<readonly string[]> =>
    Promise.all(
      [cluster.container('master'), cluster.container('slave-1')].map(async (name) => {
        const { Id, State } = await inspect(name);
        return `${Id} ${State.StartedAt}`;
      }),
    );

  test('must never be touched, whether it runs, is stopped or lost a node', async () => {
    const before = await seen();
    const objects = await cluster.objects();
    expect(await gc()).toEqual({ schemaVersion: 1, dryRun: false, changed: false, leftovers: [], kept: [] });
    await cluster.rmsx('stop');
    expect((await gc()).leftovers).toEqual([]);
    await cluster.rmsx('start');
    await docker('rm', '-f', cluster.container('slave-1'));
    const { leftovers, kept } = await gc();
    expect([leftovers, kept]).toMatchObject([[], [{ because: expect.stringContaining('may have been before') }]]);
    expect([...(await cluster.objects())].sort()).toEqual(
      objects.filter((name) => name !== cluster.container('slave-1')).sort(),
    );
    expect((await inspect(cluster.container('master'))).Id).toBe(before[0]?.split(' ')[0]);
  });

  soakTest('and whose growth was cut off must keep its nodes, and lose the lock', async () => {
    const before = await seen();
    await rmsx(['up', '-n', cluster.name, '--replicas', '3', '--pull', 'never'], {
      whileRunning: async (kill) => {
        await eventually('the conf is carried', () => isThere('-conf-'));
        kill('SIGKILL');
      },
    });
    await gc();
    expect(await isThere('-lock')).toBe(false);
    expect(await seen()).toEqual(before);
    await rmsxJson(['up', '-n', cluster.name, '--replicas', '3', '--pull', 'never']);
    expect((await cluster.status()).cluster.health).toBe('healthy');
    expect(await seen()).toEqual(before);
  });

  test('must lose the lock of a process that has ended, and keep that of one that runs', async () => {
    const lockAs = (owner: string): Promise<string> => {
      const labels = ['--label', `rmsx.cluster=${cluster.name}`, '--label', `rmsx.owner=${owner}`];
      return docker('create', '--name', `${cluster.name}-lock`, ...labels, 'redis:8.0', 'true');
    };
    const held = await lockAs(thisProcess());
    expect(await gc()).toMatchObject({ leftovers: [], kept: [{ because: expect.stringContaining(`${process.pid}`) }] });
    await docker('rm', '-v', held);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const left = await lockAs(`${hostname()}/${child.pid}/1`);
    expect((await gc()).leftovers.map(({ id }) => id)).toEqual([left]);
    const remote = await lockAs('elsewhere/1/1');
    // It may be at work, whatever age is asked for.
    expect(await gc()).toMatchObject({ leftovers: [], kept: [{ because: expect.stringContaining('elsewhere') }] });
    await docker('rm', '-v', remote);
  });
});

test('an isolated cluster must be taken when it is old enough, whole, and a foreign container beside it must not', async () => {
  await rmsxJson(['up', '--isolated', '-n', cluster.name, '--replicas', '1', '--pull', 'never']);
  const foreign = await docker('run', '-d', '--name', `${cluster.name}-slave-9`, '--network', 'none', 'redis:8.0');
  try {
    const before = await inspect(foreign);
    expect((await rmsxJson<GcResult>(['gc', '-n', cluster.name])).leftovers).toEqual([]);
    expect((await cluster.status()).cluster.health).toBe('healthy');
    const { leftovers } = await gc();
    expect(leftovers.map(({ kind }) => kind)).toEqual(['container', 'container', 'network']);
    expect(await cluster.objects()).toEqual([]);
    expect(await inspect(foreign)).toMatchObject({ Id: before.Id, State: { StartedAt: before.State.StartedAt } });
  } finally {
    await docker('rm', '-f', '-v', foreign);
  }
});
