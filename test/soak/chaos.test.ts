import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { isSoak } from '../docker/support/breadth.ts';
import { ChaosProxy, type Fault, faultName } from '../docker/support/chaos-proxy.ts';
import { TestCluster } from '../docker/support/cluster.ts';
import { inParallel } from '../docker/support/in-parallel.ts';
import { type Finished, rmsx } from '../docker/support/run.ts';
import { env, type Scenario, scenarios, secret } from './scenarios.ts';

const timeoutSeconds = 6;
/** What a command may need beyond its time to take back what it made: a call that is not answered takes 5 s, and a busy engine needs its time. */
const graceSeconds = 20;

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

/** All cases take hours: `bin/test soak`. Without it, a few of each verb. */
const oneOf = 53;

const counts = new Map<string, { cases: number; wrong: number; succeeded: number; refused: number }>();

/** What hangs must be told, and not hang the test. */
async function endIfStuck(kill: (signal: NodeJS.Signals) => void): Promise<void> {
  setTimeout(() => kill('SIGKILL'), (timeoutSeconds + graceSeconds + 5) * 1000).unref();
}

/** @returns what is wrong, as sentences */
function faultsOf(verb: string, { code, stdout, stderr }: Finished, tookMs: number): readonly string[] {
  const limitMs = (timeoutSeconds + graceSeconds) * 1000;
  return [
    ...(code === null || code === 70 ? [`exit ${code}: ${stderr.slice(0, 300)}`] : []),
    ...(code !== 0 && `${stderr}${stdout}`.trim() === '' ? ['it fails without a word'] : []),
    ...(`${stdout}${stderr}`.includes(secret) && !['env', 'url'].includes(verb) ? ['the password is printed'] : []),
    ...(tookMs > limitMs ? [`it took ${Math.round(tookMs)} ms`] : []),
  ];
}

/** @returns what is wrong with that which a failure left behind */
async function leftBy(
  { args, check, after }: Scenario,
  verb: string,
  cluster: TestCluster,
  stderr: string,
): Promise<readonly string[]> {
  if (after === 'looks') return [];
  if (after === 'finishes') {
    const again = await rmsx([verb, ...args(cluster)], { env });
    const problem = await check(cluster);
    return problem === undefined
      ? []
      : [`the next ${verb} (exit ${again.code}): ${problem}; ${again.stderr.slice(-300)}`];
  }
  const left = await cluster.objects();
  if (left.length === 0) return [];
  const isTold = /left behind|to remove the rest/.test(stderr);
  await rmsx(['gc', '--older-than', '0s', '-n', cluster.name]);
  const rest = await cluster.objects();
  return [
    ...(isTold ? [] : [`not told: ${left.join(' ')}`]),
    ...(rest.length > 0 ? [`gc does not take ${rest.join(' ')}`] : []),
  ];
}

async function attempt(name: string, scenario: Scenario, { route, fault }: Case, shared?: TestCluster) {
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
    wrong.push(...faultsOf(verb, run, performance.now() - startMs));
    if (run.code === 0) {
      const problem = await scenario.check(cluster);
      if (problem) wrong.push(`success, but ${problem}`);
    } else wrong.push(...(await leftBy(scenario, verb, cluster, run.stderr)));
    count(name, run.code === 0, wrong.length > 0);
  } finally {
    await proxy.close();
    if (!shared) await cluster.remove();
  }
  return wrong.map((what) => `${route}, ${faultName(fault)}: ${what}`);
}

function count(name: string, isSuccess: boolean, isWrong: boolean): void {
  const sum = counts.get(name) ?? { cases: 0, wrong: 0, succeeded: 0, refused: 0 };
  sum.cases += 1;
  if (isWrong) sum.wrong += 1;
  sum[isSuccess ? 'succeeded' : 'refused'] += 1;
  counts.set(name, sum);
}

/** @returns every route that a verb uses when nothing goes wrong, once */
async function routesOf(name: string, scenario: Scenario): Promise<readonly string[]> {
  const cluster = new TestCluster('chaos');
  const proxy = new ChaosProxy(cluster.name);
  try {
    await scenario.prepare(cluster);
    await proxy.listen();
    const run = await rmsx([name.split(' ')[0] ?? '', ...scenario.args(cluster)], { env: { ...env, ...proxy.env } });
    if (run.code !== 0 && name !== 'doctor') throw new Error(`${name} fails by itself: ${run.stderr}`);
    return [...new Set(proxy.routes)];
  } finally {
    await proxy.close();
    await cluster.remove();
  }
}

describe('an engine on which one request goes wrong must never bring a false success, a hang, a leak or a secret', () => {
  afterAll(() => {
    const lines = [...counts].map(([name, { cases, wrong, succeeded, refused }]) => {
      const columns = [cases, wrong, succeeded, refused].map((number) => String(number).padStart(9));
      return `${name.padEnd(12)}${columns.join('')}`;
    });
    const heads = ['cases', 'wrong', 'succeeded', 'told'].map((head) => head.padStart(9));
    process.stdout.write(`\nchaos       ${heads.join('')}\n${lines.join('\n')}\n`);
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
      const shared = scenario.after === 'looks' ? new TestCluster('chaos') : undefined;
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
