import type { Ports } from '../domain/ports.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { type PromotePlan, planPromote, predictResync } from '../plan/promote.ts';
import { type Connections, infosOf } from './connections.ts';
import { type KnownCluster, observeCluster, requireNode } from './observe.ts';
import { Promoting } from './promoting.ts';
import { connectionsTo, lookAt, runningNodes } from './status.ts';

/** How a promotion is done. */
export interface PromoteOptions {
  /** Promote a node that is behind another, too. */
  readonly force: boolean;
  /** Only decide. */
  readonly dryRun: boolean;
}

/** What a promotion did. */
export interface PromoteResult {
  /** Null where nothing was to be done. */
  readonly plan: PromotePlan | null;
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly changed: boolean;
  readonly status: ClusterStatus;
  readonly promoted: string;
  readonly formerMaster: string | null;
  readonly durationMs: number;
  /** Writes of the former master that nobody has; null where that cannot be known. */
  readonly lostBytes: number | null;
  /** How each survivor came back; after a dry run, how it would. */
  readonly resync: Readonly<Record<string, 'partial' | 'full' | 'none'>>;
  /** Nodes that should follow the new master and do not yet. */
  readonly incomplete: readonly string[];
}

/**
 * Makes a replica the master after the master has gone. The former master is fenced first, so that it cannot come back
 * as a second one; the procedure and its order are those of failover.md 1.5.
 * @throws RmsxError `not-found`, or `unsafe` with nothing changed
 */
export async function promote(
  name: string,
  target: string,
  options: PromoteOptions,
  ports: Ports,
): Promise<PromoteResult> {
  const startedMs = performance.now();
  const cluster = await observeCluster(ports, name);
  requireNode(cluster, target);
  const connections = connectionsTo(cluster, ports);
  try {
    const infos = infosOf(await connections.probeAll(runningNodes(cluster)));
    const plan = planPromote({ ...cluster, infos, target, force: options.force });
    if (!plan || options.dryRun)
      return await unchanged(plan, infos, target, { cluster, connections, ports, startedMs });
    return await new Promoting(cluster, plan, infos, options, connections, ports, startedMs).run();
  } finally {
    connections.close();
  }
}

interface Scene {
  readonly cluster: KnownCluster;
  readonly connections: Connections;
  readonly ports: Ports;
  readonly startedMs: number;
}

async function unchanged(
  plan: PromotePlan | null,
  infos: ReadonlyMap<string, ServerInfo>,
  promoted: string,
  { cluster, connections, ports, startedMs }: Scene,
): Promise<PromoteResult> {
  return {
    plan,
    infos,
    changed: false,
    status: await lookAt(cluster, connections, ports),
    promoted,
    formerMaster: plan?.formerMaster ?? null,
    durationMs: Math.round(performance.now() - startedMs),
    lostBytes: null,
    resync: Object.fromEntries(
      (plan?.survivors ?? []).map((node) => [node, predictResync(infos.get(node), infos.get(promoted))]),
    ),
    incomplete: [],
  };
}
