import { afterEach, describe, expect, test } from 'vitest';
import { rows, soakTest } from '../docker/support/breadth.ts';
import { MovingCluster, portsOf } from '../docker/support/moving.ts';
import { eventually, inspect } from '../docker/support/run.ts';

let cluster: MovingCluster;

afterEach(async () => {
  await cluster.remove();
});

/** Kills an `up` that asks for other addresses at the n-th request to a route. */
async function kill(at: string, number: number): Promise<void> {
  let met = 0;
  const killed = await cluster.meeting(cluster.elsewhere, (route, signal) => {
    if (route === at) met += 1;
    if (met === number) signal('SIGKILL');
  });
  expect(killed.code).toBe(null);
  // What the engine was told to stop by then, it stops: looking before that would be another test.
  if (at.endsWith('/stop')) {
    const master = cluster.container('master');
    await eventually('the master has ended', async () => !(await inspect(master)).State.Running, 30_000);
  }
}

/** What a run that was killed may leave for the next one but one: what carried a conf, until it is two minutes old. */
const isCarrier = (name: string): boolean => name.includes('-conf-');

describe('a move that is killed', () => {
  test.each(
    rows<readonly [string, number, string]>(
      [['DELETE /containers/:id', 2, 'old']],
      [
        ['POST /containers/:id/start', 3, 'new'],
        ['POST /containers/:id/stop', 1, 'old'],
        ['DELETE /networks/:id', 1, 'old'],
        ['POST /networks/create', 1, 'new'],
      ],
    ),
  )('must be finished by the next up, in one way or the other: at %s, number %i', async (at, number, end) => {
    cluster = new MovingCluster('move-kill');
    const before = await cluster.begin();
    const objects = await cluster.objects();
    await kill(at, number);
    const now = await cluster.again();
    const ports = end === 'old' ? portsOf(before) : portsOf(before).map((_, i) => cluster.otherPort + i);
    expect([now.cluster.health, portsOf(now)]).toEqual(['healthy', ports]);
    expect(now.cluster.subnet).toBe(end === 'old' ? before.cluster.subnet : cluster.otherSubnet);
    expect(await cluster.missing()).toEqual([]);
    const left = (await cluster.objects()).filter((name) => !isCarrier(name));
    expect([...left].sort()).toEqual([...objects].sort());
  });

  soakTest('must be taken back by an up with the addresses of before', async () => {
    cluster = new MovingCluster('move-undo');
    const before = await cluster.begin();
    await kill('POST /containers/:id/start', 1);
    const now = await cluster.again(...cluster.back);
    expect([now.cluster.health, now.cluster.subnet, portsOf(now)]).toEqual([
      'healthy',
      before.cluster.subnet,
      portsOf(before),
    ]);
    expect(await cluster.missing()).toEqual([]);
  });
});
