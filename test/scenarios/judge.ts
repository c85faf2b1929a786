import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../docker/support/cluster.ts';
import { docker } from '../docker/support/run.ts';
import {
  allHoldTheSameData,
  allShareOneHistory,
  everyNodeFollowsItsSource,
  everyReplicaIsStreamedTo,
  exactlyOneMaster,
  nothingIsLeftBehind,
  onlyTheMasterTakesWrites,
  type Problems,
  type Scene,
  theDiskSaysTheSame,
  theMarkerIsAcknowledged,
  theNewMasterKnowsItsHistory,
} from './invariants.ts';
import type { Observer } from './look.ts';
import { type Known, nothingAcknowledgedIsLost, whatIsLostIsReported } from './losses.ts';
import { type Expected, type InvariantName, invariantNames } from './scenario.ts';
import { fingerprint, type Sight } from './sight.ts';
import type { Verbs } from './verbs.ts';

/** What became of an invariant. */
export interface Judged {
  readonly name: InvariantName;
  readonly says: string;
  readonly problems: Problems;
  /** Why it was not looked at; null where it was. */
  readonly without: string | null;
}

const sentences: Readonly<Record<InvariantName, string>> = {
  I1: 'exactly one node runs as the master',
  I2: 'only the master takes a write',
  I3: 'every node follows its source, up to one root',
  I4: 'every replica is streamed to',
  I5: 'all share one history, without a lag',
  I6: 'a marker is acknowledged by every replica of the master',
  I7: 'all hold the same data, and no replica failed to carry something out',
  I8: 'what is on the disk is what runs',
  I9: 'all roles are the same after a restart of everything at once',
  I10: 'no acknowledged write is lost',
  I11: 'what is lost is what rmsx lists, to the byte',
  I12: 'the new master continues the history of before',
  I13: 'the same command again changes nothing',
  I14: 'rmsx that is killed at any step leaves what the next command finishes',
  I15: 'no setting is left as a change turned it',
};

const pauseMs = 200;

/** What there is to judge by. */
export interface Evidence {
  readonly cluster: TestCluster;
  readonly observer: Observer;
  readonly verbs: Verbs;
  readonly before: Sight;
  /** Of the first step. */
  readonly beganMs: number;
  readonly known: Known;
  /** Acknowledged keys that the master does not hold. */
  readonly missing: readonly string[];
}

/** Every invariant, and what was seen when all of them held, or when the time was up. */
export interface Judgement {
  readonly judged: readonly Judged[];
  readonly settled: Sight;
}

/** Looks until everything holds, or until the time is up. */
export async function judge(expected: Expected, evidence: Evidence): Promise<Judgement> {
  const endMs = performance.now() + (expected.withinMs ?? 20_000);
  const skipped = reasonsOf(expected, evidence);
  let found = await judgeOnce(expected, evidence);
  while (isWrong(found, skipped) && performance.now() < endMs) {
    await sleep(pauseMs);
    found = await judgeOnce(expected, evidence);
  }
  const settled = await evidence.observer.look();
  if (!isWrong(found, skipped)) {
    found.set('I13', await againChangesNothing(evidence));
    if (!skipped.has('I9')) found.set('I9', await allAtOnce(expected, evidence, endMs + 30_000));
  }
  const judged = invariantNames.map((name) => ({
    name,
    says: sentences[name],
    problems: skipped.has(name) ? [] : (found.get(name) ?? ['not looked at, as others are broken']),
    without: skipped.get(name) ?? null,
  }));
  return { judged, settled };
}

type Found = Map<InvariantName, Problems>;

const isWrong = (found: Found, skipped: ReadonlyMap<InvariantName, string>): boolean =>
  [...found].some(([name, problems]) => !skipped.has(name) && problems.length > 0);

/** What is not looked at, and why. */
function reasonsOf({ without = {}, lost, restartsAll }: Expected, { verbs }: Evidence): Map<InvariantName, string> {
  const reasons = new Map(Object.entries(without)) as Map<InvariantName, string>;
  const also: readonly (readonly [InvariantName, boolean, string])[] = [
    ['I9', !restartsAll, 'it takes its time, and others do'],
    ['I10', lost !== 'none', 'writes may be lost'],
    ['I11', lost !== 'as reported', lost === 'none' ? 'nothing may be lost' : 'rmsx was not asked'],
    ['I12', verbs.handOvers === 0, 'nobody took over'],
    ['I13', verbs.last === undefined, 'rmsx changed nothing'],
    ['I14', true, 'test/soak/switchover-killed.test.ts and repair-killed.test.ts have it'],
  ];
  for (const [name, isSo, why] of also) if (isSo && !reasons.has(name)) reasons.set(name, why);
  return reasons;
}

async function judgeOnce({ shape }: Expected, evidence: Evidence): Promise<Found> {
  const { observer, before, verbs, known, missing, beganMs } = evidence;
  const scene: Scene = { shape, before, now: await observer.look() };
  const found: Found = new Map([
    ['I1', exactlyOneMaster(scene)],
    ['I3', everyNodeFollowsItsSource(scene)],
    ['I4', everyReplicaIsStreamedTo(scene)],
    ['I5', allShareOneHistory(scene)],
    ['I8', theDiskSaysTheSame(scene)],
    ['I12', theNewMasterKnowsItsHistory(scene, verbs.handOvers)],
    ['I15', nothingIsLeftBehind(scene)],
    ['I10', nothingAcknowledgedIsLost(missing)],
    ['I11', whatIsLostIsReported(known, missing, verbs.reported)],
  ]);
  const close = await observer.lookCloser(beganMs);
  found.set('I2', onlyTheMasterTakesWrites(scene, close));
  found.set('I6', theMarkerIsAcknowledged(scene, close));
  found.set('I7', allHoldTheSameData(scene, close));
  return found;
}

/** I13 */
async function againChangesNothing({ observer, verbs }: Evidence): Promise<Problems> {
  const before = fingerprint(await observer.look());
  const problems = await verbs.typeAgain();
  const after = fingerprint(await observer.look());
  return [...problems, ...after.filter((line, at) => line !== before[at]).map((line) => `it is now: ${line}`)];
}

/** I9: where all of them come back at the same time, the roles are those of before. */
async function allAtOnce(expected: Expected, evidence: Evidence, endMs: number): Promise<Problems> {
  const { observer, cluster, before } = evidence;
  const names = (await observer.look()).filter(({ state }) => state === 'running').map(({ name }) => name);
  await docker('restart', '-t', '20', ...names.map((name) => cluster.container(name)));
  for (;;) {
    const scene: Scene = { shape: expected.shape, before, now: await observer.look() };
    const problems = [
      exactlyOneMaster,
      everyNodeFollowsItsSource,
      everyReplicaIsStreamedTo,
      theDiskSaysTheSame,
    ].flatMap((invariant) => invariant(scene));
    if (problems.length === 0 || performance.now() > endMs) return problems;
    await sleep(pauseMs);
  }
}
