import type { Ports } from '../domain/ports.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { newRun } from '../files/process-owner.ts';
import { refuseSentinels } from '../plan/refuse-sentinels.ts';
import { planSwitchover, type SwitchoverPlan } from '../plan/switchover.ts';
import { HandingOver } from './handing-over.ts';
import { lookUnlocked, takeLockIfPossible } from './lock.ts';
import { lookAtServers, type Seen } from './look-at-servers.ts';
import { imageHere, observeCluster, requireNode } from './observe.ts';
import { releaseAllLeft } from './release-left.ts';
import { sentinelsAt } from './sentinels.ts';
import { lookAt } from './status.ts';

/** How a switchover is done. */
export interface SwitchoverOptions {
  /** Only decide. @default false */
  readonly dryRun?: boolean;
}

/** What a switchover did. */
export interface SwitchoverResult {
  /** Null where nothing was to be done. */
  readonly plan: SwitchoverPlan | null;
  readonly changed: boolean;
  readonly status: ClusterStatus;
  readonly promoted: string;
  readonly formerMaster: string | null;
  readonly durationMs: number;
  /** How long writes had to wait; null where nothing was handed over. */
  readonly stallMs: number | null;
  readonly lostBytes: 0;
  /** How each of the others came to its source. */
  readonly resync: Readonly<Record<string, 'partial' | 'full' | 'none'>>;
  /** Nodes that should follow the new master and do not yet. */
  readonly incomplete: readonly string[];
}

/**
 * A living master hands over to one of its replicas, without losing a write, or everything stays as it was:
 * docs/decisions/029.
 * @param target - the node that is to be the master
 * @throws RmsxError `not-found`; with nothing changed `unsafe`, or `conflict` where another rmsx is at work; `failed` with
 * everything as it was; `incomplete` where nobody can say whether the target took over
 * @example
 * const { stallMs } = await switchover('redis-server', 'slave-1', {}, ports);
 */
export async function switchover(
  name: string,
  target: string,
  { dryRun = false }: SwitchoverOptions,
  ports: Ports,
): Promise<SwitchoverResult> {
  const startedMs = performance.now();
  const run = newRun();
  const lookNow = (): Promise<Scene> => look(name, target, ports);
  let scene = await (dryRun ? lookNow() : lookUnlocked(name, run, ports, lookNow));
  try {
    // The one that did this may have been killed before it was through.
    if (!scene.plan && !dryRun) {
      await releaseAllLeft(scene.cluster.record.cluster, [...scene.infos.keys()], scene.connections);
    }
    if (!scene.plan || dryRun) return await unchanged(scene, target, ports, startedMs);
    const lock = await takeLockIfPossible({ cluster: name, image: imageHere(scene.cluster), run }, ports);
    try {
      scene.connections.close();
      scene = await lookNow(); // nobody else changes anything from here on
      if (!scene.plan) return await unchanged(scene, target, ports, startedMs);
      return await new HandingOver({ ...scene, plan: scene.plan, lock, ports, startedMs }).run();
    } finally {
      await lock?.release();
    }
  } finally {
    scene.connections.close();
  }
}

/** What is there, and what follows from it. */
interface Scene extends Seen {
  readonly plan: SwitchoverPlan | null;
}

async function look(name: string, target: string, ports: Ports): Promise<Scene> {
  const cluster = await observeCluster(ports, name);
  requireNode(cluster, target);
  return lookAtServers(cluster, ports, async ({ infos, connections }) => {
    const plan = planSwitchover({ ...cluster, infos, target });
    if (plan) refuseSentinels(cluster.record.cluster, await sentinelsAt(infos.keys(), connections));
    return { plan };
  });
}

async function unchanged(
  { cluster, connections, plan }: Scene,
  promoted: string,
  ports: Ports,
  startedMs: number,
): Promise<SwitchoverResult> {
  return {
    plan,
    changed: false,
    status: await lookAt(cluster, connections, ports),
    promoted,
    formerMaster: plan?.formerMaster ?? null,
    durationMs: Math.round(performance.now() - startedMs),
    stallMs: null,
    lostBytes: 0,
    resync: Object.fromEntries((plan?.survivors ?? []).map((node) => [node, 'partial' as const])),
    incomplete: [],
  };
}
