import type { PlannedStep } from '../domain/plan.ts';
import { planNetwork } from './network.ts';
import type { Scene } from './scene.ts';
import { planTakeDown } from './take-down.ts';
import { removeUnfit } from './unfit.ts';
import type { UpFacts } from './up-facts.ts';
import { writeVolumes } from './write-volumes.ts';

/** What has to be there, and what has to be gone, before the first container is made. */
export interface Ground {
  readonly steps: readonly PlannedStep[];
  /** Ids of the steps before a container is made. */
  readonly ready: readonly string[];
}

/**
 * Clears the ground for new containers: those in whose place they come go, the network is made, the conf is written. What a
 * node knows of itself must not be newer than its container, so the conf comes when that is gone.
 *
 * Where all nodes leave for other addresses, the old network goes before the first conf says anything of the new one, and
 * the new network and the containers come after the last conf. A run that is killed leaves a record that fits the network
 * and the containers, so that the next `up` goes on, or back, from there.
 * @param pulled - ids of the steps that fetch images
 * @throws RmsxError what `planNetwork` and `planTakeDown` throw
 */
export function planGround(facts: UpFacts, { toMake, unfit, relocation }: Scene, pulled: readonly string[]): Ground {
  const { record, password, run, template } = facts;
  const { cluster } = record;
  const removals = relocation ? planTakeDown(facts, relocation, pulled) : [...unfit.values()].map(removeUnfit);
  const gone = idsOf(removals.filter(({ step }) => step.op === 'remove-container'));
  const network = planNetwork(facts, relocation ? { pulled, leaving: relocation.leaving, gone } : { pulled });
  const cleared = relocation ? idsOf(network.filter(({ step }) => step.op === 'remove-network')) : [];
  const nodes = cluster.persistence === 'none' ? [] : cluster.nodes.filter(({ name }) => toMake.has(name));
  const confs = writeVolumes(
    nodes.map((node) => ({ record, node, password })),
    { cluster, run, template, because: relocation?.because ?? 'new nodes' },
    [...pulled, ...gone, ...cleared],
  );
  const written = relocation ? idsOf(confs.filter(({ step }) => step.op === 'write-volumes')) : [];
  const made = network.map((planned) =>
    planned.step.op === 'create-network' ? { ...planned, after: [...planned.after, ...written] } : planned,
  );
  return { steps: [...made, ...removals, ...confs], ready: [...pulled, ...idsOf(made), ...gone, ...written] };
}

const idsOf = (steps: readonly PlannedStep[]): readonly string[] => steps.map(({ id }) => id);
