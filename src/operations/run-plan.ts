import { joinErrors, type RmsxError, toRmsxError } from '../domain/errors.ts';
import { describeStep, type Plan, type PlannedStep } from '../domain/plan.ts';
import type { Progress } from '../domain/ports.ts';

/** Carries one step out. */
export type StepRunner = (step: PlannedStep) => Promise<void>;

/** @returns a runner that tells of each step when it is done */
export function telling(progress: Progress, run: StepRunner): StepRunner {
  return async (step) => {
    const startedMs = performance.now();
    await run(step);
    progress.detail(`${describeStep(step.step)}: ${Math.round(performance.now() - startedMs)} ms`);
  };
}

/**
 * Carries a plan out: every step as soon as the steps before it are done, side by side where the plan allows. It decides
 * nothing. After a failure nothing new is started, and what is under way is awaited, so that the caller knows what is
 * there.
 * @throws RmsxError all failures as one, or the reason of the signal
 */
export async function runPlan(plan: Plan, run: StepRunner, signal: AbortSignal): Promise<void> {
  const done = new Set<string>();
  const started = new Set<string>();
  const failures: RmsxError[] = [];
  const underWay = new Set<Promise<void>>();
  const launch = (step: PlannedStep): void => {
    started.add(step.id);
    const work: Promise<void> = run(step)
      .then(
        () => void done.add(step.id),
        (error: unknown) => void failures.push(toRmsxError(error)),
      )
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };
  for (;;) {
    if (failures.length === 0 && !signal.aborted) {
      for (const step of plan) if (!started.has(step.id) && step.after.every((id) => done.has(id))) launch(step);
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay);
  }
  if (failures.length > 0) throw joinErrors(failures);
  signal.throwIfAborted();
  if (done.size < plan.length) throw new RangeError('a plan has a step that waits for a step that is not in it');
}
