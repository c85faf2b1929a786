import { CommandReader, commandsUpTo } from '../../domain/lost-writes/command-reader.ts';
import { receivedIn } from '../../domain/lost-writes/lost-writes.ts';
import { databaseAfter, type WriteCommand, writesIn } from '../../domain/lost-writes/write-command.ts';
import type { RedisConnection, StreamPlace } from '../../domain/redis-port.ts';
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
  parting: StreamPlace,
  bytes: number,
  signal: AbortSignal,
): Promise<readonly WriteCommand[] | null> {
  const part = await readBefore(connection, info, parting, bytes, signal);
  return part && receivedIn(part);
}

/**
 * Reads in which database a stream goes on.
 * @param info - what its server says
 * @param place - where it goes on
 * @returns null where the server does not have any more what says it
 */
export async function readDatabaseAt(
  connection: RedisConnection,
  info: ServerInfo,
  place: StreamPlace,
  signal: AbortSignal,
): Promise<number | null> {
  for (const bytes of stretches) {
    const part = await readBefore(connection, info, place, bytes, signal);
    const database = part && databaseAfter(commandsUpTo(part) ?? []);
    if (database !== null) return database;
  }
  return null;
}

async function readBefore(
  connection: RedisConnection,
  info: ServerInfo,
  { replid, offset: end }: StreamPlace,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const offset = Math.max(firstHeld(info), end - mostBytes);
  const bytes = end - offset;
  return info.backlog.active && bytes > 0 ? connection.readStream({ replid, offset, bytes }, signal) : null;
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
