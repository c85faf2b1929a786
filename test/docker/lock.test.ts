import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thisProcess } from '../../src/files/process-owner.ts';
import { TestCluster } from './support/cluster.ts';
import { docker, rmsx } from './support/run.ts';

describe('changes of one cluster at the same time', () => {
  const cluster = new TestCluster('lock');

  beforeAll(async () => {
    await cluster.up('--replicas', '3', '--ephemeral', '--image', 'redis:7.0');
  });
  afterAll(() => cluster.remove());

  /** The lock as a change takes it. */
  const lockAs = (owner: string): Promise<string> => {
    const labels = ['--label', `rmsx.cluster=${cluster.name}`, '--label', `rmsx.owner=${owner}`];
    return docker('create', '--pull', 'never', '--name', `${cluster.name}-lock`, ...labels, 'redis:7.0', 'true');
  };

  const sources = async (): Promise<Readonly<Record<string, string | null>>> =>
    Object.fromEntries((await cluster.status()).nodes.map(({ name, source }) => [name, source]));

  test('must be refused while another one is at work, and change nothing', async () => {
    const before = await sources();
    const lock = await lockAs(thisProcess());
    try {
      for (const args of [['move', 'slave-2', '--source', 'slave-1'], ['add'], ['up', '--replicas', '4']]) {
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
