import { counted, networkName } from '../domain/names.ts';
import { containerOf, isOnNetwork } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import type { Notice } from '../domain/status.ts';
import { planHeal, stragglers } from '../plan/heal.ts';
import { linkedNodes, runningNames } from '../plan/linked.ts';
import { awaitUnlocked } from './await-unlocked.ts';
import { awaitUsable } from './await-usable.ts';
import { connectionsTo, infosOf } from './connections.ts';
import { type LifecyclePlan, runLifecycle } from './lifecycle.ts';
import { isHeldUp } from './lock-errors.ts';
import type { KnownCluster } from './observe.ts';
import { startFacts } from './start.ts';
import { type FaultResult, targetsMeant } from './targets.ts';

/** How nodes are brought back. */
export interface HealOptions {
  /** Only say what would be done. @default false */
  readonly dryRun?: boolean;
  /** Wait while another rmsx changes the cluster, instead of being refused. @default false */
  readonly waitsForOthers?: boolean;
}

/**
 * Ends faults: puts nodes back on their network, wakes and starts them, and waits until replication is usable among those
 * that can be reached.
 * @param targets - see `fault`; all nodes where none is named
 * @throws RmsxError `not-found`, `unsafe` where the master would start without its data, `conflict` where another rmsx is at
 * work or the network is gone, `timeout` or `failed` with what was done by then
 * @example
 * await heal('demo', [], {}, ports);
 */
export async function heal(
  name: string,
  targets: readonly string[],
  { dryRun = false, waitsForOthers = false }: HealOptions,
  ports: Ports,
): Promise<FaultResult> {
  let nodes: readonly string[] = [];
  const look = async (): Promise<LifecyclePlan> => {
    const facts = await startFacts(name, [], ports);
    const { known } = facts;
    nodes = targetsMeant(known, targets.length > 0 ? targets : ['all']);
    const there = nodes.filter((node) => containerOf(known, node));
    const missing = nodes.filter((node) => !there.includes(node));
    return { known, plan: planHeal({ ...facts, nodes: there }), warnings: missing.map(withoutContainer) };
  };
  const settle = (known: KnownCluster): Promise<void> => awaitHealed(known, nodes, ports);
  const verb = { words: ['healing', 'healed'], ops: ['start', 'unpause', 'connect'], look, settle } as const;
  for (;;) {
    try {
      const result = await runLifecycle(name, verb, { dryRun }, ports);
      return { ...result, fault: 'heal', targets: nodes, healed: false };
    } catch (error) {
      if (!waitsForOthers || !isHeldUp(error)) throw error;
      await awaitUnlocked(name, ports);
    }
  }
}

const withoutContainer = (node: string): Notice => ({
  code: 'not-running',
  node,
  message: `${node} has no container: rmsx up makes it again`,
  hint: null,
});

/** Nodes that are still cut off, or held, are not waited for. */
async function awaitHealed(known: KnownCluster, healed: readonly string[], ports: Ports): Promise<void> {
  const { cluster } = known.record;
  const isReachable = (node: string): boolean => {
    const container = containerOf(known, node);
    return container !== undefined && isOnNetwork(container, networkName(known.name));
  };
  const reachable = [...runningNames(cluster, known.containers)].filter(isReachable);
  const linked = linkedNodes(cluster, new Set(reachable)).map((node) => node.name);
  const lonely = reachable.filter((node) => !linked.includes(node));
  const connections = connectionsTo(known, ports);
  ports.progress.begin('waiting until replication is usable');
  try {
    const infos = infosOf(await connections.probeAll(healed.filter((node) => reachable.includes(node))));
    for (const { node, source } of stragglers(cluster, healed, infos))
      await (await connections.to(node)).follow(source);
    await awaitUsable({ cluster, linked, lonely, connections }, ports);
  } finally {
    connections.close();
  }
  ports.progress.succeed(
    linked.length === 0
      ? `answering: ${lonely.join(', ') || 'nobody'}`
      : `replication is usable: ${counted(linked.length - 1, 'replica')} acknowledged a marker`,
  );
}
