import { counted } from '../domain/names.ts';
import type { Ports } from '../domain/ports.ts';
import { linkedNodes, lonelyWarnings, runningNames } from '../plan/linked.ts';
import { containersOf, planStart, type StartFacts } from '../plan/start.ts';
import { awaitUsable } from './await-usable.ts';
import { connectionsTo } from './connections.ts';
import { type LifecycleOptions, type LifecyclePlan, type LifecycleResult, runLifecycle } from './lifecycle.ts';
import { type KnownCluster, nodesMeant, observeListed } from './observe.ts';
import { observeEngine } from './observe-engine.ts';

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
  const { wait = true } = options;
  const look = async (): Promise<LifecyclePlan> => {
    const facts = await startFacts(name, nodes, ports);
    const { cluster } = facts.record;
    const running = new Set([...runningNames(cluster, containersOf(facts)), ...facts.nodes]);
    return {
      known: facts.known,
      plan: planStart(facts),
      warnings: lonelyWarnings(cluster, running, containersOf(facts)),
    };
  };
  // Nothing to start is no proof that it is usable: an earlier start may have run out of time.
  const settle = wait ? (known: KnownCluster) => awaitRunning(known, ports) : undefined;
  const verb = { words: ['starting', 'started'], ops: ['start', 'unpause'], look, settle } as const;
  return runLifecycle(name, verb, options, ports);
}

/** Everything that `start` and `restart` decide on; nodes that left the cluster stay as they are. */
export async function startFacts(
  name: string,
  typed: readonly string[],
  ports: Ports,
): Promise<StartFacts & { readonly known: KnownCluster }> {
  const engine = await observeEngine(ports.engine);
  const own = engine.containers.filter(({ cluster }) => cluster === name);
  const known = await observeListed(ports, name, own);
  const { record, confs } = known;
  const members = record.cluster.nodes.map((node) => node.name);
  const nodes = nodesMeant(known, typed).filter((node) => members.includes(node));
  return { known, record, engine, confs, nodes };
}

/** Waits until all nodes that run are in sync, as far as they can be. */
async function awaitRunning(known: KnownCluster, ports: Ports): Promise<void> {
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
