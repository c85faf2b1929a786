import { messageOf } from '../domain/errors.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { betweenLooksMs, goneWithinMs } from './await-gone.ts';
import { lookOn } from './look-on.ts';
import { observeEngine } from './observe-engine.ts';
import { removeNetwork } from './remove-network.ts';
import { never, pause } from './wait-until.ts';

/**
 * Removes what one run has made, by the mark that it puts on everything, and nothing else. An object whose creation was
 * never confirmed carries the mark as well. What is removed is what is not there any more; the rest is named. The lock of
 * the run stays: others may go on when all of this is gone.
 * @param run - the mark
 * @returns whether nothing is left
 */
export async function rollBack(run: string, { engine, progress, signal }: Ports): Promise<boolean> {
  const endMs = performance.now() + goneWithinMs;
  let failures: readonly string[] = [];
  try {
    for (let pass = 1; ; pass++) {
      const observed = await lookOn(signal, () => observeEngine(engine));
      const left = madeBy(run, observed);
      const names = [...left.containers, ...left.networks, ...left.volumes].map(({ name }) => name);
      if (names.length === 0) return true;
      // What could not be removed is tried once more: an engine that was busy, or a reply that got lost.
      if (pass > 1 && (performance.now() > endMs || (pass > 2 && failures.length > 0))) {
        const reasons = failures.length > 0 ? failures : [`${names.join(', ')}: still there after removal`];
        for (const reason of reasons) progress.warn(`left behind: ${reason}`);
        return false;
      }
      failures = [
        ...(await failuresOf(left.containers.map(({ id }) => engine.removeContainer(id)))),
        ...(await failuresOf(left.networks.map((network) => removeNetwork(engine, network, observed)))),
        ...(await failuresOf(left.volumes.map(({ name }) => engine.removeVolume(name)))),
      ];
      await pause(betweenLooksMs, never);
    }
  } catch (error) {
    progress.warn(`left behind, perhaps: ${messageOf(error)}`);
    return false;
  }
}

function madeBy(run: string, { containers, networks, volumes }: ObservedEngine): ObservedEngine {
  const isOurs = (object: { readonly run: string | null }): boolean => object.run === run;
  return {
    containers: containers.filter((own) => isOurs(own) && own.owner === null),
    networks: networks.filter(isOurs),
    volumes: volumes.filter(isOurs),
  };
}

async function failuresOf(removals: readonly Promise<void>[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(removals);
  return results.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : []));
}
