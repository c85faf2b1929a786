import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { thisProcess } from '../../src/files/process-owner.ts';
import { soakTest } from './support/breadth.ts';
import { ChaosProxy } from './support/chaos-proxy.ts';
import { TestCluster } from './support/cluster.ts';
import { roleConfs } from './support/keys.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';
import { takeLock } from './support/take-lock.ts';

describe('changes of one cluster at the same time', () => {
  const cluster = new TestCluster('lock');

  beforeAll(async () => {
    await cluster.up('--replicas', '3', '--ephemeral', '--image', 'redis:7.0');
  });
  afterAll(() => cluster.remove());

  const lockAs = (owner: string): Promise<string> => takeLock(cluster, 'master', owner);

  const sources = async (): Promise<Readonly<Record<string, string | null>>> =>
    Object.fromEntries((await cluster.status()).nodes.map(({ name, source }) => [name, source]));

  test('must be refused while another one is at work, and change nothing', async () => {
    const before = await sources();
    const lock = await lockAs(thisProcess());
    try {
      const late = ['up', '--replicas', '4', '--timeout', '6s']; // it waits for the other one
      for (const args of [['move', 'slave-2', '--source', 'slave-1'], ['add'], ['stop', 'slave-3'], ['down'], late]) {
        const { code, stderr } = await rmsx([...args, '-n', cluster.name]);
        expect([args, code]).toEqual([args, 5]);
        expect(stderr).toContain(`Another rmsx is changing ${cluster.name} just now (process ${process.pid} on`);
      }
      expect(await sources()).toEqual(before);
      expect(await cluster.objects()).toContain(`${cluster.name}-lock`);
    } finally {
      await docker('rm', '-f', '-v', lock);
    }
  });

  test('what changes nothing must not care about the lock', async () => {
    const lock = await lockAs(thisProcess());
    try {
      expect((await rmsx(['up', '-n', cluster.name])).code).toBe(0);
      expect((await rmsx(['add', '--dry-run', '-n', cluster.name])).code).toBe(0);
      expect((await rmsx(['status', '-n', cluster.name])).code).toBe(0);
    } finally {
      await docker('rm', '-f', '-v', lock);
    }
  });

  test('the lock of a process that was killed must be taken over', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await lockAs(`${hostname()}/${child.pid}/1`);
    expect((await rmsx(['up', '-n', cluster.name])).code).toBe(0);
    expect(await cluster.objects()).not.toContain(`${cluster.name}-lock`); // there was nothing to do under it
    await lockAs(`${hostname()}/${child.pid}/1`);
    const { code, stderr } = await rmsx(['move', 'slave-2', '--source', 'slave-1', '-n', cluster.name]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('has been killed; taking over')]);
    expect(await sources()).toMatchObject({ 'slave-2': 'slave-1' });
    expect(await cluster.objects()).not.toContain(`${cluster.name}-lock`);
  });

  test('two at once must end as if one had come after the other, or one must be refused', async () => {
    const runs = await Promise.all([
      rmsx(['move', 'slave-2', '--source', 'slave-3', '-n', cluster.name]),
      rmsx(['move', 'slave-3', '--source', 'slave-1', '-n', cluster.name]),
    ]);
    expect(runs.map(({ code }) => code).filter((code) => code !== 0 && code !== 5)).toEqual([]);
    const after = await sources();
    const [first, second] = runs.map(({ code }) => code === 0);
    expect(after['slave-2']).toBe(first ? 'slave-3' : 'slave-1');
    expect(after['slave-3']).toBe(second ? 'slave-1' : 'master');
    expect((await cluster.status()).cluster.health).toBe('healthy');
    expect(await cluster.objects()).not.toContain(`${cluster.name}-lock`);
  });
});

/** Waits for the lock of a cluster. @returns the number of the process that holds it */
const holderOf = (cluster: TestCluster): Promise<number> =>
  eventually('somebody holds the lock', async () => {
    const { Config } = await inspect(`${cluster.name}-lock`);
    return Number(Config.Labels['rmsx.owner']?.split('/')[1]);
  });

