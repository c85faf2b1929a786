import { expect, test } from 'vitest';
import { TestCluster } from '../docker/support/cluster.ts';
import { eventually, type Finished, rmsx } from '../docker/support/run.ts';
import { placesOf } from '../docker/support/switching.ts';
import { lostOn, Writers } from '../docker/support/writers.ts';

const nodes = ['slave-1', 'slave-2', 'master'] as const;
const settings = ['repl-ping-replica-period', 'min-replicas-to-write', 'min-replicas-max-lag'] as const;
const hook = new URL('kill-at.js', import.meta.url).href;

/** @param killAt - before which of its changes of servers it is killed; 0 for none */
const switchover = (cluster: TestCluster, target: string, killAt: number): Promise<Finished> =>
  rmsx(['switchover', target, '-n', cluster.name], {
    env: { NODE_OPTIONS: `--import ${hook}`, KILL_AT: String(killAt) },
  });

/** What a user does: the same again, or what the refusal says. @returns what is wrong */
async function finish(cluster: TestCluster, target: string): Promise<readonly string[]> {
  const again = await cluster.rmsx('switchover', target);
  if (again.code === 0) return [];
  const promoted = again.code === 7 ? await cluster.rmsx('promote', target) : again;
  return promoted.code === 0 ? [] : [`switchover: ${again.code} ${again.stderr} promote: ${promoted.stderr}`];
}

async function settingsOf(cluster: TestCluster, node: string): Promise<string> {
  const client = await cluster.client(node);
  return (await Promise.all(settings.map((setting) => client.config('GET', setting)))).join(' ');
}

/** @returns what is wrong after a hand-over that was killed there and then finished */
async function killedAt(
  cluster: TestCluster,
  target: string,
  killAt: number,
  usual: string,
): Promise<readonly string[]> {
  const writers = new Writers(await placesOf(cluster));
  const wrong: string[] = [];
  try {
    await eventually('all writers write', async () => writers.count > 400);
    const { code } = await switchover(cluster, target, killAt);
    if (code !== null) wrong.push(`it ended with ${code}`);
    wrong.push(...(await finish(cluster, target)));
    const count = writers.count;
    await eventually('all writers go on', async () => writers.count > count + 400).catch(() => wrong.push('no writes'));
  } finally {
    await writers.stop();
  }
  const lost = await lostOn(await cluster.client(target), await writers.stop());
  if (lost.length > 0) wrong.push(`${lost.length} writes lost`);
  const isHealthy = async (): Promise<boolean> => (await cluster.status()).cluster.health === 'healthy';
  await eventually('healthy', isHealthy).catch(async () =>
    wrong.push(JSON.stringify((await cluster.status()).warnings)),
  );
  const masters = (await cluster.status()).nodes.filter(({ role }) => role === 'master').map(({ name }) => name);
  if (masters.join() !== target) wrong.push(`masters: ${masters}`);
  const after = await settingsOf(cluster, target);
  if (after !== usual) wrong.push(`settings: ${after}`);
  return wrong.map((each) => `${target}, killed before change ${killAt}: ${each}`);
}

test.each(['redis:6.0', 'redis:7.0', 'redis:8.0', 'valkey:8.1'])(
  'SIGKILL between any two changes of servers must leave what the next command finishes, with every write: %s',
  async (image) => {
    const cluster = new TestCluster('switch-killed');
    try {
      await cluster.up('--replicas', '2', '--image', image);
      const usual = await settingsOf(cluster, 'master');
      const { code, stderr } = await switchover(cluster, 'slave-1', 0);
      const changes = Number(/changes: (\d+)/.exec(stderr)?.[1]);
      expect([code, changes >= 7]).toEqual([0, true]);
      const wrong: string[] = [];
      for (let at = 1; at <= changes; at++) {
        wrong.push(...(await killedAt(cluster, nodes[at % nodes.length] ?? 'master', at, usual)));
        if (wrong.length > 0) break; // what comes next would start from there
      }
      expect(wrong).toEqual([]);
      const last = nodes[(changes + 1) % nodes.length] ?? 'master';
      expect(await switchover(cluster, last, 0)).toMatchObject({ code: 0 });
      for (const node of nodes) expect([node, await settingsOf(cluster, node)]).toEqual([node, usual]);
    } finally {
      await cluster.remove();
    }
  },
  1_800_000,
);
