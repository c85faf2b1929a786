import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { lockName } from '../domain/names.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import { describeOwner } from '../domain/owner.ts';
import { fateOf } from '../files/process-owner.ts';

/** @returns whether an error says that another rmsx is at work on the cluster */
export const isHeldUp = (error: unknown): boolean => error instanceof RmsxError && error.reason === 'locked';

/**
 * Another rmsx is at work.
 * @param holder - its lock, where that could be seen
 * @param waited - whether it was waited for until the time was up. @default false
 */
export function atWork(cluster: string, holder?: ObservedContainer, waited = false): RmsxError {
  const end = waited ? ' It was waited for until the time was up.' : '';
  return new RmsxError('conflict', `Another rmsx is changing ${cluster} just now${whoHolds(holder)}.${end}`, {
    reason: 'locked',
    hint: `${waited ? 'Wait longer: --timeout 5m' : 'Try again when it has ended'}${wayOut(cluster, holder)}`,
  });
}

/** @returns who holds a lock, and since when, to follow a sentence: ` (process …)`; empty where nobody knows */
export function whoHolds(holder: ObservedContainer | undefined): string {
  if (!holder?.owner) return '';
  const since = new Date(holder.createdAtMs).toISOString().replace('.000Z', 'Z');
  return ` (${describeOwner(holder.owner)}, since ${since})`;
}

/** The container of somebody else has the name that the lock needs. */
export const namedLikeLock = (cluster: string): RmsxError =>
  new RmsxError('conflict', `The container ${lockName(cluster)} is there, and rmsx did not make it.`, {
    hint: `Rename it: docker rename ${lockName(cluster)} NAME   or choose another cluster name: -n NAME`,
  });

/**
 * Somebody has removed a lock while it was held.
 * @param again - the command that was typed
 */
const lockLost = (cluster: string, again: string): RmsxError =>
  new RmsxError('conflict', `The lock of ${cluster} was removed meanwhile: another rmsx may be changing it.`, {
    reason: 'lock-lost',
    hint: `Look how it is, then type the same again: ${rmsxCommand(cluster, 'status')}   ${again}`,
  });

/**
 * Somebody may have removed a lock while it was held: whoever took it since then must not meet what comes next.
 * @param lock - null where the engine could make none
 * @param containers - of the cluster, as they are now
 * @param again - the command that was typed
 * @throws RmsxError `conflict` (`lock-lost`)
 */
export function refuseLostLock(
  lock: { readonly id: string } | null,
  cluster: string,
  containers: readonly ObservedContainer[],
  again: string,
): void {
  if (lock && !containers.some(({ id }) => id === lock.id)) throw lockLost(cluster, again);
}

/** @returns whether an error says that the lock was removed while it was held */
export const isLockLost = (error: unknown): boolean => error instanceof RmsxError && error.reason === 'lock-lost';

function wayOut(cluster: string, holder: ObservedContainer | undefined): string {
  const isHere = holder?.owner && fateOf(holder.owner) === 'alive';
  return isHere
    ? `, or end it: kill ${holder.owner?.split('/')[1]}`
    : `. Where it was killed on another machine, or before this one was started anew: docker rm -v ${lockName(cluster)}`;
}
