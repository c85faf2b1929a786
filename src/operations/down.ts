import { joinErrors, RmsxError } from '../domain/errors.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { newRun } from '../files/process-owner.ts';
import { planDown } from '../plan/down.ts';
import { awaitGone, goneAfter } from './await-gone.ts';
import { imageForLock, refuseLocked, takeLockIfPossible } from './lock.ts';
import { clusterNames, observeEngine } from './observe-engine.ts';
import { removeNetwork } from './remove-network.ts';
import { runPlan, type StepRunner, telling } from './run-plan.ts';

/** What `down` is to remove. */
export interface DownOptions {
  /** The data too. */
  readonly volumes: boolean;
  /** Only say what would be removed. */
  readonly dryRun: boolean;
}

/** What `down` did. */
export interface DownResult {
  readonly plan: Plan;
  readonly changed: boolean;
  /** Names of the clusters it was about. */
  readonly clusters: readonly string[];
  /** How many volumes with data are still there. */
  readonly keptVolumes: number;
}

/**
 * Removes what rmsx made for some clusters. Nothing there is success.
 * @param clusters - names, or `all` for every cluster on the engine
 * @throws RmsxError where something could not be removed; the rest is gone all the same
 */
export async function down(
  clusters: readonly string[] | 'all',
  options: DownOptions,
  ports: Ports,
): Promise<DownResult> {
  const engine = await observeEngine(ports.engine);
  const names = clusters === 'all' ? clusterNames(engine) : clusters;
  const plans = new Map(names.map((name) => [name, planDown(name, engine, options)]));
  const busy = names.filter((name) => plans.get(name)?.length);
  if (!options.dryRun && busy.length > 0) {
    ports.progress.begin(`removing ${busy.join(', ')}`);
    const done = await Promise.allSettled(busy.map((name) => removeLocked(name, engine, options, ports)));
    const failures = done.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const [foreign] = failures.filter((failure) => !(failure instanceof RmsxError));
    if (foreign !== undefined) throw foreign;
    if (failures.length > 0) throw joinErrors(failures);
    for (const [i, name] of busy.entries()) {
      const result = done[i];
      if (result?.status === 'fulfilled') plans.set(name, result.value);
    }
    ports.progress.succeed(`removed ${busy.join(', ')}`);
  }
  const plan = names.flatMap((name) => plans.get(name) ?? []);
  const removed = plan.filter(({ step }) => step.op === 'remove-volume').length;
  const ours = engine.volumes.filter((volume) => names.includes(volume.cluster ?? '')).length;
  return { plan, changed: !options.dryRun && plan.length > 0, clusters: names, keptVolumes: ours - removed };
}

/**
 * Removes one cluster while nobody else changes it. It must go on a broken engine too, and after a run that was killed:
 * where no lock can be made, one that is held counts, and nothing else.
 * @returns what was done
 */
async function removeLocked(
  cluster: string,
  engine: ObservedEngine,
  options: DownOptions,
  ports: Ports,
): Promise<Plan> {
  const remove = async (observed: ObservedEngine): Promise<Plan> => {
    const plan = planDown(cluster, observed, options);
    await runPlan(plan, telling(ports.progress, removeStep(ports.engine, observed)), ports.signal);
    await awaitGone(goneAfter(plan), ports);
    return plan;
  };
  const image = await imageForLock(cluster, engine, ports.engine);
  if (image === undefined) {
    refuseLocked(cluster, engine.containers);
    return remove(engine);
  }
  const lock = await takeLockIfPossible({ cluster, image, run: newRun() }, ports);
  try {
    const now = await observeEngine(ports.engine); // what was seen without the lock may be old
    return await remove({ ...now, containers: now.containers.filter(({ id }) => id !== lock?.id) });
  } finally {
    await lock?.release();
  }
}

/** @returns what carries out a step that removes something */
export function removeStep(engine: Engine, observed: ObservedEngine): StepRunner {
  return async ({ step }) => {
    switch (step.op) {
      case 'stop':
        return engine.stop(step.id, step.graceSeconds);
      case 'kill':
        return engine.kill(step.id).catch(() => undefined); // it may have ended by itself; what is wrong tells its removal
      case 'remove-container':
        return engine.removeContainer(step.id);
      case 'remove-network':
        return removeNetwork(engine, step, observed);
      case 'remove-volume':
        return engine.removeVolume(step.name);
      default:
        throw new RangeError(`down has no step ${step.op}`);
    }
  };
}
