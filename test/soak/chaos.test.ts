import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { isSoak } from '../docker/support/breadth.ts';
import { ChaosProxy, type Fault, faultName } from '../docker/support/chaos-proxy.ts';
import { TestCluster } from '../docker/support/cluster.ts';
import { inParallel } from '../docker/support/in-parallel.ts';
import { type Finished, rmsx } from '../docker/support/run.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { env, secret } from './situations.ts';

const timeoutSeconds = 6;
/**
 * What a command may need beyond its time to take back what it made: a call that is not answered takes 5 s, and a busy
 * engine needs its time. SOAK_GRACE gives it more, where others work on the machine.
 */
const graceSeconds = Number(process.env.SOAK_GRACE ?? 20);

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

/** What is tried at the second request of a route, when the first has already changed something. */
const onSecond: readonly Fault[] = ['engine: drop the reply', 'hang', 'html', { status: 500, message: 'it failed' }];

interface Case {
  readonly route: string;
  /** Which request of that route goes wrong, from 1. */
  readonly nth: number;
  readonly fault: Fault;
}

/**
 * All cases take hours: `bin/test soak`. SOAK_PART=2/8 takes the second of eight parts of them; without a soak, it is a
 * few of each verb.
 */
const [part = 1, ofParts = 53] = (process.env.SOAK_PART ?? (isSoak ? '1/1' : '1/53')).split('/').map(Number);

const counts = new Map<string, { cases: number; wrong: number; succeeded: number; refused: number }>();

/** What hangs must be told, and not hang the test. */
async function endIfStuck(kill: (signal: NodeJS.Signals) => void): Promise<void> {
  setTimeout(() => kill('SIGKILL'), (timeoutSeconds + graceSeconds + 5) * 1000).unref();
}

/** @returns what is wrong, as sentences */
function faultsOf(verb: string, { code, stdout, stderr }: Finished, tookMs: number): readonly string[] {
  const unasked = ['env', 'url'].includes(verb) ? stderr : `${stdout}${stderr}`;
  const limitMs = (timeoutSeconds + graceSeconds) * 1000;
  return [
    ...(code === null || code === 70 ? [`exit ${code}: ${stderr.slice(0, 300)}`] : []),
    ...(code !== 0 && `${stderr}${stdout}`.trim() === '' ? ['it fails without a word'] : []),
    ...(unasked.includes(secret) ? ['the password is printed'] : []),
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
    const problem = await check(cluster, again);
    return problem === undefined
      ? []
      : [`the next ${verb} (exit ${again.code}): ${problem}; ${again.stderr.slice(-300)}`];
  }
  const left = await cluster.objects();
  if (left.length === 0) return [];
  const isTold = /left behind|to remove the rest|Remove what is left/.test(stderr);
  await rmsx(['gc', '--older-than', '0s', '-n', cluster.name]);
  const rest = await cluster.objects();
  // A volume of data without a container may be what somebody keeps: only who is told of it can take it.
  const isData = stderr.includes('rmsx down --volumes') && rest.every((name) => name.endsWith('-data'));
  return [
    ...(isTold ? [] : [`not told: ${left.join(' ')}`]),
    ...(rest.length > 0 && !isData ? [`gc does not take ${rest.join(' ')}`] : []),
  ];
}

