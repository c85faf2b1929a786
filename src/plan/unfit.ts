import { containerOf, isTo, type ObservedContainer } from '../domain/observed.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { ownNetworks } from './network.ts';
import type { NodeChange } from './node-change.ts';
import type { UpFacts } from './up-facts.ts';

/**
 * Containers that do not run and cannot be started as they are: their network was removed, which they know by its id and
 * not by its name (docker/for-mac#7703), their own removal did not come to its end, or what they should be has changed.
 * Their volumes stay.
 */
export function unfitOf(
  { record: { cluster }, engine }: Pick<UpFacts, 'record' | 'engine'>,
  changes: ReadonlyMap<string, NodeChange>,
): ReadonlyMap<string, ObservedContainer> {
  const networks = ownNetworks(cluster.name, engine);
  const own = engine.containers.filter((container) => container.cluster === cluster.name);
  const unfit = cluster.nodes.flatMap(({ name }) => {
    const container = containerOf({ containers: own }, name);
    if (!container || container.state === 'running' || container.state === 'paused') return [];
    const known = container.attachments ?? [];
    const isThere = known.some((attachment) => networks.some((network) => isTo(network, attachment)));
    const isCutOff = known.length > 0 && !isThere;
    return isCutOff || container.halfRemoved || changes.has(name) ? [[name, container] as const] : [];
  });
  return new Map(unfit);
}

/** @returns the step that removes one */
export const removeUnfit = ({ id, node }: ObservedContainer): PlannedStep => ({
  id: `remove ${node}`,
  step: { op: 'remove-container', node: node ?? '', id },
  because: 'it cannot be started as it is',
  after: [],
});
