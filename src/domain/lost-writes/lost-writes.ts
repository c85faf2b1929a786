import type { ServerVersion } from '../server-version.ts';
import { align, type FileTail } from './align.ts';
import { hasOtherForm } from './aof-forms.ts';
import { commandsUpTo } from './command-reader.ts';
import { bytesOfAll, type WriteCommand, wholeTransactions, writesIn } from './write-command.ts';

/** Writes of a former master that the new one does not have. */
export interface HeldWrites {
  /** What the node still holds of them, oldest first, transactions with their MULTI and EXEC. */
  readonly writes: readonly WriteCommand[];
  /** How many bytes they take in the stream to the replicas; null where its file has them in another form. */
  readonly bytes: number | null;
  /** Why the former master may have acknowledged more than it still holds; null where it surely has not. */
  readonly beyond: string | null;
}

/** Which writes are lost, or why nobody can say. */
export type LostWrites = HeldWrites | { readonly unknown: string };

/** @returns how many bytes were lost; null where that is not known exactly */
export const lostBytesOf = (lost: LostWrites): number | null =>
  'unknown' in lost || lost.beyond !== null ? null : lost.bytes;

/**
 * The last writes in the part of the stream that the new master still has of the time of the former one.
 * @param part - begins anywhere, and ends with the last byte that it received
 * @returns null where it is no such stream
 */
export function receivedIn(part: Buffer): readonly WriteCommand[] | null {
  const commands = commandsUpTo(part);
  return commands && writesIn(wholeTransactions(commands));
}

/** What is known of the file of a former master. */
export interface FileEvidence {
  readonly file: FileTail;
  /** Whether the new master surely left the history of the former one, and not that of a master between them. */
  readonly isDirect: boolean;
  /** The version of the former master. */
  readonly server: ServerVersion;
  /** Why its last writes may not have reached its file; null where all surely have. */
  readonly beyond: string | null;
}

/** @returns what stands in the append-only file of a former master behind what the new master received */
export function lostInFile(received: readonly WriteCommand[], { beyond, ...evidence }: FileEvidence): LostWrites {
  const { file, server } = evidence;
  const aligned = align({ received, ...evidence, mayEndEarly: beyond !== null });
  if ('unknown' in aligned) return aligned;
  const writes = file.writes.slice(aligned.received);
  const isExact = !writes.some((write) => hasOtherForm(write, server));
  return { writes, bytes: isExact ? bytesOfAll(writes) : null, beyond };
}

/** @returns the lost writes, where the former master still has the stream itself */
export const lostInStream = (writes: readonly WriteCommand[]): LostWrites => ({
  writes,
  bytes: bytesOfAll(writes),
  beyond: null,
});

/**
 * Writes whose database the stream does not say, with those that their server's own file has for them.
 * @param file - the writes at its end
 * @returns the same writes where the file does not end with them: it may lack the last ones, or have another form of some
 */
export function withDatabasesOf(
  writes: readonly WriteCommand[],
  file: readonly WriteCommand[],
): readonly WriteCommand[] {
  const tail = file.slice(-writes.length);
  return writes.every((write, i) => isSame(write, tail[i])) ? tail : writes;
}

/** Whether what seems lost begins as the new master went on: then its holder may have followed it. */
export function goesOnAlike(lost: LostWrites, since: readonly WriteCommand[]): boolean {
  const [own] = 'unknown' in lost ? [] : lost.writes;
  return own !== undefined && isSame(own, since[0]);
}

/** Whether the new master has all that seems lost, in that order: then its holder followed it, and has nothing of its own. */
export const isPartOf = ({ writes }: HeldWrites, since: readonly WriteCommand[]): boolean =>
  writes.every((own, i) => isSame(own, since[i]));

const isSame = ({ args }: WriteCommand, other: WriteCommand | undefined): boolean =>
  args.length === other?.args.length && args.every((arg, i) => other.args[i]?.equals(arg));
