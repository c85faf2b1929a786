import type { Departure } from '../../domain/diagnosis/log.ts';
import { CommandReader } from '../../domain/lost-writes/command-reader.ts';
import { receivedIn } from '../../domain/lost-writes/lost-writes.ts';
import { type WriteCommand, writesIn } from '../../domain/lost-writes/write-command.ts';
import type { RedisConnection } from '../../domain/redis-port.ts';
import type { ServerInfo } from '../../domain/server-info.ts';

/** How much of the stream is read first, and where that leaves a doubt. */
export const stretches: readonly number[] = [2 ** 20, 8 * 2 ** 20];

/** How much of what came afterwards is read first, and where all of it is the same. */
export const sinceStretches: readonly number[] = [2 ** 18, 8 * 2 ** 20];

/**
 * The offset of the first byte that a server surely still has when it is asked for it in a moment: what is written meanwhile
 * pushes the oldest bytes out.
 */
export function firstHeld({ backlog }: ServerInfo): number {
  const isFull = backlog.heldBytes >= backlog.sizeBytes;
  return backlog.firstOffset + (isFull ? Math.ceil(backlog.heldBytes / 8) : 0);
}

/**
 * Reads the last writes that a master and a former one both have.
 * @param info - what the master says
 * @param parting - where the histories of the two part
 * @param bytes - how much of the stream is read, at most
 * @returns null where it does not have them any more
 */
export async function readReceived(
  connection: RedisConnection,
  info: ServerInfo,
  parting: Departure,
  bytes: number,
  signal: AbortSignal,
): Promise<readonly WriteCommand[] | null> {
  const offset = Math.max(firstHeld(info), parting.offset - bytes);
  const length = parting.offset - offset;
  if (!info.backlog.active || length < 1) return null;
  return receivedIn(await connection.readStream({ replid: parting.replid, offset, bytes: length }, signal));
}

/**
 * The first writes that a new master took by itself, or got from another one, since it took over.
 * @param most - how many bytes are read, at most
 */
export async function readSince(
  connection: RedisConnection,
  { replid, secondOffset, offset }: ServerInfo,
  most: number,
  signal: AbortSignal,
): Promise<readonly WriteCommand[]> {
  const bytes = Math.min(most, offset - secondOffset + 1);
  if (bytes < 1) return [];
  const part = await connection.readStream({ replid, offset: secondOffset, bytes }, signal);
  return writesIn(new CommandReader().take(part));
}
