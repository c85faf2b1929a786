import type { LostWrites } from '../domain/lost-writes/lost-writes.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { newRun } from '../files/process-owner.ts';
import { planRejoin, type RejoinPlan } from '../plan/rejoin.ts';
import type { Resync } from '../plan/resync.ts';
import { lookUnlocked, withLock } from './lock.ts';
import { lookAtServers, type Seen } from './look-at-servers.ts';
import { imageHere, observeCluster, requireNode } from './observe.ts';
import { Rejoining } from './rejoining.ts';
import { lookAt } from './status.ts';

/** How a node is brought back. */
export interface RejoinOptions {
  /** Where the writes that only the node has are saved. @default nowhere */
  readonly saveLost?: string | undefined;
  /** Whether they may be lost. @default false */
  readonly discard?: boolean;
  /** Only say what would be done. @default false */
  readonly dryRun?: boolean;
}

/** What bringing a node back did. */
export interface RejoinResult {
  readonly plan: RejoinPlan;
  readonly changed: boolean;
  /** The writes that only the node has, or had; null where it was back already. */
  readonly lost: LostWrites | null;
  /** Where they were saved; null where nothing was. */
  readonly saved: string | null;
  /** How it came to its source; null where it was there already. */
  readonly resync: Resync | null;
  readonly status: ClusterStatus;
}

/** What is there, and what follows from it. */
export interface RejoinScene extends Seen {
  readonly plan: RejoinPlan;
}

/**
 * Brings a former master, or a node that was lost, back as a replica. It never takes a write on the way, and what only it
 * has is counted before it is discarded.
 * @throws RmsxError `not-found`, `conflict` where another rmsx is at work or a file is in the way, and with nothing changed
 * `unsafe` where it holds writes that would be lost, or that cannot be known
 */
export async function rejoin(name: string, node: string, options: RejoinOptions, ports: Ports): Promise<RejoinResult> {
  const run = newRun();
  const work = async (): Promise<RejoinResult> => {
    const scene = await look(name, node, ports);
    try {
      return await carryOut(scene, options, ports);
    } finally {
      scene.connections.close();
    }
  };
  if (options.dryRun) return work();
  const first = await lookUnlocked(name, run, ports, () => look(name, node, ports));
  try {
    if (first.plan.way === 'none') return await carryOut(first, options, ports);
  } finally {
    first.connections.close();
  }
  return withLock({ cluster: name, image: imageHere(first.cluster), run }, ports, work);
}

async function look(name: string, node: string, ports: Ports): Promise<RejoinScene> {
  const cluster = await observeCluster(ports, name);
  requireNode(cluster, node);
  return lookAtServers(cluster, ports, ({ infos }) => ({ plan: planRejoin({ ...cluster, infos, node }) }));
}

async function carryOut(scene: RejoinScene, options: RejoinOptions, ports: Ports): Promise<RejoinResult> {
  const { plan, cluster, connections } = scene;
  const nothing = { lost: null, saved: null, resync: null };
  const done = plan.way === 'none' ? nothing : await new Rejoining(scene, options, ports).run();
  const now = await observeCluster(ports, cluster.name);
  const status = await lookAt(now, connections, ports);
  return { plan, changed: plan.way !== 'none' && !options.dryRun, ...done, status };
}
