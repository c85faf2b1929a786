import { counted } from '../domain/names.ts';
import type { Ports } from '../domain/ports.ts';
import { linkedNodes, lonelyWarnings, runningNames } from '../plan/linked.ts';
import { planStart, type StartFacts } from '../plan/start.ts';
import { awaitUsable } from './await-usable.ts';
import {
  findNodes,
  type LifecycleOptions,
  type LifecyclePlan,
  type LifecycleResult,
  reportBegun,
  underLock,
} from './lifecycle.ts';
import { type Begun, lifecycleRunner } from './lifecycle-steps.ts';
import type { KnownCluster } from './observe.ts';
import { observeEngine } from './observe-engine.ts';
import { runPlan, telling } from './run-plan.ts';
import { connectionsTo } from './status.ts';

/**
 * Starts the containers of a cluster, or of some of its nodes, sources before the nodes that follow them, and waits until
 * replication is usable among those that run. Roles stay; a container that is not there is not made.
 * @param nodes - names; all of them where none is named
 * @throws RmsxError `not-found`, `unsafe` where the master would start without its data, `conflict` where another rmsx is
 * at work, `timeout` or `failed` with what was started by then
 * @example
 * await start('demo', [], {}, ports);
 */
export async function start(
  name: string,
  nodes: readonly string[],
  options: LifecycleOptions,
  ports: Ports,
): Promise<LifecycleResult> {
  const look = async (): Promise<LifecyclePlan> => {
    const facts = await startFacts(name, nodes, ports);
    const running = runningAfter(facts);
    return {
      known: facts.known,
      plan: planStart(facts),
      warnings: lonelyWarnings(facts.record.cluster, running),
    };
  };
  const result = await underLock(name, look, (planned) => carryOut(planned, options, ports), options, ports);
  // Nothing to start is no proof that it is usable: an earlier start may have run out of time.
  if (!result.changed && !options.dryRun) await awaitRunning((await findNodes(name, [], ports)).known, options, ports);
  return result;
}

/** Everything that `start` and `restart` decide on; nodes that left the cluster stay as they are. */
export async function startFacts(
  name: string,
  typed: readonly string[],
  ports: Ports,
): Promise<StartFacts & { readonly known: KnownCluster }> {
  const [{ known, nodes }, engine] = await Promise.all([findNodes(name, typed, ports), observeEngine(ports.engine)]);
  const own = known.record.cluster.nodes.map((node) => node.name);
  return { known, record: known.record, engine, confs: known.confs, nodes: nodes.filter((node) => own.includes(node)) };
}

/** @returns the nodes that run when those that are named do */
const runningAfter = ({ record, engine, nodes }: StartFacts): ReadonlySet<string> => {
  const own = engine.containers.filter(({ cluster, node }) => cluster === record.cluster.name && node !== null);
  return new Set([...runningNames(record.cluster, own), ...nodes]);
};

async function carryOut({ known, plan }: LifecyclePlan, options: LifecycleOptions, ports: Ports): Promise<void> {
  const { progress } = ports;
  const begun: Begun = { stopped: [], started: [] };
  const connections = connectionsTo(known, ports);
  const nodes = plan.flatMap(({ step }) => (step.op === 'start' || step.op === 'unpause' ? [step.node] : []));
  const run = lifecycleRunner({
    cluster: known,
    ports,
    connections,
    begun,
    beforeStart: async () => undefined,
    awaitUsable: async () => undefined,
  });
  progress.begin(`starting ${known.name}: ${nodes.join(', ')}`);
  try {
    await runPlan(plan, telling(progress, run), ports.signal);
    progress.succeed(`started ${known.name}: ${nodes.join(', ')}`);
    const containers = await ports.engine.listContainers(known.name);
    await awaitRunning({ ...known, containers }, options, ports);
  } catch (error) {
    progress.fail('failed');
    throw reportBegun(error, begun, known.name);
  } finally {
    connections.close();
  }
}

/** Waits until all nodes that run are in sync, as far as they can be. */
async function awaitRunning(known: KnownCluster, { wait = true }: LifecycleOptions, ports: Ports): Promise<void> {
  if (!wait) return;
  const { cluster } = known.record;
  const running = runningNames(cluster, known.containers);
  const linked = linkedNodes(cluster, running).map((node) => node.name);
  const lonely = [...running].filter((name) => !linked.includes(name));
  const connections = connectionsTo(known, ports);
  ports.progress.begin('waiting until replication is usable');
  try {
    await awaitUsable({ cluster, linked, lonely, connections }, ports);
  } finally {
    connections.close();
  }
  ports.progress.succeed(
    linked.length === 0
      ? `answering: ${lonely.join(', ')}`
      : `replication is usable: ${counted(linked.length - 1, 'replica')} acknowledged a marker`,
  );
}
