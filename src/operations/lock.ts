import { RmsxError } from '../domain/errors.ts';
import { lockName } from '../domain/names.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { fateOf, hasEnded, thisProcess } from '../files/process-owner.ts';

/** Who locks which cluster. */
export interface LockRequest {
  readonly cluster: string;
  /** Any image that is here: the container of the lock is never started. */
  readonly image: string;
  /** The mark of the run. */
  readonly run: string;
}

/**
 * Does some work while no other rmsx changes the cluster. The lock is a container that is never started: the engine gives
 * its name away once, to whichever machine asks first. The lock of a process that was killed is taken over.
 * @throws RmsxError `conflict` where another one is at work
 */
export async function withLock<T>(request: LockRequest, ports: Ports, work: () => Promise<T>): Promise<T> {
  const id = await takeLock(request, ports);
  try {
    return await work();
  } finally {
    await ports.engine
      .removeContainer(id)
      .catch((error: Error) => ports.progress.warn(`the lock stays: ${error.message}`));
  }
}

/**
 * For who cannot take a lock, as there is nothing to make its container of.
 * @throws RmsxError `conflict` where another one may be at work
 */
export function refuseLocked(cluster: string, containers: readonly ObservedContainer[]): void {
  const holder = containers.find((container) => container.cluster === cluster && container.name === lockName(cluster));
  if (holder && (holder.owner === null || !hasEnded(holder.owner))) throw atWork(cluster, undefined, holder.owner);
}

async function takeLock({ cluster, image, run }: LockRequest, { engine, progress }: Ports): Promise<string> {
  const name = lockName(cluster);
  for (let isLast = false; ; isLast = true) {
    try {
      return await engine.createCarrier({ cluster, image, run, volumes: [], name, owner: thisProcess() });
    } catch (error) {
      if (!(error instanceof RmsxError) || error.reason !== 'name-taken' || isLast) throw atWork(cluster, error);
    }
    const holder = (await engine.listContainers(cluster)).find((container) => container.name === name);
    if (!holder) continue; // it has just ended
    if (holder.owner === null || !hasEnded(holder.owner)) throw atWork(cluster, undefined, holder.owner);
    progress.note(`the rmsx that was changing ${cluster} has been killed; taking over`);
    await engine.removeContainer(holder.id);
  }
}

function atWork(cluster: string, error: unknown, owner: string | null = null): unknown {
  if (error !== undefined && !(error instanceof RmsxError && error.reason === 'name-taken')) return error;
  const [host, pid] = owner?.split('/') ?? [];
  const isHere = owner !== null && fateOf(owner) === 'alive';
  const who = host === undefined ? '' : ` (process ${pid} on ${host})`;
  return new RmsxError('conflict', `Another rmsx is changing ${cluster} just now${who}.`, {
    reason: 'locked',
    hint: isHere
      ? `Try again when it has ended, or end it: kill ${pid}`
      : `Try again when it has ended. Where it was killed on another machine: docker rm ${lockName(cluster)}`,
  });
}
