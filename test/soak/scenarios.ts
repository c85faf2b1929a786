import { randomBytes } from 'node:crypto';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { ChaosProxy } from '../docker/support/chaos-proxy.ts';
import type { TestCluster } from '../docker/support/cluster.ts';
import { loadKeys, missingKeys } from '../docker/support/keys.ts';
import { docker, eventually, type Finished, rmsx } from '../docker/support/run.ts';

const keys = 20;

/** Ours, and in no output. */
export const secret = 'chaos-secret-9f2c';
export const env = { RMSX_PASSWORD: secret };

/** A verb, what has to be there before it, and what must be there after it. */
export interface Scenario {
  readonly args: (cluster: TestCluster) => readonly string[];
  readonly prepare: (cluster: TestCluster) => Promise<void>;
  /** @returns what is wrong with a success, of which the run is told */
  readonly check: (cluster: TestCluster, run: Finished) => Promise<string | undefined>;
  /** From what is there after it to what has to be there before it; where that is missing, a new cluster is made. */
  readonly reset?: (cluster: TestCluster) => Promise<void>;
  /**
   * What a failure leaves: `nothing` on the engine; what the same command `finishes`; or everything as it was, as the verb
   * only `looks`.
   */
  readonly after: 'nothing' | 'finishes' | 'looks';
}

const upFlags = (cluster: TestCluster, replicas = '1'): readonly string[] => [...cluster.apart, '--replicas', replicas];

const standing =
  (replicas = '1', ...flags: readonly string[]) =>
  async (cluster: TestCluster): Promise<void> => {
    await must(['up', ...upFlags(cluster, replicas), ...flags]);
  };

