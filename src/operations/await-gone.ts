import { RmsxError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import { observeEngine } from './observe-engine.ts';
import { pause } from './wait-until.ts';

/** How long an engine may go on removing after it has said that it does. */
export const goneWithinMs = 5000;
/** How long it is left alone between two looks whether it has. */
export const betweenLooksMs = 100;

/**
 * An engine removes containers in its own time (moby#37698), and what answers in its place may say anything: what is
 * removed is what is not there any more.
 * @param removed - ids of containers and networks, names of volumes
 * @throws RmsxError `failed` that names what is still there
 */
export async function awaitGone(removed: ReadonlySet<string>, { engine, signal }: Ports): Promise<void> {
  if (removed.size === 0) return;
  const endMs = performance.now() + goneWithinMs;
  for (;;) {
    const { containers, networks, volumes } = await observeEngine(engine);
    const left = [
      ...[...containers, ...networks].filter(({ id }) => removed.has(id)),
      ...volumes.filter(({ name }) => removed.has(name)),
    ].map(({ name }) => name);
    if (left.length === 0) return;
    if (performance.now() > endMs) {
      throw new RmsxError(
        'failed',
        `The engine said that it removed them, and they are still there: ${left.join(', ')}.`,
        { hint: 'Type the same command again, and look at the engine: docker info' },
      );
    }
    await pause(betweenLooksMs, signal);
    signal.throwIfAborted();
  }
}

/** @returns what must not be there any more after a plan */
export const goneAfter = (plan: Plan): ReadonlySet<string> =>
  new Set(
    plan.flatMap(({ step }) => {
      if (step.op === 'remove-volume') return [step.name];
      return step.op === 'remove-container' || step.op === 'remove-network' ? [step.id] : [];
    }),
  );
