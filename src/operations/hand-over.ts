import { type Address, formatAddress } from '../domain/cluster.ts';
import { messageOf, RmsxError } from '../domain/errors.ts';
import { promotion, rmsxCommand } from '../domain/hints.ts';
import type { RedisConnection } from '../domain/redis-port.ts';
import { notSeen } from '../plan/settled.ts';
import type { Connections } from './connections.ts';
import { type Hold, holdMs, holdWrites, quietPings } from './hold-writes.ts';
import type { InConf } from './refuse-writes.ts';
import { never, waitUntil } from './wait-until.ts';

/** Writes that are held go on by themselves: everything has to be decided long before. */
const catchUpMs = holdMs / 4;
const pauseMs = 2;

/** Who hands over to whom. */
export interface HandOver {
  readonly cluster: string;
  readonly formerMaster: string;
  /** Of its server. */
  readonly version: string;
  readonly target: string;
  /** Where the others find the target. */
  readonly address: Address;
  /** What the conf of the former master says. */
  readonly inConf: InConf;
  readonly connections: Connections;
  readonly warn: (message: string) => void;
}

/**
 * The moment of a switchover: the master stops writing, its heir gets what it does not have yet, the master steps down, and
 * only then its heir takes over. So there is never a second one, and no write is without a place: docs/decisions/029. A
 * signal does not end this; it is over within some seconds in any case.
 * @returns how long writes had to wait, in ms
 * @throws RmsxError with everything as it was before; `incomplete` where nobody can say whether the heir took over
 */
export async function handOver(scene: HandOver): Promise<number> {
  const { connections, formerMaster, target } = scene;
  const [old, heir] = await Promise.all([connections.to(formerMaster), connections.to(target)]);
  const pings = await quietPings(old, scene.inConf);
  try {
    const startedMs = performance.now();
    const hold = await holdWrites(old, scene.version, scene.inConf);
    try {
      await pass(old, heir, scene);
    } finally {
      await letGo(hold, 'its writes wait', scene);
    }
    const stallMs = performance.now() - startedMs;
    await old.cutClients().catch(told(scene, 'its clients stay connected to it'));
    return stallMs;
  } finally {
    await letGo(pings, 'it pings its replicas once an hour', scene);
  }
}

async function pass(old: RedisConnection, heir: RedisConnection, scene: HandOver): Promise<void> {
  const { offset } = await old.info();
  await caughtUp(heir, offset, scene);
  const last = await stepDown(old, scene);
  try {
    await caughtUp(heir, last, scene);
    await takeOver(heir, scene);
  } catch (error) {
    if (!(error instanceof RmsxError && error.code === 'incomplete')) await stepUp(old, scene);
    throw error;
  }
}

async function caughtUp(heir: RedisConnection, offset: number, { target }: HandOver): Promise<void> {
  const endMs = performance.now() + catchUpMs;
  await waitUntil(
    async () => {
      const info = await heir.info();
      if (info.offset >= offset) return true;
      if (performance.now() < endMs) return undefined;
      const message = `${target} did not get the last ${offset - info.offset} bytes within ${catchUpMs / 1000} s.`;
      throw new RmsxError('failed', message, { node: target });
    },
    { pauseMs, signal: never },
  );
}

/** An answer may be lost, and not the command: whoever says that it is a replica has stepped down. */
async function stepDown(old: RedisConnection, scene: HandOver): Promise<number> {
  const { connections, formerMaster, address } = scene;
  try {
    return await old.stepDown(address);
  } catch (error) {
    const probe = await connections.probe(formerMaster);
    if (!('info' in probe)) throw steppedDownUnseen(scene, error);
    if (probe.info.role === 'master') throw error;
    if (formatAddress(probe.info.source ?? address) !== formatAddress(address)) throw error;
    return probe.info.offset;
  }
}

const steppedDownUnseen = ({ cluster, formerMaster }: HandOver, cause: unknown): RmsxError =>
  new RmsxError('failed', `${formerMaster} does not answer any more: whether it stepped down cannot be seen.`, {
    node: formerMaster,
    hint: rmsxCommand(cluster, 'status'),
    cause,
  });

async function takeOver(heir: RedisConnection, { connections, cluster, target }: HandOver): Promise<void> {
  try {
    await heir.becomeMaster();
  } catch (error) {
    const probe = await connections.probe(target);
    if (!('info' in probe)) throw notSeen(target, cluster, false);
    if (probe.info.role === 'replica') throw error;
  }
}

/** Its heir did not take over: it goes on. */
async function stepUp(old: RedisConnection, { cluster, formerMaster, target }: HandOver): Promise<void> {
  try {
    await old.becomeMaster();
  } catch (error) {
    const message = `${formerMaster} stepped down, ${target} did not take over, and ${formerMaster} does not go on: ${messageOf(error)}`;
    throw new RmsxError('failed', message, {
      node: formerMaster,
      hint: promotion(cluster, target, false),
      cause: error,
    });
  }
}

const letGo = (hold: Hold, otherwise: string, scene: HandOver): Promise<void> =>
  hold.release().catch(told(scene, otherwise));

const told =
  ({ formerMaster, warn }: HandOver, otherwise: string) =>
  (error: unknown): void => {
    if (!(error instanceof RmsxError)) throw error;
    warn(`${formerMaster}: ${otherwise}. ${error.message}`);
  };
