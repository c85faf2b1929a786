import { RmsxError } from '../domain/errors.ts';
import { containerOf } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { isAwake } from '../plan/linked.ts';
import { planStop, stopWarnings } from '../plan/stop.ts';
import {
  findNodes,
  type LifecycleOptions,
  type LifecyclePlan,
  type LifecycleResult,
  reportBegun,
  underLock,
} from './lifecycle.ts';
import { type Begun, lifecycleRunner } from './lifecycle-steps.ts';
import { runPlan, telling } from './run-plan.ts';
import { connectionsTo } from './status.ts';

/**
 * Stops the containers of a cluster, or of some of its nodes; data, roles, containers and network stay. The leaves stop
 * first and the master last. Already stopped is success.
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
    const found = await findNodes(name, nodes, ports);
    const { record, containers } = found.known;
    const awake = containers.filter(isAwake).map(({ node }) => node ?? '');
    const stopping = found.nodes.filter((node) => isAwake(containerOf({ containers }, node)));
    const staying = awake.filter((node) => !stopping.includes(node));
    return {
      known: found.known,
      plan: planStop(record.cluster, containers, found.nodes),
      warnings: stopWarnings(record.cluster, stopping, staying),
    };
  };
  return underLock(name, look, (planned) => carryOut(planned, ports), options, ports);
}

async function carryOut({ known, plan }: LifecyclePlan, ports: Ports): Promise<void> {
  const { progress } = ports;
  const begun: Begun = { stopped: [], started: [] };
  const nodes = plan.flatMap(({ step }) => (step.op === 'stop' ? [step.node] : []));
  const run = lifecycleRunner({
    cluster: known,
    ports,
    connections: connectionsTo(known, ports), // opens nothing
    begun,
    beforeStart: async () => undefined,
    awaitUsable: async () => undefined,
  });
  progress.begin(`stopping ${known.name}: ${nodes.join(', ')}`);
  try {
    await runPlan(plan, telling(progress, run), ports.signal);
    await requireStopped(known.name, nodes, ports);
  } catch (error) {
    progress.fail('failed');
    throw reportBegun(error, begun, known.name);
  }
  progress.succeed(`stopped ${known.name}: ${nodes.join(', ')}`);
}

/** What answers in the place of an engine may say anything: what is stopped is what does not run any more. */
async function requireStopped(cluster: string, nodes: readonly string[], { engine }: Ports): Promise<void> {
  const containers = await engine.listContainers(cluster);
  const awake = nodes.filter((node) => isAwake(containerOf({ containers }, node)));
  if (awake.length === 0) return;
  throw new RmsxError('failed', `The engine said that it stopped them, and they still run: ${awake.join(', ')}.`, {
    hint: `Type the same command again, and look at the engine: docker info`,
  });
}
