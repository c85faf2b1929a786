import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { ChaosProxy, type Fault, faultName } from '../docker/support/chaos-proxy.ts';
import { TestCluster } from '../docker/support/cluster.ts';
import { inParallel } from '../docker/support/in-parallel.ts';
import { docker, type Finished, rmsx } from '../docker/support/run.ts';

/** Ours, and in no output. */
const secret = 'chaos-secret-9f2c';
const timeoutSeconds = 6;
/** What a command may need beyond its time to take back what it made. */
const graceSeconds = 8;

const onAnyRoute: readonly Fault[] = [
  'drop',
  'engine: drop the reply',
  'engine: cut the reply',
  'engine: half of the JSON',
  'engine: other JSON',
  'html',
  'hang',
  'engine: slow',
  { status: 500, message: 'something went wrong inside' },
  { status: 404, message: 'page not found' },
];

/** The words of engines, with each status that they have been seen with. */
const onWrites: readonly Fault[] = [
  { status: 403, message: 'Pool overlaps with other one on this address space' },
  { status: 409, message: 'Conflict. The container name "/x" is already in use by container "abc".' },
  { status: 500, message: 'driver failed programming external connectivity: port is already allocated' },
  { status: 403, message: 'endpoint with name x already exists in network y' },
  { status: 409, message: 'removal of container abc is already in progress' },
  { status: 500, message: 'Address already in use' },
];

interface Case {
  readonly route: string;
  readonly fault: Fault;
}

/** A verb, what has to be there before it, and whether what it leaves is what it says. */
interface Scenario {
  readonly args: (cluster: TestCluster) => readonly string[];
  readonly prepare: (cluster: TestCluster) => Promise<void>;
  /** @returns what is wrong with a success */
  readonly check: (cluster: TestCluster) => Promise<string | undefined>;
  /** Whether a failure must leave nothing at all. */
  readonly leavesNothing?: boolean;
}

/** All cases take long: `bin/test soak`. Without it, a part of them that meets every route and every fault of each verb. */
const isSoak = process.env.SOAK === '1';
const oneOf = 7;

const env = { RMSX_PASSWORD: secret };
const upFlags = (cluster: TestCluster): readonly string[] => [...cluster.apart, '--replicas', '1'];

async function standing(cluster: TestCluster): Promise<void> {
  const { code, stderr } = await rmsx(['up', ...upFlags(cluster)], { env });
  if (code !== 0) throw new Error(`up failed: ${stderr}`);
}

async function healthyWith(cluster: TestCluster, count: number, master = 'master'): Promise<string | undefined> {
  const { stdout } = await rmsx(['status', '--json', '-n', cluster.name]);
  const { cluster: summary, nodes = [] } = JSON.parse(stdout) as Partial<ClusterStatus>;
  const here = nodes.filter(({ state }) => state === 'running').length;
  if (here === count && summary?.master === master) return undefined;
  return `success, but ${here} nodes run and ${summary?.master ?? 'nobody'} is the master`;
}

const nothing = async (): Promise<undefined> => undefined;

const scenarios: Readonly<Record<string, Scenario>> = {
  up: {
    args: upFlags,
    prepare: async () => undefined,
    check: (cluster) => healthyWith(cluster, 2),
    leavesNothing: true,
  },
  'up --set': {
    args: ({ name }) => ['-n', name, '--set', 'maxclients=500'],
    prepare: standing,
    check: (cluster) => healthyWith(cluster, 2),
  },
  status: { args: ({ name }) => ['-n', name], prepare: standing, check: nothing },
  ls: { args: () => [], prepare: standing, check: nothing },
  env: { args: ({ name }) => ['-n', name], prepare: standing, check: nothing },
  url: { args: ({ name }) => ['-n', name], prepare: standing, check: nothing },
  down: {
    args: ({ name }) => ['--volumes', '-y', '-n', name],
    prepare: standing,
    check: async (cluster) => ((await cluster.objects()).length > 0 ? 'success, but something is left' : undefined),
  },
  promote: {
    args: ({ name }) => ['slave-1', '-n', name],
    prepare: async (cluster) => {
      await standing(cluster);
      await docker('kill', cluster.container('master'));
    },
    check: (cluster) => healthyWith(cluster, 1, 'slave-1'),
  },
  scale: {
    args: ({ name }) => ['--replicas', '2', '-n', name],
    prepare: standing,
    check: (cluster) => healthyWith(cluster, 3),
  },
  remove: {
    args: ({ name }) => ['slave-1', '-n', name],
    prepare: standing,
    check: (cluster) => healthyWith(cluster, 1),
  },
};

/** Verbs that only look can share a cluster: nothing that goes wrong changes it. */
const looks = new Set(['status', 'ls', 'env', 'url']);

