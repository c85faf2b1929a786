import { type LostWrites, lostBytesOf } from '../domain/lost-writes/lost-writes.ts';
import { countWrites } from '../domain/lost-writes/write-command.ts';
import { formatWrite } from './lost-writes-file.ts';

/** So many writes are listed in a document: all of them are what a file is for. */
const mostListed = 1000;

/** Lost writes in a JSON document. */
export interface LostDocument {
  /** How many there are; null where that cannot be known. */
  readonly writes: number | null;
  /** How many bytes they take in the stream to the replicas; null where that is not known exactly. */
  readonly bytes: number | null;
  /** Why that cannot be known; null where it is. */
  readonly unknown: string | null;
  /** The first of them, oldest first. */
  readonly list: readonly string[];
}

/** @returns lost writes as a document */
export function lostDocument(lost: LostWrites): LostDocument {
  if ('unknown' in lost) return { writes: null, bytes: null, unknown: lost.unknown, list: [] };
  const list = lost.writes.slice(0, mostListed).map((write) => formatWrite(write));
  return { writes: countWrites(lost.writes), bytes: lostBytesOf({ ...lost, beyond: null }), unknown: null, list };
}