const withKeys =
  (prepare: Scenario['prepare']) =>
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
async function killed(cluster: TestCluster): Promise<void> {
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

const running =
  (atLeast: number, atMost = atLeast, master = 'master') =>
  async (cluster: TestCluster): Promise<string | undefined> => {
    const { cluster: summary, nodes } = await cluster.status();
    const here = nodes.filter(({ state }) => state === 'running').length;
    if (here >= atLeast && here <= atMost && summary.master === master) return undefined;
    return `${here} nodes run, and ${summary.master ?? 'nobody'} is the master`;
  };

function isWhole({ cluster, nodes }: ClusterStatus): string | undefined {
  const states = nodes.map(({ name, state, link }) => `${name} ${state} ${link}`).join(', ');
  const isRight = cluster.health === 'healthy' && cluster.master === 'master' && nodes.length === 2;
  return isRight ? undefined : `it says ${cluster.health}, ${cluster.master}, ${states}`;
}

/** What is printed must be the way to the master, with its password. */
async function opens(cluster: TestCluster, { stdout }: Finished): Promise<string | undefined> {
  const { port } = new URL((await rmsx(['url', '-n', cluster.name])).stdout.trim());
  return stdout.includes(secret) && stdout.includes(port) ? undefined : `it printed ${stdout}`;
}

async function stopped(cluster: TestCluster): Promise<string | undefined> {
  const states = (await cluster.status()).nodes.map(({ state }) => state);
  return states.join() === 'stopped,stopped' ? undefined : `the nodes are ${states.join(', ')}`;
}

async function moved(cluster: TestCluster): Promise<string | undefined> {
  const source = (await cluster.status()).nodes.find(({ name }) => name === 'slave-2')?.source;
  return source === 'slave-1' ? undefined : `slave-2 follows ${source}`;
}

async function gone(cluster: TestCluster): Promise<string | undefined> {
  const left = await cluster.objects();
  return left.length > 0 ? `left: ${left.join(' ')}` : undefined;
}

/** What gc is not sure of stays, and it says so; the next one, which sees everything, takes it. */
async function collected(cluster: TestCluster, { stdout, stderr }: Finished): Promise<string | undefined> {
  if (`${stdout}${stderr}`.includes(`kept: ${cluster.name}: `)) await as('gc', '--older-than', '0s')(cluster);
  return gone(cluster);
}

/** Servers that have a setting, and the keys of `withKeys`. */
const set =
  (nodes: readonly string[], directive: string, value: string) =>
  async (cluster: TestCluster): Promise<string | undefined> => {
    const answers = await Promise.all(
      nodes.map(async (node) => (await cluster.client(node)).config('GET', directive) as Promise<readonly string[]>),
    );
    const values = answers.map(([, answer]) => answer);
    return values.every((answer) => answer === value) ? undefined : `${directive} is ${values.join(', ')}`;
  };

async function renewed(cluster: TestCluster): Promise<string | undefined> {
  const versions = (await cluster.status()).nodes.map(({ version }) => version);
  if (!versions.every((version) => version?.startsWith('8.0'))) return `the servers are ${versions.join(', ')}`;
  return whole(['master', 'slave-1'])(cluster);
}

const whole =
  (nodes: readonly string[]) =>
  async (cluster: TestCluster): Promise<string | undefined> => {
    const missing = await missingKeys(cluster, nodes, keys);
    return missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined;
  };

const both =
  (first: Scenario['check'], second: Scenario['check']): Scenario['check'] =>
  async (cluster, run) =>
    (await first(cluster, run)) ?? (await second(cluster, run));

const named =
  (...args: readonly string[]) =>
  ({ name }: TestCluster): readonly string[] => [...args, '-n', name];

const as =
  (...args: readonly string[]) =>
  ({ name }: TestCluster): Promise<void> =>
    must([...args, '-n', name]);

const asItIs = async (): Promise<void> => undefined;
const looking = (args: Scenario['args'], check: Scenario['check']): Scenario => ({
  args,
  prepare: standing(),
  check,
  reset: asItIs,
  after: 'looks',
});
const changing = (args: Scenario['args'], check: Scenario['check'], rest: Partial<Scenario> = {}): Scenario => ({
  args,
  prepare: standing(),
  check,
  after: 'finishes',
  ...rest,
});

/** Every verb that uses an engine. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  up: { args: upFlags, prepare: asItIs, check: running(2), after: 'nothing' },
  'up again': changing(upFlags, running(2), { reset: asItIs }),
  'up --set': changing(
    named('--set', 'maxclients=500'),
    both(running(2), set(['master', 'slave-1'], 'maxclients', '500')),
    {
      reset: as('up', '--set', 'maxclients=400'),
    },
  ),
  'up --image': changing(named('--image', 'redis:8.0'), both(running(2), renewed), {
    prepare: withKeys(standing('1', '--image', 'redis:7.0')),
  }),
  status: looking(named('--json'), async (_, { stdout }) => isWhole(JSON.parse(stdout) as ClusterStatus)),
  topology: looking(named('--json'), async (_, { stdout }) => {
    const { edges } = JSON.parse(stdout) as { edges: readonly { link: string | null }[] };
    return edges.map(({ link }) => link).join() === 'up' ? undefined : `it shows ${JSON.stringify(edges)}`;
  }),
  verify: looking(named('--json', '--keys', '7'), async (_, { stdout }) => {
    const { ok, keys } = JSON.parse(stdout) as { ok: boolean; keys: { written: number } };
    return ok && keys.written === 7 ? undefined : `it says ${stdout}`;
  }),
  logs: looking(named(), async (_, { stdout }) => {
    const isWhole = ['master', 'slave-1'].every((node) =>
      new RegExp(`^${node} \\| .*Server initialized`, 'm').test(stdout),
    );
    return isWhole ? undefined : `it printed ${stdout}`;
  }),
  cli: looking(
    ({ name }) => ['-n', name, 'master', 'ECHO', 'hello'],
    async (_, { stdout }) => (stdout === 'hello\n' ? undefined : `it printed ${stdout}`),
  ),
  ls: looking(
    () => ['--json'],
    async ({ name }, { stdout }) => {
      const { clusters } = JSON.parse(stdout) as { clusters: readonly { name: string; running: number }[] };
      const found = clusters.find((cluster) => cluster.name === name);
      return found?.running === 2 ? undefined : `it is listed as ${JSON.stringify(found)}`;
    },
  ),
  env: looking(named(), opens),
  url: looking(named(), opens),
  doctor: looking(named(), async () => undefined),
  down: changing(named('--volumes', '-y'), gone, { reset: standing() }),
  promote: changing(named('slave-1'), both(running(1, 1, 'slave-1'), whole(['slave-1'])), {
    prepare: async (cluster) => {
      await withKeys(standing())(cluster);
      await docker('kill', cluster.container('master'));
    },
  }),
  scale: changing(named('--replicas', '2'), running(3), { reset: as('scale', '--replicas', '1', '--volumes') }),
  add: changing(named(), running(3, 4), { reset: as('scale', '--replicas', '1', '--volumes') }),
  remove: changing(named('slave-1'), running(1), { reset: as('scale', '--replicas', '1') }),
  move: changing(named('slave-2', '--source', 'slave-1'), moved, {
    prepare: standing('2'),
    reset: as('move', 'slave-2', '--source', 'master'),
  }),
  start: changing(named(), running(2), {
    prepare: async (cluster) => {
      await standing()(cluster);
      await as('stop')(cluster);
    },
    reset: as('stop'),
  }),
  stop: changing(named(), stopped, { reset: as('start') }),
  restart: changing(named(), running(2), { reset: asItIs }),
  gc: changing(named('--older-than', '0s'), collected, { prepare: killed, reset: killed }),
};
