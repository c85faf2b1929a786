import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../../src/files/process-owner.ts';
import type { LifecycleResult } from '../../src/operations/lifecycle.ts';
import { rows, soakDescribe } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, eventually, rmsx, rmsxJson } from './support/run.ts';

const keys = 200;
let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster('lifecycle');
});
afterEach(() => cluster.remove());

const run = (line: string): Promise<LifecycleResult> => rmsxJson([...line.split(' '), '-n', cluster.name]);
const refusal = async (line: string): Promise<{ readonly code: number | null; readonly stderr: string }> => {
  const { code, stderr } = await rmsx([...line.split(' '), '-n', cluster.name]);
  return { code, stderr };
};

/** What the engine knows of a node. */
interface Seen {
  readonly id: string;
  readonly status: string;
  readonly exitCode: number;
  readonly startedAt: string;
  readonly finishedAt: string;
}

async function see(node: string): Promise<Seen> {
  const format = '{{.Id}} {{.State.Status}} {{.State.ExitCode}} {{.State.StartedAt}} {{.State.FinishedAt}}';
  const text = await docker('inspect', '--format', format, cluster.container(node));
  const [id = '', status = '', exitCode, startedAt = '', finishedAt = ''] = text.split(' ');
  return { id, status, exitCode: Number(exitCode), startedAt, finishedAt };
}

async function seeAll(): Promise<ReadonlyMap<string, Seen>> {
  const { nodes } = await cluster.status();
  return new Map(await Promise.all(nodes.map(async ({ name }) => [name, await see(name)] as const)));
}

/** The nodes, by when the engine saw something of them. */
async function inOrderOf(when: 'startedAt' | 'finishedAt'): Promise<readonly string[]> {
  const all = [...(await seeAll())];
  return all.sort(([, a], [, b]) => timeOf(a[when]) - timeOf(b[when])).map(([name]) => name);
}

/** Milliseconds, with what the engine says beyond them. */
const timeOf = (text: string): number => Date.parse(text) + Number(`0.000${/\.\d{3}(\d*)Z/.exec(text)?.[1] ?? 0}`);

describe('a cluster with a promotion behind it', () => {
  beforeEach(async () => {
    await cluster.up('--replicas', '2');
    await run('stop master');
    await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
    await run('start');
    await loadKeys(cluster, 'slave-1', keys);
  });

  test('must be stopped with its master first, and come back with its roles and its data, sources first', async () => {
    const objects = await cluster.objects();
    const before = await seeAll();
    const stopped = await run('stop');
    expect(stopped.nodes.map(({ name, role, state }) => `${name} ${role} ${state}`)).toEqual([
      'master replica stopped',
      'slave-1 master stopped',
      'slave-2 replica stopped',
    ]);
    expect((await inOrderOf('finishedAt'))[0]).toBe('slave-1');
    expect([...(await seeAll()).values()].map(({ status, exitCode }) => [status, exitCode])).toEqual(
      [1, 2, 3].map(() => ['exited', 0]),
    );
    expect(await cluster.objects()).toEqual(objects);
    expect(await run('stop')).toMatchObject({ changed: false, plan: [] });

    const started = await run('start');
    expect(started).toMatchObject({ changed: true, warnings: [] });
    // In which order the engine gets to it is its own affair: docs/decisions/012.
    expect(started.plan[0]).toMatchObject({ op: 'start', node: 'slave-1' });
    const status = await cluster.status();
    expect(status.cluster).toMatchObject({ health: 'healthy', master: 'slave-1', epoch: 2 });
    expect([...(await seeAll()).values()].map(({ id }) => id)).toEqual([...before.values()].map(({ id }) => id));
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
    expect(await run('start')).toMatchObject({ changed: false });
  });

  test('must be restarted one node after the other, the master last, with its roles and its data', async () => {
    const before = await seeAll();
    expect(await run('restart')).toMatchObject({ changed: true, warnings: [{ code: 'master-restarts' }] });
    const order = await inOrderOf('startedAt');
    expect(order.at(-1)).toBe('slave-1');
    const after = await seeAll();
    for (const [i, name] of order.entries()) {
      const next = after.get(order[i + 1] ?? '');
      if (next) expect(timeOf(next.finishedAt)).toBeGreaterThan(timeOf(after.get(name)?.startedAt ?? ''));
      expect(timeOf(after.get(name)?.startedAt ?? '')).toBeGreaterThan(timeOf(before.get(name)?.startedAt ?? ''));
    }
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1', epoch: 2 });
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
  });
});