/** A cluster that is used until something is wrong with it. */
class Stage {
  readonly #scenario: Scenario;
  #cluster: TestCluster | undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** @returns a cluster with what has to be there before the verb */
  async prepared(): Promise<TestCluster> {
    if (this.#cluster) return this.#cluster;
    const cluster = new TestCluster('chaos');
    this.#cluster = cluster;
    await this.#scenario.prepare(cluster);
    return cluster;
  }

  /** After the verb. */
  async reset(): Promise<void> {
    if (this.#cluster && this.#scenario.reset) await this.#scenario.reset(this.#cluster);
    else await this.clear();
  }

  async clear(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    await cluster?.remove();
  }
}

async function attempt(
  name: string,
  scenario: Scenario,
  { route, nth, fault }: Case,
  cluster: TestCluster,
): Promise<readonly string[]> {
  const verb = name.split(' ')[0] ?? '';
  const proxy = new ChaosProxy(`${cluster.name}-${randomBytes(3).toString('hex')}`, route, fault, nth);
  const wrong: string[] = [];
  try {
    await proxy.listen();
    const startMs = performance.now();
    const args = [verb, '--timeout', `${timeoutSeconds}s`, ...scenario.args(cluster)];
    const run = await rmsx(args, { env: { ...env, ...proxy.env }, whileRunning: endIfStuck });
    wrong.push(...faultsOf(verb, run, performance.now() - startMs));
    if (run.code === 0) {
      const problem = await scenario.check(cluster, run);
      if (problem) wrong.push(`success, but ${problem}; it said ${run.stdout.slice(-300)}${run.stderr.slice(-300)}`);
    } else wrong.push(...(await leftBy(scenario, verb, cluster, run.stderr)));
    count(name, run.code === 0, wrong.length > 0);
  } finally {
    await proxy.close();
  }
  return wrong;
}

/** @returns what is wrong in one case, with the case in front */
async function goThrough(name: string, scenario: Scenario, one: Case, stage: Stage): Promise<readonly string[]> {
  const wrong: string[] = [];
  try {
    wrong.push(...(await attempt(name, scenario, one, await stage.prepared())));
    if (wrong.length === 0) await stage.reset();
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  if (wrong.length > 0) await stage.clear();
  return wrong.map((what) => `${one.route} ${one.nth}, ${faultName(one.fault)}: ${what}`);
}

function count(name: string, isSuccess: boolean, isWrong: boolean): void {
  const sum = counts.get(name) ?? { cases: 0, wrong: 0, succeeded: 0, refused: 0 };
  sum.cases += 1;
  if (isWrong) sum.wrong += 1;
  sum[isSuccess ? 'succeeded' : 'refused'] += 1;
  counts.set(name, sum);
}

/** @returns every route that a verb uses when nothing goes wrong, as often as it does */
async function routesOf(name: string, scenario: Scenario): Promise<readonly string[]> {
  const cluster = new TestCluster('chaos');
  const proxy = new ChaosProxy(cluster.name);
  try {
    await scenario.prepare(cluster);
    await proxy.listen();
    const run = await rmsx([name.split(' ')[0] ?? '', ...scenario.args(cluster)], { env: { ...env, ...proxy.env } });
    if (run.code !== 0 && name !== 'doctor') throw new Error(`${name} fails by itself: ${run.stderr}`);
    return proxy.routes;
  } finally {
    await proxy.close();
    await cluster.remove();
  }
}

function casesOf(routes: readonly string[]): readonly Case[] {
  return [...new Set(routes)].flatMap((route) => {
    const isAskedAgain = routes.indexOf(route) < routes.lastIndexOf(route);
    const faults = /^(GET|HEAD) /.test(route) ? onAnyRoute : [...onAnyRoute, ...onWrites];
    return [
      ...faults.map((fault): Case => ({ route, nth: 1, fault })),
      ...(isAskedAgain ? onSecond.map((fault): Case => ({ route, nth: 2, fault })) : []),
    ];
  });
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
      const cases = casesOf(routes).filter((_, i) => i % ofParts === (part - 1 + verb) % ofParts);
      const stages = new Map<number, Stage>();
      const wrong: string[] = [];
      try {
        await inParallel(cases, async (one, worker) => {
          const stage = stages.get(worker) ?? new Stage(scenario);
          stages.set(worker, stage);
          wrong.push(...(await goThrough(name, scenario, one, stage)));
        });
      } finally {
        for (const stage of stages.values()) await stage.clear();
      }
      expect(wrong).toEqual([]);
    },
    1_800_000,
  );
});
