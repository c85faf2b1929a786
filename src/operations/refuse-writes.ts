import type { RedisConnection } from '../domain/redis-port.ts';
import { fencingReplicas } from '../domain/write-fence.ts';

const unreachable = String(fencingReplicas);
const count = 'min-replicas-to-write';
const maxLag = 'min-replicas-max-lag';

/** What makes a master refuse writes: with a greatest lag of 0 the number of replicas counts for nothing. */
export const refusingWrites: readonly (readonly [directive: string, value: string])[] = [
  [maxLag, '10'],
  [count, unreachable],
];

/** What the conf of a server says of a directive; null where it says nothing. */
export type InConf = (directive: string) => string | null;

/** A master that takes no writes. */
export interface Refusing {
  /** Gives it back the settings that it had. As a replica it heeds none of them. */
  lift(): Promise<void>;
}

/**
 * Keeps a master from taking writes: they are refused with NOREPLICAS, and everything else goes on.
 * @param inConf - where a run before was killed, the setting is what its conf says
 * @throws RmsxError where it does not take the settings; it has those that it had then
 */
export async function refuseWrites(connection: RedisConnection, inConf: InConf): Promise<Refusing> {
  const [now, lag] = [await connection.setting(count), await connection.setting(maxLag)];
  const isLeft = now === unreachable;
  const lift = async (): Promise<void> => {
    await setBack(connection, count, isLeft ? inConf(count) : now);
    if (isLeft || lag === '0') await setBack(connection, maxLag, isLeft ? inConf(maxLag) : lag);
  };
  try {
    if (lag === '0') await connection.configure(maxLag, '10'); // with 0 the number of replicas counts for nothing
    await connection.configure(count, unreachable);
  } catch (error) {
    await lift();
    throw error;
  }
  return { lift };
}

/** @returns whether a run that was killed has left a server refusing writes */
export const isLeftRefusing = async (connection: RedisConnection): Promise<boolean> =>
  (await connection.setting(count)) === unreachable;

/** Lets a server take writes that a run which was killed has left refusing them: as a master it would never take one. */
export async function liftLeft(connection: RedisConnection, inConf: InConf): Promise<void> {
  if (!(await isLeftRefusing(connection))) return;
  await setBack(connection, count, inConf(count));
  await setBack(connection, maxLag, inConf(maxLag));
}

async function setBack(connection: RedisConnection, directive: string, value: string | null): Promise<void> {
  if (value !== null) await connection.configure(directive, value);
}