soakDescribe('single nodes', () => {
  beforeEach(() => cluster.up('--topology', 'chain', '--replicas', '2'));

  test('must be stopped and started while the others go on, and stay stopped until then', async () => {
    const before = await seeAll();
    const { warnings } = await run('stop replica-1');
    expect(warnings).toMatchObject([{ code: 'source-stopped', node: 'slave-1' }]);
    const lonely = await run('stop slave-2').then(() => run('start slave-2'));
    expect(lonely.warnings).toMatchObject([{ code: 'source-not-running', node: 'slave-2' }]);
    expect((await see('slave-1')).status).toBe('exited');
    expect(await run('start slave-1')).toMatchObject({ changed: true, warnings: [] });
    expect((await cluster.status()).cluster.health).toBe('healthy');
    expect(await see('master')).toEqual(before.get('master'));
  });

  test('that are paused must be woken, and end in peace', async () => {
    await docker('pause', cluster.container('slave-2'));
    const startedMs = Date.now();
    const { plan } = await rmsxJson<{ plan: { op: string }[] }>(['stop', 'slave-2', '-n', cluster.name]);
    expect(plan.map(({ op }) => op)).toEqual(['unpause', 'stop']);
    expect([(await see('slave-2')).exitCode, Date.now() - startedMs < 15_000]).toEqual([0, true]);
    await run('start slave-2');
    await docker('pause', cluster.container('slave-2'));
    expect(await run('start')).toMatchObject({ changed: true });
    expect((await cluster.status()).cluster.health).toBe('healthy');
  });

  test('without a container must be refused with 4 before anything is started', async () => {
    await run('stop');
    await docker('rm', cluster.container('slave-1'));
    const { code, stderr } = await refusal('start');
    expect([code, stderr]).toEqual([
      4,
      `rmsx: slave-1 of ${cluster.name} has no container.\nhint: Make what is missing: rmsx up -n ${cluster.name}\n`,
    ]);
    expect((await see('master')).status).toBe('exited');
    expect(await run('start master')).toMatchObject({ changed: true });
  });

  test('must not be touched while another rmsx is at work', async () => {
    const before = await seeAll();
    const labels = ['--label', `rmsx.cluster=${cluster.name}`, '--label', `rmsx.owner=${thisProcess()}`];
    const lock = await docker('create', '--name', `${cluster.name}-lock`, ...labels, 'redis:8.0', 'true');
    try {
      for (const line of ['stop', 'restart slave-1', 'down', 'down --volumes -y']) {
        const { code, stderr } = await refusal(line);
        expect([line, code]).toEqual([line, 5]);
        expect(stderr).toContain(`(process ${process.pid} on`);
        expect(stderr).toContain(`or end it: kill ${process.pid}`);
      }
      expect(await seeAll()).toEqual(before);
    } finally {
      await docker('rm', '-f', '-v', lock);
    }
  });
});

describe('an ephemeral cluster', () => {
  test('must never get its master back empty while a replica holds the data', async () => {
    await cluster.up('--ephemeral', '--replicas', '1');
    await loadKeys(cluster, 'master', keys);
    const before = await see('master');
    expect(await refusal('restart')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('would come back empty'),
    });
    expect(await see('master')).toEqual(before);
    await run('restart slave-1');
    await run('stop master');
    expect(await refusal('start')).toMatchObject({ code: 7, stderr: expect.stringContaining('promote slave-1') });
    expect(await refusal('restart')).toMatchObject({ code: 7 });
    expect((await see('master')).status).toBe('exited');
    expect(await missingKeys(cluster, ['slave-1'], keys)).toEqual([]);
  });
});

