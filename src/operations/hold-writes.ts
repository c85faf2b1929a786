import type { RedisConnection } from '../domain/redis-port.ts';
import { isAtLeast, numbersOf } from '../domain/server-version.ts';
import { type InConf, isLeftRefusing, liftLeft, refuseWrites } from './refuse-writes.ts';

/** Writes that are held go on by themselves after this: whoever held them may have been killed. */
export const holdMs = 10_000;

const pingPeriod = 'repl-ping-replica-period';
const anHourSeconds = '3600';

/** A change of a server that is taken back. */
export interface Hold {
  release(): Promise<void>;
}

/**
 * Keeps a master from writing anything into its history: writes of clients wait, in servers before 6.2 they are refused
 * (NOREPLICAS), and keys go on to expire. Its replicas get everything that was written before.
 * @param version - of the server
 * @param inConf - what its conf says
 * @see https://redis.io/docs/latest/commands/client-pause/
 */
export async function holdWrites(connection: RedisConnection, version: string, inConf: InConf): Promise<Hold> {
  if (!isAtLeast(numbersOf(version), '6.2')) {
    const refusing = await refuseWrites(connection, inConf);
    return { release: () => refusing.lift() };
  }
  await connection.holdWrites(holdMs);
  return { release: () => connection.releaseWrites() };
}

/**
 * A PING is a part of the history, too. One that a master writes when its heir has all of the rest would take it ahead of its
 * heir, and its data would have to be copied anew (redis#6718).
 * @param inConf - where a run before was killed, the period is what its conf says
 */
export async function quietPings(connection: RedisConnection, inConf: InConf): Promise<Hold> {
  const now = await connection.setting(pingPeriod);
  const period = now === anHourSeconds ? inConf(pingPeriod) : now;
  if (period === null) return { release: async () => undefined };
  await connection.configure(pingPeriod, anHourSeconds);
  return { release: () => connection.configure(pingPeriod, period) };
}

/** Gives a server the settings of its conf where a run that was killed in the middle of a hand-over has left its own. */
export async function releaseLeft(connection: RedisConnection, inConf: InConf): Promise<void> {
  await liftLeft(connection, inConf);
  const period = inConf(pingPeriod);
  if (period !== null && (await isLeftQuiet(connection, period))) await connection.configure(pingPeriod, period);
}

/** @returns whether a run that was killed in the middle of a hand-over has left its own settings in a server */
export async function hasLeft(connection: RedisConnection, inConf: InConf): Promise<boolean> {
  const period = inConf(pingPeriod);
  return (await isLeftRefusing(connection)) || (period !== null && (await isLeftQuiet(connection, period)));
}

/** @param period - what its conf says: whoever asks for an hour gets it */
const isLeftQuiet = async (connection: RedisConnection, period: string): Promise<boolean> =>
  period !== anHourSeconds && (await connection.setting(pingPeriod)) === anHourSeconds;