describe('up of one cluster by many', () => {
  const cluster = new TestCluster('lock-up');
  afterEach(() => cluster.remove());

  const upOf = (replicas: number): readonly string[] => ['up', ...cluster.apart, '--replicas', `${replicas}`, '--json'];

  test('must make it once, and all of them must succeed', async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => rmsx(upOf(1))));
    expect(runs.filter(({ code }) => code !== 0)).toEqual([]);
    expect(runs.filter(({ stdout }) => JSON.parse(stdout).changed === true)).toHaveLength(1);
    expect((await cluster.status()).cluster.health).toBe('healthy');
    const volumes = ['master', 'slave-1']
      .flatMap((node) => [`${node}-conf`, `${node}-data`])
      .map(cluster.container, cluster);
    const objects = [cluster.container('master'), cluster.container('slave-1'), `${cluster.name}_app_net`, ...volumes];
    expect([...(await cluster.objects())].sort()).toEqual(objects.sort());
  });

  soakTest('must be finished by another one where the one that makes it is killed', async () => {
    const runs = Array.from({ length: 3 }, () => rmsx(upOf(3)));
    const killed = await holderOf(cluster);
    await eventually('something is made', async () => (await cluster.objects()).length > 1);
    process.kill(killed, 'SIGKILL');
    const ends = await Promise.all(runs.map((run) => run.catch(() => ({ code: null, stderr: '' })))); // it prints no document
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 0, null]);
    expect(ends.filter(({ stderr }) => stderr.includes('has been killed; taking over'))).toHaveLength(1);
    const { cluster: summary, nodes } = await cluster.status();
    expect([summary.health, nodes.length]).toEqual(['healthy', 4]);
    expect(await cluster.objects()).not.toContain(`${cluster.name}-lock`);
  });
});

describe('a promotion', () => {
  const cluster = new TestCluster('lock-promote');

  beforeAll(async () => {
    await cluster.up('--replicas', '2');
  });
  afterAll(() => cluster.remove());

  const masters = async (): Promise<readonly string[]> =>
    (await cluster.status()).nodes.filter(({ role }) => role === 'master').map(({ name }) => name);

  test('must be refused while an up is at work, and change nothing', async () => {
    await docker('kill', cluster.container('master'));
    const before = await roleConfs(cluster);
    const { code } = await rmsx(['up', '-n', cluster.name], {
      whileRunning: async (kill) => {
        await holderOf(cluster);
        kill('SIGSTOP');
        const run = await rmsx(['promote', 'slave-1', '-n', cluster.name]).finally(() => kill('SIGCONT'));
        expect([run.code, run.stderr]).toEqual([
          5,
          expect.stringContaining(`Another rmsx is changing ${cluster.name}`),
        ]);
      },
    });
    expect([code, await masters()]).toEqual([0, ['master']]);
    expect(await roleConfs(cluster)).toEqual(before);
  });

  test('beside another one must leave one master, which all follow', async () => {
    await docker('kill', cluster.container('master'));
    const runs = await Promise.all(['slave-1', 'slave-2'].map((node) => rmsx(['promote', node, '-n', cluster.name])));
    const codes = runs.map(({ code }) => code);
    expect([codes.filter((code) => code === 0).length, codes.some((code) => code === 5 || code === 7)]).toEqual([
      1,
      true,
    ]);
    await rmsxJson(['up', '-n', cluster.name]);
    expect(await masters()).toEqual([codes[0] === 0 ? 'slave-1' : 'slave-2']);
    expect((await cluster.status()).cluster.health).toBe('healthy');
    expect(await cluster.objects()).not.toContain(`${cluster.name}-lock`);
  });

  test('must give up where somebody takes its lock away, and be finished by the next one', async () => {
    const [was = ''] = await masters();
    const promote = ['promote', was === 'slave-1' ? 'slave-2' : 'slave-1', '-n', cluster.name];
    await docker('kill', cluster.container(was));
    const proxy = new ChaosProxy(`${cluster.name}-proxy`, 'PUT /containers/:id/archive', 'engine: slow');
    proxy.onRequest = () => {
      if (!proxy.met && proxy.routes.at(-1)?.startsWith('PUT'))
        removals.push(docker('rm', '-v', `${cluster.name}-lock`));
    };
    const removals: Promise<unknown>[] = [];
    await proxy.listen();
    try {
      const { code, stderr } = await rmsx(promote, { env: proxy.env });
      expect([code, stderr]).toEqual([5, expect.stringContaining(`The lock of ${cluster.name} was removed meanwhile`)]);
    } finally {
      await proxy.close();
    }
    expect([(await Promise.all(removals)).length, await masters()]).toEqual([1, []]);
    expect((await rmsx(promote)).code).toBe(0);
    expect(await masters()).toEqual([promote[1]]);
  });

  test('is not all that a lock may be taken from: another change must end all the same', async () => {
    await rmsxJson(['up', '-n', cluster.name]);
    const { code } = await rmsx(['restart', 'slave-2', '-n', cluster.name], {
      whileRunning: async () => {
        await holderOf(cluster);
        await docker('rm', '-v', `${cluster.name}-lock`);
      },
    });
    expect([code, (await cluster.status()).cluster.health]).toEqual([0, 'healthy']);
  });
});