const counts = new Map<string, { passed: number; failed: number; refused: number; succeeded: number }>();

/** What hangs must be told, and not hang the test. */
async function endIfStuck(kill: (signal: NodeJS.Signals) => void): Promise<void> {
  setTimeout(() => kill('SIGKILL'), (timeoutSeconds + graceSeconds + 5) * 1000).unref();
}

/** @returns what is wrong, as sentences */
function faultsOf(name: string, { code, stdout, stderr }: Finished, tookMs: number): readonly string[] {
  const limitMs = (timeoutSeconds + graceSeconds) * 1000;
  return [
    ...(code === null || code === 70 ? [`exit ${code}: ${stderr.slice(0, 300)}`] : []),
    ...(code !== 0 && stderr.trim() === '' ? ['it fails without a word'] : []),
    ...(`${stdout}${stderr}`.includes(secret) && !['env', 'url'].includes(name) ? ['the password is printed'] : []),
    ...(tookMs > limitMs ? [`it took ${Math.round(tookMs)} ms`] : []),
  ];
}

async function attempt(
  name: string,
  scenario: Scenario,
  { route, fault }: Case,
  shared?: TestCluster,
): Promise<string[]> {
  const verb = name.split(' ')[0] ?? '';
  const cluster = shared ?? new TestCluster('chaos');
  const proxy = new ChaosProxy(`${cluster.name}-${randomBytes(3).toString('hex')}`, route, fault);
  const wrong: string[] = [];
  try {
    if (!shared) await scenario.prepare(cluster);
    await proxy.listen();
    const startMs = performance.now();
    const args = [verb, ...scenario.args(cluster), '--timeout', `${timeoutSeconds}s`];
    const run = await rmsx(args, { env: { ...env, ...proxy.env }, whileRunning: endIfStuck });
    wrong.push(...faultsOf(name, run, performance.now() - startMs));
    const tally = counts.get(name) ?? { passed: 0, failed: 0, refused: 0, succeeded: 0 };
    tally[run.code === 0 ? 'succeeded' : 'refused'] += 1;
    counts.set(name, tally);
    if (run.code === 0) {
      const problem = await scenario.check(cluster);
      if (problem) wrong.push(problem);
    } else if (scenario.leavesNothing) {
      const left = await cluster.objects();
      if (left.length > 0 && !/left behind|to remove the rest/.test(run.stderr)) wrong.push(`left: ${left.join(' ')}`);
    }
    tally[wrong.length === 0 ? 'passed' : 'failed'] += 1;
  } finally {
    await proxy.close();
    if (!shared) await cluster.remove();
  }
  return wrong.map((what) => `${route}, ${faultName(fault)}: ${what}`);
}

/** @returns every route that a verb uses when nothing goes wrong, once */
async function routesOf(name: string, scenario: Scenario): Promise<readonly string[]> {
  const cluster = new TestCluster('chaos');
  const proxy = new ChaosProxy(cluster.name);
  try {
    await scenario.prepare(cluster);
    await proxy.listen();
    const run = await rmsx([name.split(' ')[0] ?? '', ...scenario.args(cluster)], { env: { ...env, ...proxy.env } });
    if (run.code !== 0) throw new Error(`${name} fails by itself: ${run.stderr}`);
    return [...new Set(proxy.routes)];
  } finally {
    await proxy.close();
    await cluster.remove();
  }
}

describe('an engine on which one request goes wrong must never bring a false success, a hang, a leak or a secret', () => {
  afterAll(() => {
    for (const [name, { passed, failed, refused, succeeded }] of counts) {
      const sum = `${passed + failed} cases, ${failed} wrong`;
      process.stdout.write(
        `chaos  ${name.padEnd(10)} ${sum}; ${succeeded} succeeded all the same, ${refused} failed and said so\n`,
      );
    }
  });

  test.each(Object.entries(scenarios))(
    '%s',
    async (name, scenario) => {
      const routes = await routesOf(name, scenario);
      const verb = Object.keys(scenarios).indexOf(name);
      const cases = routes
        .flatMap((route) => {
          const faults = /^(GET|HEAD) /.test(route) ? onAnyRoute : [...onAnyRoute, ...onWrites];
          return faults.map((fault): Case => ({ route, fault }));
        })
        .filter((_, i) => isSoak || i % oneOf === verb % oneOf);
      const shared = looks.has(name) ? new TestCluster('chaos') : undefined;
      const wrong: string[] = [];
      try {
        if (shared) await scenario.prepare(shared);
        await inParallel(cases, async (one) => {
          wrong.push(...(await attempt(name, scenario, one, shared)));
        });
      } finally {
        await shared?.remove();
      }
      expect(wrong).toEqual([]);
    },
    1_800_000,
  );
});
