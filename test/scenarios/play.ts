import type { TestCluster } from '../docker/support/cluster.ts';
import { eventually, rmsxJson } from '../docker/support/run.ts';
import { lostOn } from '../docker/support/writers.ts';
import { Faults } from './faults.ts';
import { everyNodeFollowsItsSource, everyReplicaIsStreamedTo } from './invariants.ts';
import { type Judged, judge } from './judge.ts';
import { Load } from './load.ts';
import { Observer, seed } from './look.ts';
import type { Known } from './losses.ts';
import { type Scenario, sourcesOf, valueFor } from './scenario.ts';
import { type Sight, synchronisations } from './sight.ts';
import type { RunFigures } from './table.ts';
import { Verbs } from './verbs.ts';

/** So many writes of the load come before the first step, and after the last one. */
const warmUp = 100;

/** How a scenario went. */
export interface Played {
  readonly cluster: TestCluster;
  readonly judged: readonly Judged[];
  /** What else is not as the scenario says: exit codes, resynchronisations, the downtime. */
  readonly problems: readonly string[];
  readonly figures: RunFigures;
}

/** Who follows whom in a cluster that `up` has made. */
export function shapeOf({
  topology,
  replicas,
  fanout = 2,
}: Pick<Scenario, 'topology' | 'replicas' | 'fanout'>): string[] {
  const names = ['master', ...Array.from({ length: replicas }, (_, i) => `slave-${i + 1}`)];
  const parent = { star: () => 0, chain: (i: number) => i - 1, tree: (i: number) => Math.floor((i - 1) / fanout) };
  const of = topology === 'custom' ? parent.star : parent[topology];
  return names.slice(1).map((name, at) => `${names[of(at + 1)]} > ${name}`);
}

/** Brings up the cluster of a scenario. */
export async function raise(
  cluster: TestCluster,
  scenario: Omit<Scenario, 'name' | 'steps' | 'expected'>,
  image: string,
): Promise<void> {
  const { topology, replicas, fanout, persistence = 'aof', settings = {}, images = {} } = scenario;
  const file = {
    apiVersion: 'rmsx/v1',
    ...(persistence === 'none' ? {} : { persistence }),
    nodes: Object.fromEntries(Object.entries(images).map(([node, own]) => [node, { image: own }])),
  };
  const flags = [
    ...['--topology', topology, '--replicas', `${replicas}`, '--image', image],
    ...(fanout === undefined ? [] : ['--fanout', `${fanout}`]),
    ...(persistence === 'none' ? ['--ephemeral'] : []),
    ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ];
  await rmsxJson(['up', ...cluster.apart, ...flags, '-f', '-'], { input: JSON.stringify(file) });
}

/** Plays a scenario on a cluster of its own, which stays. @throws Error where it cannot be played to its end */
export async function play(scenario: Scenario, image: string, cluster: TestCluster): Promise<Played> {
  await raise(cluster, scenario, image);
  const observer = new Observer(cluster);
  await observer.ask('master', seed);
  const shape = shapeOf(scenario);
  const before = await whole(observer, shape);
  const beganMs = Date.now();
  const load = new Load(await observer.places(), scenario.writers);
  const verbs = new Verbs(cluster);
  let known: Known;
  let downtimeMs: number | null;
  try {
    if (scenario.writers > 0) await eventually('all writers write', async () => load.count > warmUp);
    downtimeMs = await steps(scenario, new Faults(cluster, observer, shape), verbs, load);
  } finally {
    known = await load.stop();
  }
  const { expected } = scenario;
  const [root = ''] = [...sourcesOf(expected.shape)].flatMap(([name, source]) => (source === null ? [name] : []));
  const written = { ...known, longestGapMs: 0 };
  const missing = await observer.ask(root, (client) => lostOn(client, written));
  const evidence = { cluster, observer, verbs, before, beganMs, known, missing };
  const { judged, settled } = await judge(expected, evidence);
  const full = synchronisations('sync_full', before, settled);
  const partial = synchronisations('sync_partial_ok', before, settled);
  const problems = [...verbs.problems, ...differences(scenario, image, { full, partial, downtimeMs })];
  const { lostBytes, list } = verbs.reported;
  const figures = {
    ...{ scenario: scenario.name, image, downtimeMs, full, partial },
    ...{ lost: missing.length, reported: list?.length ?? null, lostBytes },
  };
  return { cluster, judged, problems, figures };
}

/** Waits until a cluster is what it should be before anything happens to it. */
export function whole(observer: Observer, shape: readonly string[]): Promise<Sight> {
  return eventually('every replica is streamed to', async () => {
    const now = await observer.look();
    const scene = { shape, before: now, now };
    const problems = [...everyNodeFollowsItsSource(scene), ...everyReplicaIsStreamedTo(scene)];
    if (problems.length > 0) throw new Error(problems.join('; '));
    return now;
  });
}

/** Takes all steps, and waits until the load goes on. @returns the longest time without a write; null without a load */
async function steps({ steps, writers }: Scenario, faults: Faults, verbs: Verbs, load: Load): Promise<number | null> {
  const fromMs = performance.now();
  for (const step of steps) await ('rmsx' in step ? verbs.type(step) : faults.do(step));
  if (writers === 0) return null;
  const { count } = load;
  await eventually('all writers go on', async () => load.count > count + warmUp, 20_000).catch((cause: unknown) => {
    throw new Error(['the writers do not go on', ...verbs.problems].join('; '), { cause });
  });
  return Math.round(load.downtime(fromMs, performance.now()).ms);
}

/** @returns in what a run differs from what the scenario expects of its figures */
function differences(
  { expected }: Scenario,
  image: string,
  { full, partial, downtimeMs }: Pick<RunFigures, 'full' | 'partial' | 'downtimeMs'>,
): readonly string[] {
  const wantedFull = valueFor(expected.full, image);
  const wantedPartial = valueFor(expected.partial ?? 0, image);
  const isFew = wantedPartial === 'none' ? partial > 0 : partial < wantedPartial;
  const isLate = downtimeMs !== null && downtimeMs > (expected.downtimeMs ?? Number.POSITIVE_INFINITY);
  return [
    ...(wantedFull !== null && full !== wantedFull ? [`${full} copied all data anew, and not ${wantedFull}`] : []),
    ...(isFew ? [`${partial} came back by what they missed, and not ${wantedPartial}`] : []),
    ...(isLate ? [`no write was acknowledged for ${downtimeMs} ms, and not ${expected.downtimeMs} at most`] : []),
  ];
}
