import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { ChaosProxy } from '../docker/support/chaos-proxy.ts';
import type { TestCluster } from '../docker/support/cluster.ts';
import { loadKeys, missingKeys } from '../docker/support/keys.ts';
import { docker, eventually, type Finished, inspect, rmsx } from '../docker/support/run.ts';

const keys = 20;

/** Ours, and in no output. */
export const secret = 'chaos-secret-9f2c';
export const env = { RMSX_PASSWORD: secret };

/** Another one; whoever prints it prints the first one, too. */
const otherSecret = `${secret}-rotated`;

/** @returns the file in which the other password of a cluster is */
export const otherPasswordFile = ({ name }: TestCluster): string => join(tmpdir(), `${name}.password`);

/** Brings about what has to be there before a verb. */
type Prepare = (cluster: TestCluster) => Promise<void>;

/** @returns what is wrong with a success, of which the run is told */
export type Check = (cluster: TestCluster, run: Finished) => Promise<string | undefined>;

export const upFlags = (cluster: TestCluster, replicas = '1'): readonly string[] => [
  ...cluster.apart,
  '--replicas',
  replicas,
];

export const standing =
  (replicas = '1', ...flags: readonly string[]) =>
  async (cluster: TestCluster): Promise<void> => {
    await must(['up', ...upFlags(cluster, replicas), ...flags]);
  };

export const withKeys =
  (prepare: Prepare) =>
  async (cluster: TestCluster): Promise<void> => {
    await prepare(cluster);
    await loadKeys(cluster, 'master', keys);
  };

async function must(args: readonly string[]): Promise<void> {
  const { code, stderr } = await rmsx(args, { env });
  if (code !== 0) throw new Error(`rmsx ${args[0]} failed: ${stderr}`);
}

/**
 * An `up` that is killed before the engine hears that its first server is to start. What it asked for before is made all the
 * same, and must be there before anybody looks: it would be younger than the look.
 */
export async function killed(cluster: TestCluster): Promise<void> {
  const start = 'POST /containers/:id/start';
  const proxy = new ChaosProxy(`${cluster.name}-${randomBytes(3).toString('hex')}`, start, 'hang');
  await proxy.listen();
  try {
    await rmsx(['up', ...upFlags(cluster)], {
      env: { ...env, ...proxy.env },
      whileRunning: async (kill) => {
        proxy.onRequest = () => {
          if (proxy.routes.at(-1) === start) kill('SIGKILL');
        };
      },
    });
  } finally {
    await proxy.close();
  }
  let before: readonly string[] | undefined;
  await eventually('nothing more is made', async () => {
    const now = await cluster.objects();
    const isSame = before !== undefined && now.join() === before.join();
    before = now;
    return isSame;
  });
}

export const running =
  (atLeast: number, atMost = atLeast, master = 'master') =>
  async (cluster: TestCluster): Promise<string | undefined> => {
    const { cluster: summary, nodes } = await cluster.status();
    const here = nodes.filter(({ state }) => state === 'running').length;
    if (here >= atLeast && here <= atMost && summary.master === master) return undefined;
    return `${here} nodes run, and ${summary.master ?? 'nobody'} is the master`;
  };

export function isWhole({ cluster, nodes }: ClusterStatus): string | undefined {
  const states = nodes.map(({ name, state, link }) => `${name} ${state} ${link}`).join(', ');
  const isRight = cluster.health === 'healthy' && cluster.master === 'master' && nodes.length === 2;
  return isRight ? undefined : `it says ${cluster.health}, ${cluster.master}, ${states}`;
}

/** What is printed must be the way to the master, with its password. */
export async function opens(cluster: TestCluster, { stdout }: Finished): Promise<string | undefined> {
  const { port } = new URL((await rmsx(['url', '-n', cluster.name])).stdout.trim());
  return stdout.includes(secret) && stdout.includes(port) ? undefined : `it printed ${stdout}`;
}

export async function stopped(cluster: TestCluster): Promise<string | undefined> {
  const states = (await cluster.status()).nodes.map(({ state }) => state);
  return states.join() === 'stopped,stopped' ? undefined : `the nodes are ${states.join(', ')}`;
}

export async function moved(cluster: TestCluster): Promise<string | undefined> {
  const source = (await cluster.status()).nodes.find(({ name }) => name === 'slave-2')?.source;
  return source === 'slave-1' ? undefined : `slave-2 follows ${source}`;
}

