import { messageOf, RmsxError } from '../domain/errors.ts';
import { lockName } from '../domain/names.ts';
import type { ObservedContainer, ObservedEngine } from '../domain/observed.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { hasEnded, thisProcess } from '../files/process-owner.ts';
import { atWork, isHeldUp, namedLikeLock } from './lock-errors.ts';
import { removeSurely } from './remove-surely.ts';
import { pause } from './wait-until.ts';

/** Who locks which cluster. */
export interface LockRequest {
  readonly cluster: string;
  /** Any image that is here: the container of the lock is never started. */
  readonly image: string;
  /** The mark of the run. */
  readonly run: string;
}

/** A lock that is held. */
export interface Lock {
  /** Of its container. */
  readonly id: string;
  /** Gives it back. It never fails: a lock that stays is told, and taken over when this process has ended. */
  release(): Promise<void>;
}

/** A name may be taken and in no list yet, or not be free again yet: the engine is given a moment. */
const tries = { count: 4, pauseMs: 100 } as const;

/**
 * Does some work while no other rmsx changes the cluster: see `takeLock`.
 * @throws RmsxError `conflict` (`locked`) where another one is at work
 */
export async function withLock<T>(request: LockRequest, ports: Ports, work: (lock: Lock) => Promise<T>): Promise<T> {
  const lock = await takeLock(request, ports);
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

/**
 * Takes the lock of a cluster: a container that is never started. The engine gives its name away once, to whichever machine
 * asks first. The lock of a process that was killed is taken over (docs/decisions/026).
 * @throws RmsxError `conflict` (`locked`) where another one is at work, or where somebody else has the name
 */
async function takeLock(request: LockRequest, ports: Ports): Promise<Lock> {
  const { cluster } = request;
  const { engine, progress, signal } = ports;
  let holder: ObservedContainer | undefined;
  let isLeft = false;
  for (let left: number = tries.count; left > 0; left--) {
    signal.throwIfAborted();
    const id = await createLock(request, ports);
    if (id !== undefined) {
      if (isLeft) progress.note(`the rmsx that was changing ${cluster} has been killed; taking over`);
      return heldLock(cluster, id, ports);
    }
    holder = holderIn(cluster, await engine.listContainers(cluster));
    if (holder && !isAbandoned(holder)) break;
    if (holder) {
      isLeft = true; // many may see that: the one that gets the lock says it
      await engine.removeContainer(holder.id); // by its id: whoever was faster has another one
    } else {
      const named = (await engine.listContainers()).find(({ name }) => name === lockName(cluster));
      if (named && named.cluster !== cluster) throw namedLikeLock(cluster);
    }
    await pause(holder ? 0 : tries.pauseMs, signal);
  }
  throw atWork(cluster, holder);
}

/**
 * The same for who must go on where an engine can make no container any more: then a lock that is held counts, and nothing
 * else.
 * @returns null where no lock could be made and nobody holds one, which is told
 * @throws RmsxError `conflict` (`locked`) where another one is at work
 */
export async function takeLockIfPossible(request: LockRequest, ports: Ports): Promise<Lock | null> {
  try {
    return await takeLock(request, ports);
  } catch (error) {
    if (!(error instanceof RmsxError) || !['image-missing', 'failed'].includes(error.code)) throw error;
    ports.progress.warn(`no lock could be taken: ${error.message}`);
    refuseLocked(request.cluster, await ports.engine.listContainers(request.cluster));
    return null;
  }
}

/**
 * An image of which a lock can be made: that of a container of the cluster, or one for which a volume of it was made.
 * @returns undefined where there is none
 */
export async function imageForLock(
  cluster: string,
  { containers, volumes }: Pick<ObservedEngine, 'containers' | 'volumes'>,
  engine: Engine,
): Promise<string | undefined> {
  const own = containers.filter((container) => container.cluster === cluster);
  const [first] = [...own.filter(({ node }) => node !== null), ...own];
  if (first) return first.image;
  const images = volumes.flatMap((volume) => (volume.cluster === cluster && volume.image ? [volume.image] : []));
  for (const image of new Set(images)) if (await engine.hasImage(image)) return image;
  return undefined;
}

/**
 * Looks without the lock. A cluster that is being changed may look wrong in many ways: who cannot go on for what it sees is
 * told that instead.
 * @param run - the mark of this run, whose own lock does not count
 * @throws RmsxError `conflict` (`locked`) where another one is at work, else what the look throws
 */
export async function lookUnlocked<T>(
  cluster: string,
  run: string,
  { engine }: Ports,
  look: () => Promise<T>,
): Promise<T> {
  try {
    return await look();
  } catch (error) {
    const isSeen =
      error instanceof RmsxError &&
      ['not-found', 'failed', 'unsafe', 'conflict'].includes(error.code) &&
      !isHeldUp(error);
    if (isSeen) {
      const containers = await engine.listContainers(cluster);
      refuseLocked(
        cluster,
        containers.filter((container) => container.run !== run),
      );
    }
    throw error;
  }
}

/**
 * For who looks, and takes no lock.
 * @throws RmsxError `conflict` (`locked`) where another one may be at work
 */
export function refuseLocked(cluster: string, containers: readonly ObservedContainer[]): void {
  const holder = holderIn(cluster, containers);
  if (holder && !isAbandoned(holder)) throw atWork(cluster, holder);
}

/** Takes the lock of a process that was killed away, where nothing is left to do under it. */
export async function removeAbandoned(
  cluster: string,
  containers: readonly ObservedContainer[],
  ports: Ports,
): Promise<void> {
  const holder = holderIn(cluster, containers);
  if (holder && isAbandoned(holder)) await removeLock(cluster, holder.id, ports);
}

/** @returns the lock of a cluster, whoever holds it */
export const holderIn = (cluster: string, containers: readonly ObservedContainer[]): ObservedContainer | undefined =>
  containers.find((container) => container.cluster === cluster && container.name === lockName(cluster));

/** @returns whether the process behind a lock has surely ended */
export const isAbandoned = ({ owner }: ObservedContainer): boolean => owner !== null && hasEnded(owner);

/** @returns the id of the lock, or undefined where its name is taken */
async function createLock({ cluster, image, run }: LockRequest, ports: Ports): Promise<string | undefined> {
  try {
    const spec = { cluster, image, run, volumes: [], name: lockName(cluster), owner: thisProcess() };
    return await ports.engine.createCarrier(spec);
  } catch (error) {
    if (error instanceof RmsxError && error.reason === 'name-taken') return undefined;
    await removeUnconfirmed(cluster, run, error, ports);
    throw error;
  }
}

/** The engine may have made a lock of which it could not tell. */
async function removeUnconfirmed(cluster: string, run: string, error: unknown, ports: Ports): Promise<void> {
  const isRefused =
    error instanceof RmsxError && ['failed', 'conflict', 'image-missing', 'bad-spec'].includes(error.code);
  if (isRefused) return;
  try {
    const lock = holderIn(cluster, await ports.engine.listContainers(cluster));
    if (lock?.run === run) await ports.engine.removeContainer(lock.id);
  } catch (failure) {
    ports.progress.warn(`left behind, perhaps: the lock ${lockName(cluster)}. ${messageOf(failure)}`);
  }
}

const heldLock = (cluster: string, id: string, ports: Ports): Lock => ({
  id,
  release: () => removeLock(cluster, id, ports),
});

async function removeLock(cluster: string, id: string, { engine, progress }: Ports): Promise<void> {
  try {
    await removeSurely(engine, id);
  } catch (error) {
    const name = lockName(cluster);
    progress.warn(`left behind: the lock ${name}. ${messageOf(error)} Remove it: docker rm -v ${name}`);
  }
}
