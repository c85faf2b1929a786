import { RmsxError } from '../domain/errors.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { holderIn, isAbandoned } from './lock.ts';
import { atWork, whoHolds } from './lock-errors.ts';
import { pause } from './wait-until.ts';

/** Many may wait for the same one, on the machine on which it works. */
const betweenLooksMs = 250;

/**
 * Waits while another rmsx changes a cluster, and tells who it is. It ends when that one has, or was killed.
 * @returns the lock that one which was killed left behind
 * @throws RmsxError `conflict` (`locked`) where the time is up before, and the reason of the signal where that is another
 */
export async function awaitUnlocked(
  cluster: string,
  { engine, progress, signal }: Ports,
): Promise<ObservedContainer | undefined> {
  let holder: ObservedContainer | undefined;
  try {
    do {
      await pause(betweenLooksMs, signal); // the name may be taken before the lock is in a list
      signal.throwIfAborted();
      holder = holderIn(cluster, await engine.listContainers(cluster));
      if (holder) progress.begin(`waiting: another rmsx is changing ${cluster}${whoHolds(holder)}`);
    } while (holder && !isAbandoned(holder));
    return holder;
  } catch (error) {
    progress.fail('given up');
    const isLate = error === signal.reason && error instanceof RmsxError && error.code === 'timeout';
    if (!isLate) throw error;
    holder ??= holderIn(cluster, await engine.listContainers(cluster)); // there may have been no time to look
    throw atWork(cluster, holder, true);
  }
}
