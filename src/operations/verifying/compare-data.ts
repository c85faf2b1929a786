import { type DataType, dataTypes, type KeyName, type KeyState } from '../../domain/data.ts';
import { differenceOf, isUnchanged } from '../../domain/verification/compare.ts';
import { type DataCompared, hasReached, type KeyDifference } from '../../domain/verification/evidence.ts';
import { catchUp, type Patience, reachedOf } from './catch-up.ts';
import type { NodeSession } from './node-session.ts';
import { keysOf, type Survey } from './survey.ts';

/** More keys that differ are no accident: so many are looked at again, the others count as they are. */
const lookedAtAgain = 500;
/** A key that neither side changed in so many looks, and that differs in all of them, does differ. */
const looks = 3;

const gone: KeyState = { type: null, digest: null, size: 0, expiresAtMs: null };

/** Compares the data of a node with that of its master. */
export async function compareData(
  node: NodeSession,
  master: NodeSession,
  surveys: readonly Survey[],
  patience: Patience,
): Promise<DataCompared> {
  const total = { compared: 0, differences: [] as KeyDifference[], inMotion: 0, typesOnly: 0, isSettled: true };
  for (const survey of surveys) {
    const states = await statesOf(node, master, survey);
    const differing = [...states].filter(([, [own, other]]) => differenceOf(own, other, '') !== undefined);
    const suspects = differing.map(([key]) => key);
    const again = await lookAgain(node, master, survey.database, suspects.slice(0, lookedAtAgain), patience);
    const rest = again.differing.size > 0 ? differing.slice(lookedAtAgain) : [];
    for (const [key, [own, other]] of [...again.differing, ...rest]) {
      const how = differenceOf(own, other, master.node) ?? '';
      total.differences.push({ database: survey.database, key, how });
    }
    total.compared += states.size;
    total.inMotion += again.inMotion;
    total.typesOnly += [...states.values()].filter(([own]) => isOfModule(own)).length;
    total.isSettled &&= again.isSettled;
  }
  return total;
}

const isOfModule = ({ type }: KeyState): boolean => type !== null && !dataTypes.includes(type as DataType);

/** What a node holds, and what its master does. */
type Pair = readonly [own: KeyState, other: KeyState];

/** The keys that were chosen on the master, and those that only the node has. */
async function statesOf(
  node: NodeSession,
  master: NodeSession,
  { database, isComplete, states }: Survey,
): Promise<ReadonlyMap<KeyName, Pair>> {
  const own = await node.use(({ data }) => data.read(database, [...states.keys()]));
  const pairs = new Map<KeyName, Pair>([...states].map(([key, other]) => [key, [own.get(key) ?? gone, other]]));
  const foreign = (await keysOf(node, database, isComplete)).filter((key) => !states.has(key));
  for (const [key, pair] of await readBoth(node, master, database, foreign)) pairs.set(key, pair);
  return pairs;
}

async function readBoth(
  node: NodeSession,
  master: NodeSession,
  database: number,
  keys: readonly KeyName[],
): Promise<ReadonlyMap<KeyName, Pair>> {
  if (keys.length === 0) return new Map();
  return readPairs(node, database, keys, await master.use(({ data }) => data.read(database, keys)));
}

interface Again {
  /** What differed in every look, and was changed by nobody. */
  readonly differing: ReadonlyMap<KeyName, Pair>;
  readonly inMotion: number;
  /** Whether the node had everything that its master had written before each look. */
  readonly isSettled: boolean;
}

/** What is being written differs for a moment. The master is read, the node catches up with that, then the node is read. */
async function lookAgain(
  node: NodeSession,
  master: NodeSession,
  database: number,
  keys: readonly KeyName[],
  patience: Patience,
): Promise<Again> {
  let suspects = keys;
  let before = new Map<KeyName, Pair>();
  const changed = new Set<KeyName>();
  for (let look = 0; look < looks && suspects.length > 0; look++) {
    const others = await master.use(({ data }) => data.read(database, suspects));
    const target = reachedOf(await master.use((connection) => connection.info()));
    const isThere = hasReached(await catchUp(node, target, patience), target);
    const pairs = await readPairs(node, database, suspects, others);
    if (!isThere)
      return { differing: new Map([...pairs].filter(([, pair]) => differs(pair))), inMotion: 0, isSettled: false };
    for (const [key, pair] of pairs) if (isAnother(before.get(key), pair)) changed.add(key);
    suspects = suspects.filter((key) => differs(pairs.get(key)));
    before = new Map(suspects.map((key) => [key, pairs.get(key) ?? [gone, gone]]));
  }
  const last = suspects.length > 0 ? await master.use(({ data }) => data.read(database, suspects)) : new Map();
  const isMoving = (key: KeyName, [own, other]: Pair): boolean =>
    changed.has(key) || isAnother([own, other], [own, last.get(key) ?? gone]);
  const differing = [...before].filter(([key, pair]) => !isMoving(key, pair));
  return { differing: new Map(differing), inMotion: before.size - differing.length, isSettled: true };
}

async function readPairs(
  node: NodeSession,
  database: number,
  keys: readonly KeyName[],
  others: ReadonlyMap<KeyName, KeyState>,
): Promise<ReadonlyMap<KeyName, Pair>> {
  const own = await node.use(({ data }) => data.read(database, keys));
  return new Map(keys.map((key) => [key, [own.get(key) ?? gone, others.get(key) ?? gone]]));
}

const differs = (pair: Pair | undefined): boolean =>
  pair !== undefined && differenceOf(pair[0], pair[1], '') !== undefined;

const isAnother = (before: Pair | undefined, after: Pair): boolean =>
  before !== undefined && !(isUnchanged(before[0], after[0]) && isUnchanged(before[1], after[1]));
