import { createHash } from 'node:crypto';
import type { ServerVersion } from '../server-version.ts';
import { asCompared, asInFile } from './aof-forms.ts';
import { type Overlap, overlapsOf } from './overlaps.ts';
import type { WriteCommand } from './write-command.ts';

/** How much of the end of an append-only file is kept: what is lost is at most that. */
export const keptFileBytes: number = 32 * 2 ** 20;

/** The end of an append-only file. */
export interface FileTail {
  /** Oldest first. */
  readonly writes: readonly WriteCommand[];
  /** Whether these are all writes since there was no data at all: nothing is in a snapshot, nothing was left out. */
  readonly isWhole: boolean;
}

/** What is laid along each other. */
export interface Alignment {
  /** The last writes that the new master got from the former one, oldest first. */
  readonly received: readonly WriteCommand[];
  readonly file: FileTail;
  /** Whether the new master surely left the history of the former one, and not that of a master between them. */
  readonly isDirect: boolean;
  /** The version of the former master. */
  readonly server: ServerVersion;
  /** Whether the file may lack the last writes of the former master. */
  readonly mayEndEarly: boolean;
}

/** How many writes of a file the new master has; or why that cannot be said. */
export type Aligned = { readonly received: number } | { readonly unknown: string };

/**
 * A file that begins in the middle may have lost the place that is looked for, and have the same writes again later on; one
 * of a master that was replaced earlier may never have had it. So many that were never written a second time leave no doubt.
 */
const singularWrites = 8;
/** More databases than anybody writes into by turns. */
const mostDatabases = 64;
const longestPlainKey = 256;

/**
 * Finds where in the append-only file of a former master the new master stopped receiving. Writes that stand there again
 * and again fit in several places: then nothing is said.
 */
export function align({ received, file, isDirect, server, mayEndEarly }: Alignment): Aligned {
  if (file.writes.length === 0 && file.isWhole) return { received: 0 };
  if (file.writes.length === 0) return { unknown: 'its append-only file was rewritten, and has no write since' };
  if (received.length === 0) return { unknown: 'the new master holds no write of that time any more' };
  const own = file.writes.map((write) => asCompared(write, server));
  const databases = [...new Set(own.map(({ database }) => database))].slice(0, mostDatabases);
  const numbers = new Numbers();
  const first = own.map((write) => numbers.of(write));
  const places = new Map<number, Place>();
  const isNamed = received[0]?.database !== null;
  for (const database of isNamed ? databases.slice(0, 1) : databases) {
    const known = received.flatMap((write) => asInFile({ ...write, database: write.database ?? database }, server));
    const second = known.map((write) => numbers.of(write));
    for (const place of placesIn(first, second, mayEndEarly)) {
      const before = places.get(place.end);
      if (!before || before.singular < place.singular) places.set(place.end, place);
    }
  }
  return judge([...places.values()], file.isWhole && isDirect);
}

/** One place where the new master may have stopped receiving. */
interface Place {
  /** How many writes of the file lie before it. */
  readonly end: number;
  /** How many of the writes that speak for it stand in both only once. */
  readonly singular: number;
}

function judge(places: readonly Place[], isSurelyThere: boolean): Aligned {
  if (places.length === 0) {
    const kept = `the last ${keptFileBytes / 2 ** 20} MB of its append-only file`;
    return { unknown: `${kept} have nothing of what the new master received last` };
  }
  const wanted = isSurelyThere ? 1 : singularWrites;
  const clear = places.filter(({ singular }) => singular >= wanted);
  const [only] = places.length === 1 && isSurelyThere ? places : clear;
  if (only && clear.length <= 1) return { received: only.end };
  return {
    unknown: 'where the new master stopped receiving is not clear from the few, or the same, writes that there are',
  };
}

function placesIn(first: readonly number[], second: readonly number[], mayEndEarly: boolean): readonly Place[] {
  const inFirst = countsOf(first);
  const inSecond = countsOf(second);
  const sums = [0];
  for (const number of second) {
    const isSingular = inFirst.get(number) === 1 && inSecond.get(number) === 1;
    sums.push((sums.at(-1) ?? 0) + (isSingular ? 1 : 0));
  }
  const singularIn = ({ secondEnd, length }: Overlap): number =>
    (sums[secondEnd] ?? 0) - (sums[secondEnd - length] ?? 0);
  return overlapsOf(first, second, mayEndEarly).map((overlap) => ({
    end: overlap.firstEnd,
    singular: singularIn(overlap),
  }));
}

function countsOf(sequence: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const number of sequence) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}

/** The same number for the same write. */
class Numbers {
  readonly #numbers = new Map<string, number>();

  of({ database, args }: WriteCommand): number {
    const key = `${database} ${args.map(keyOf).join(' ')}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** With its length, so that no two lists of arguments look the same. */
function keyOf(arg: Buffer): string {
  if (arg.length <= longestPlainKey) return `${arg.length}:${arg.toString('latin1')}`;
  return `${arg.length}#${createHash('sha1').update(arg).digest('base64')}`;
}
