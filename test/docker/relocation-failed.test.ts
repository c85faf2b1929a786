import { afterEach, describe, expect, test } from 'vitest';
import { rows, soakTest } from './support/breadth.ts';
import { MovingCluster, portsOf } from './support/moving.ts';
import { docker, inspect, rmsxJson } from './support/run.ts';

let cluster: MovingCluster;

afterEach(async () => {
  await cluster.remove();
});

/** That it is where it was, healthy and with its data, and that the next `up` finds nothing to do. */
async function expectAsBefore(objects: readonly string[]): Promise<void> {
  const now = await cluster.status();
  const { before } = cluster;
  expect([now.cluster.subnet, portsOf(now), now.cluster.health]).toEqual([
    before.cluster.subnet,
    portsOf(before),
    'healthy',
  ]);
  expect(await cluster.missing()).toEqual([]);
  expect([...(await cluster.objects())].sort()).toEqual([...objects].sort());
  expect(await cluster.again()).toMatchObject({ changed: false });
}

describe('a move that fails in its middle must leave the cluster as it was', () => {
  soakTest('where somebody takes a port by then', async () => {
    cluster = new MovingCluster('move-taken');
    await cluster.begin();
    const objects = await cluster.objects();
    let taking: Promise<void> | undefined;
    const failed = await cluster.meeting(cluster.elsewhere, (route) => {
      if (route.endsWith('/stop')) taking ??= cluster.take(cluster.otherPort + 1);
    });
    await taking;
    expect([failed.code, failed.stderr]).toEqual([
      5,
      expect.stringContaining(`${cluster.name} could not be moved to other addresses, and is as it was.`),
    ]);
    expect(failed.stderr).toContain(`Port ${cluster.otherPort + 1} is taken by a process of this host`);
    await expectAsBefore(objects);
  });

  soakTest('where the servers do not come up, after a promotion and with a node that was stopped', async () => {
    cluster = new MovingCluster('move-broken');
    await cluster.begin();
    await docker('kill', cluster.container('master'));
    await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
    const objects = await cluster.objects();
    const failed = await cluster.rmsx('up', ...cluster.elsewhere, '--set', 'oom-score-adj-values=x');
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('and is as it was.')]);
    expect(failed.stderr).toContain('FATAL CONFIG FILE ERROR');
    expect((await inspect(cluster.container('master'))).State.Running).toBe(false);
    expect((await cluster.again()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
    await expectAsBefore(objects);
  });

  test.each(
    rows(['DELETE /networks/:id'], ['POST /containers/:id/stop', 'DELETE /containers/:id', 'POST /networks/create']),
  )('where it is told to end at %s', async (at) => {
    cluster = new MovingCluster('move-term');
    await cluster.begin();
    const objects = await cluster.objects();
    let isTold = false;
    const ended = await cluster.meeting(cluster.elsewhere, (route, kill) => {
      if (route !== at || isTold) return;
      isTold = true; // a second signal would end it at once
      kill('SIGTERM');
    });
    expect([ended.code, ended.stderr]).toEqual([143, expect.stringContaining('and is as it was.')]);
    await expectAsBefore(objects);
  });
});
