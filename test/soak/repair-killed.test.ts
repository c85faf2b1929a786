import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { TestCluster } from '../docker/support/cluster.ts';
import { docker, eventually, type Finished, rmsx } from '../docker/support/run.ts';

const nodes = ['master', 'slave-1', 'slave-2'] as const;
type Node = (typeof nodes)[number];
const settings = ['repl-ping-replica-period', 'min-replicas-to-write', 'min-replicas-max-lag'] as const;
const hook = new URL('kill-at.js', import.meta.url).href;

/** What is killed, and what comes before it. */
interface Victim {
  readonly verb: 'promote' | 'switchover';
  readonly prepare: (cluster: TestCluster, master: Node) => Promise<unknown>;
}

const victims: Readonly<Record<string, Victim>> = {
  'promote after a SIGKILL': {
    verb: 'promote',
    prepare: (cluster, master) => docker('kill', cluster.container(master)),
  },
  'promote after a pause': {
    verb: 'promote',
    prepare: (cluster, master) => docker('pause', cluster.container(master)),
  },
  switchover: { verb: 'switchover', prepare: async () => undefined },
};

const killed = (cluster: TestCluster, verb: string, target: Node, killAt: number): Promise<Finished> =>
  rmsx([verb, target, '-n', cluster.name], { env: { NODE_OPTIONS: `--import ${hook}`, KILL_AT: String(killAt) } });

async function masterOf(cluster: TestCluster): Promise<Node> {
  const { master } = (await cluster.status()).cluster;
  return (master ?? 'master') as Node;
}

/** What a master wrote last must be found again in the stream of its heir. */
async function writeMore(cluster: TestCluster, master: Node, round: number): Promise<void> {
  const client = (await cluster.client(master)) as Redis;
  for (let i = 0; i < 12; i++) await client.set(`round:${round}:${i}`, `${i} of ${round}`);
  await client.call('WAIT', '2', '5000');
  client.disconnect();
}

/** @returns what a node answers to a write, and the settings that a change may leave in it */
async function answers(
  cluster: TestCluster,
  node: Node,
): Promise<{ readonly write: string; readonly settings: string }> {
  const client = (await cluster.client(node)) as Redis;
  const write = await client.set(`by:${node}`, '1').catch(({ message }: Error) => message.split(' ')[0] ?? '');
  const values = await Promise.all(settings.map((setting) => client.config('GET', setting)));
  client.disconnect();
  return { write, settings: values.join(' ') };
}

/** @returns what is wrong with a cluster that was repaired */
async function wrongWith(cluster: TestCluster, usual: string): Promise<readonly string[]> {
  const { cluster: summary, nodes: seen, warnings } = await cluster.status();
  const wrong = summary.health === 'healthy' ? [] : [JSON.stringify(warnings)];
  for (const { name, role, plannedRole, source, plannedSource } of seen) {
    if (role !== plannedRole || source !== plannedSource) wrong.push(`${name}: ${role} of ${source}`);
    const conf = await docker('exec', cluster.container(name), 'cat', '/usr/local/etc/redis/role.conf');
    if (/no one/.test(conf) !== (role === 'master')) wrong.push(`${name}, a ${role}, would come back as: ${conf}`);
    const { write, settings: now } = await answers(cluster, name as Node);
    if (write !== (role === 'master' ? 'OK' : 'READONLY')) wrong.push(`${name}, a ${role}, answers a write: ${write}`);
    if (now !== usual) wrong.push(`${name} has ${now}`);
  }
  const keys = await Promise.all(
    nodes.map(async (node) => {
      const client = (await cluster.client(node)) as Redis;
      const has = await client.get('kept');
      client.disconnect();
      return has;
    }),
  );
  if (keys.some((value) => value !== 'it is')) wrong.push(`data: ${keys}`);
  return wrong;
}

test.each(
  ['redis:6.0', 'redis:7.0', 'redis:8.0', 'valkey:8.1'].flatMap((image) =>
    Object.keys(victims).map((what) => [what, image] as const),
  ),
)(
  'SIGKILL between any two changes of %s must leave what repair makes one writable master again: %s',
  async (what, image) => {
    const { verb, prepare } = victims[what] as Victim;
    const cluster = new TestCluster('repair-killed');
    try {
      await cluster.up('--replicas', '2', '--image', image);
      await (await cluster.client('master')).set('kept', 'it is');
      const usual = (await answers(cluster, 'master')).settings;
      const wrong: string[] = [];
      let changes = Number.POSITIVE_INFINITY;
      for (let at = 0; at <= changes && wrong.length === 0; at++) {
        const master = await masterOf(cluster);
        const target = nodes.find((node) => node !== master) ?? 'slave-1';
        await writeMore(cluster, master, at);
        await prepare(cluster, master);
        const { code, stderr } = await killed(cluster, verb, target, at);
        if (at === 0) changes = Number(/changes: (\d+)/.exec(stderr)?.[1]);
        if (code !== (at === 0 ? 0 : null)) wrong.push(`it ended with ${code}: ${stderr}`);
        const repaired = await rmsx(['repair', '-n', cluster.name]);
        if (repaired.code !== 0) wrong.push(`repair: ${repaired.code} ${repaired.stderr}`);
        if (wrong.length > 0) {
          wrong.unshift(`${target} after ${master}, killed before change ${at} of ${changes}`);
          break;
        }
        const isRight = async (): Promise<boolean> => (await wrongWith(cluster, usual)).length === 0;
        await eventually('right', isRight).catch(async () => wrong.push(...(await wrongWith(cluster, usual))));
        const again = await rmsx(['repair', '-n', cluster.name, '--json']);
        if (again.code !== 0 || JSON.parse(again.stdout).changed) wrong.push(`repair again: ${again.stdout}`);
        if (wrong.length > 0) wrong.unshift(`${target} after ${master}, killed before change ${at} of ${changes}`);
      }
      expect(changes).toBeGreaterThan(5);
      expect(wrong).toEqual([]);
    } finally {
      await cluster.remove();
    }
  },
  1_800_000,
);