describe('a cluster with snapshots', () => {
  const syncs = async (): Promise<readonly number[]> => {
    const stats = await (await cluster.client('master')).info('stats');
    return ['sync_full', 'sync_partial_ok'].map((name) => Number(new RegExp(`${name}:(\\d+)`).exec(stats)?.[1]));
  };

  test.each(rows(['redis:8.0'], ['redis:7.0']))('must come back by what it has missed: %s', async (image) => {
    const input = `apiVersion: rmsx/v1\nname: ${cluster.name}\nimage: ${image}\npersistence: rdb\nreplicas: 2\n`;
    const made = await rmsx(['up', ...cluster.apart, '-f', '-'], { input });
    expect(made).toMatchObject({ code: 0 });
    await loadKeys(cluster, 'master', keys);
    const [full = 0, partial = 0] = await syncs();
    await run('restart slave-1 slave-2');
    expect(await syncs()).toEqual([full, partial + 2]);
    await run('stop slave-1');
    await (await cluster.client('master')).set('meanwhile', 'written');
    await run('start slave-1');
    expect(await syncs()).toEqual([full, partial + 3]);
    expect(await (await cluster.client('slave-1')).get('meanwhile')).toBe('written');

    await run('stop');
    await run('start');
    expect(await syncs()).toEqual([0, 2]);
    await run('restart');
    expect(await syncs()).toEqual([0, 2]);
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
  });

  test('whose master does not end in peace must not get its old snapshot back', async () => {
    const input = `apiVersion: rmsx/v1\nname: ${cluster.name}\npersistence: rdb\nreplicas: 1\n`;
    expect(await rmsx(['up', ...cluster.apart, '-f', '-'], { input })).toMatchObject({ code: 0 });
    await loadKeys(cluster, 'master', keys);
    const result = await rmsx(['restart', 'master', '-n', cluster.name], {
      whileRunning: async () => {
        const busy = await cluster.client('master');
        busy.call('EVAL', 'for i=1,1e9 do end', '0').catch(() => undefined);
        await eventually('the master is told to end', () => isTold('master'));
        await docker('kill', cluster.container('master'));
      },
    });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('It did not end in peace') });
    expect(result.stderr).toContain(`rmsx promote slave-1 -n ${cluster.name}`);
    expect((await see('master')).status).toBe('exited');
    expect(await missingKeys(cluster, ['slave-1'], keys)).toEqual([]);
  });
});

/** A busy server says that it is to end, and goes on until it has time for that. */
const isTold = async (node: string): Promise<boolean> =>
  (await docker('logs', cluster.container(node))).includes('Received SIGTERM');

test.each(rows<NodeJS.Signals>(['SIGTERM'], ['SIGINT']))(
  'a restart that %s cuts off must leave nobody stopped who ran before, and say what it had begun',
  async (signal) => {
    await cluster.up('--replicas', '2');
    const slow = await cluster.client('slave-2');
    slow.call('EVAL', 'for i=1,1e8 do end', '0').catch(() => undefined);
    const result = await rmsx(['restart', '-n', cluster.name], {
      whileRunning: async (kill) => {
        await eventually('slave-2 is told to end', () => isTold('slave-2'));
        kill(signal);
      },
    });
    expect(result.code).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(result.stderr).toContain('stopped by then: slave-2');
    expect(result.stderr).toMatch(/slave-2 runs again|started by then: slave-2/);
    expect([...(await seeAll()).values()].map(({ status }) => status)).toEqual(['running', 'running', 'running']);
    expect(await cluster.objects()).not.toContain(`${cluster.name}-lock`);
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy');
  },
);
