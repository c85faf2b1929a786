import { randomInt } from 'node:crypto';
import type { KeyName, KeyState } from '../../domain/data.ts';
import { markerPrefix } from '../../domain/verification/markers.ts';
import type { NodeSession } from './node-session.ts';

/** Up to so many keys of a database are compared one by one, with few nodes. */
const keysPerDatabase = 10_000;
/** With many nodes fewer are, so that they all have their turn in time. */
const readsPerDatabase = 200_000;

const keysPerStep = 1000;
/** A sample: from so many places, so many keys. */
const samplePlaces = 100;
const keysPerPlace = 10;

/** Which keys of a database are compared. */
export interface Survey {
  readonly database: number;
  readonly isComplete: boolean;
  /** What the master holds under them. */
  readonly states: ReadonlyMap<KeyName, KeyState>;
}

/** What the databases of the cluster hold, as far as it is compared. */
export interface Surveyed {
  /** How many keys the master holds. */
  readonly of: number;
  readonly surveys: readonly Survey[];
}

/**
 * Reads the data of the master: all of it where that is little, samples of it where not.
 * @param databases - of any node: a replica may hold one that its master does not
 */
export async function surveyMaster(
  master: NodeSession,
  databases: readonly ReadonlyMap<number, number>[],
  nodes: number,
): Promise<Surveyed> {
  const own = await master.use(({ data }) => data.databases());
  const largest = Math.min(keysPerDatabase, Math.floor(readsPerDatabase / nodes));
  const surveys: Survey[] = [];
  let of = 0;
  const numbers = [own, ...databases].flatMap((counts) => [...counts.keys()]);
  for (const database of [...new Set(numbers)].sort((a, b) => a - b)) {
    const counts = [own, ...databases].map((other) => other.get(database) ?? 0);
    const isComplete = Math.max(...counts) <= largest;
    const keys = await keysOf(master, database, isComplete);
    const states = await master.use(({ data }) => data.read(database, keys));
    surveys.push({ database, isComplete, states });
    of += isComplete ? states.size : (own.get(database) ?? 0);
  }
  return { of, surveys };
}

/** @returns all keys of a database, or some from random places */
export async function keysOf(session: NodeSession, database: number, isComplete: boolean): Promise<readonly KeyName[]> {
  const found = new Set<KeyName>();
  if (isComplete) {
    for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
      const [step] = await session.use(({ data }) => data.scan(database, [cursor ?? '0'], keysPerStep));
      for (const key of step?.keys ?? []) found.add(key);
      cursor = step && step.cursor !== '0' ? step.cursor : undefined;
    }
  } else {
    const cursors = Array.from({ length: samplePlaces }, () => String(randomInt(2 ** 32)));
    for (const { keys } of await session.use(({ data }) => data.scan(database, cursors, keysPerPlace))) {
      for (const key of keys) found.add(key);
    }
  }
  return [...found].filter((key) => !key.startsWith(markerPrefix));
}