export async function gone(cluster: TestCluster): Promise<string | undefined> {
  const left = await cluster.objects();
  return left.length > 0 ? `left: ${left.join(' ')}` : undefined;
}

/** What gc is not sure of stays, and it says so; the next one, which sees everything, takes it. */
export async function collected(cluster: TestCluster, { stdout, stderr }: Finished): Promise<string | undefined> {
  if (`${stdout}${stderr}`.includes(`kept: ${cluster.name}: `)) await as('gc', '--older-than', '0s')(cluster);
  return gone(cluster);
}

/** Servers that have a setting, and the keys of `withKeys`. */
export const set =
  (nodes: readonly string[], directive: string, value: string) =>
  async (cluster: TestCluster): Promise<string | undefined> => {
    const answers = await Promise.all(
      nodes.map(async (node) => (await cluster.client(node)).config('GET', directive) as Promise<readonly string[]>),
    );
    const values = answers.map(([, answer]) => answer);
    return values.every((answer) => answer === value) ? undefined : `${directive} is ${values.join(', ')}`;
  };

/** A cluster, and a file with another password for it. */
export async function withOtherPassword(cluster: TestCluster): Promise<void> {
  await standing()(cluster);
  writeFileSync(otherPasswordFile(cluster), `${otherSecret}\n`, { mode: 0o600 });
}

export async function rotated(cluster: TestCluster): Promise<string | undefined> {
  const { stdout } = await rmsx(['url', '-n', cluster.name]);
  if (!stdout.includes(otherSecret)) return 'it has the old password';
  const old = new Redis(stdout.trim().replace(otherSecret, secret), { lazyConnect: true, retryStrategy: () => null });
  old.on('error', () => undefined); // it is refused, or should be
  const answer = await old.ping().catch((error: Error) => error.message);
  old.disconnect();
  if (!/WRONGPASS|NOAUTH/.test(answer)) return `the old password is answered: ${answer}`;
  return isWhole(await cluster.status());
}

/** A replica that somebody has made a master by hand. */
export async function strayed(cluster: TestCluster): Promise<void> {
  await (await cluster.client('slave-1')).call('REPLICAOF', 'NO', 'ONE');
}

/** A master that died and was replaced. */
export async function replaced(cluster: TestCluster): Promise<void> {
  await withKeys(standing())(cluster);
  await docker('kill', cluster.container('master'));
  await as('promote', 'slave-1')(cluster);
}

export const healed = async (cluster: TestCluster): Promise<string | undefined> => isWhole(await cluster.status());

/** Again and again strayed, it is told as a loop of synchronisations. */
export async function linked(cluster: TestCluster): Promise<string | undefined> {
  const links = (await cluster.status()).nodes.map(({ link }) => link);
  return links.includes('up') ? undefined : `the links are ${links.join(', ')}`;
}

export const isNow =
  (state: string) =>
  async (cluster: TestCluster): Promise<string | undefined> => {
    const { State } = await inspect(cluster.container('slave-1'));
    return State.Status === state ? undefined : `slave-1 is ${State.Status}`;
  };

export async function cutOff(cluster: TestCluster): Promise<string | undefined> {
  const { NetworkSettings } = await inspect(cluster.container('slave-1'));
  const networks = Object.keys(NetworkSettings.Networks);
  return networks.length === 0 ? undefined : `slave-1 is on ${networks.join(' ')}`;
}

export async function renewed(cluster: TestCluster): Promise<string | undefined> {
  const versions = (await cluster.status()).nodes.map(({ version }) => version);
  if (!versions.every((version) => version?.startsWith('8.0'))) return `the servers are ${versions.join(', ')}`;
  return whole(['master', 'slave-1'])(cluster);
}

export const whole =
  (nodes: readonly string[]) =>
  async (cluster: TestCluster): Promise<string | undefined> => {
    const missing = await missingKeys(cluster, nodes, keys);
    return missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined;
  };

export const both =
  (first: Check, second: Check): Check =>
  async (cluster, run) =>
    (await first(cluster, run)) ?? (await second(cluster, run));

export const named =
  (...args: readonly string[]) =>
  ({ name }: TestCluster): readonly string[] => [...args, '-n', name];

export const as =
  (...args: readonly string[]) =>
  ({ name }: TestCluster): Promise<void> =>
    must([...args, '-n', name]);
