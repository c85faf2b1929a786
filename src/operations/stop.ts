import { containerOf } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { isAwake } from '../plan/linked.ts';
import { planStop, stopWarnings } from '../plan/stop.ts';
import { type LifecycleOptions, type LifecyclePlan, type LifecycleResult, runLifecycle } from './lifecycle.ts';
import { nodesMeant, observeCluster } from './observe.ts';

/**
 * Stops the containers of a cluster, or of some of its nodes; data, roles, containers and network stay. Sources stop before
 * the nodes that follow them, the master first: see `planStop`. Already stopped is success.
 * @param nodes - names; all of them where none is named
 * @throws RmsxError `not-found`, `conflict` where another rmsx is at work, or `failed` with what was stopped by then
 * @example
 * await stop('demo', ['slave-2'], {}, ports);
 */
export async function stop(
  name: string,
  nodes: readonly string[],
  options: Pick<LifecycleOptions, 'dryRun'>,
  ports: Ports,
): Promise<LifecycleResult> {
  const look = async (): Promise<LifecyclePlan> => {
    const known = await observeCluster(ports, name);
    const { record, containers } = known;
    const meant = nodesMeant(known, nodes);
    const stopping = meant.filter((node) => isAwake(containerOf({ containers }, node)));
    const awake = containers.filter(isAwake).map(({ node }) => node ?? '');
    const staying = awake.filter((node) => !stopping.includes(node));
    return {
      known,
      plan: planStop(record.cluster, containers, meant),
      warnings: stopWarnings(record.cluster, stopping, staying),
    };
  };
  return runLifecycle(name, { words: ['stopping', 'stopped'], ops: ['stop'], look }, options, ports);
}
