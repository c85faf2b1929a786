import type { ObservedEngine } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { planDown } from '../plan/down.ts';
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
  const plan = names.flatMap((name) => planDown(name, engine, options));
  const removed = plan.filter(({ step }) => step.op === 'remove-volume').length;
  const ours = engine.volumes.filter((volume) => names.includes(volume.cluster ?? '')).length;
  if (!options.dryRun && plan.length > 0) {
    ports.progress.begin(`removing ${names.join(', ')}`);
    await runPlan(plan, telling(ports.progress, removeStep(ports.engine, engine)), ports.signal);
    ports.progress.succeed(`removed ${names.join(', ')}`);
  }
  return { plan, changed: !options.dryRun && plan.length > 0, clusters: names, keptVolumes: ours - removed };
}

/** @returns what carries out a step that removes something */
export function removeStep(engine: Engine, observed: ObservedEngine): StepRunner {
  return async ({ step }) => {
    switch (step.op) {
      case 'stop':
        return engine.stop(step.id, step.graceSeconds);
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
