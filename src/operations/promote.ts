import { masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { LostWrites } from '../domain/lost-writes/lost-writes.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { newRun } from '../files/process-owner.ts';
import { clusterBefore } from '../plan/before-promotion.ts';
import { chooseHeir } from '../plan/choose-heir.ts';
import { type PromoteFacts, type PromotePlan, planPromote } from '../plan/promote.ts';
import { refuseSentinels } from '../plan/refuse-sentinels.ts';
import { predictResync } from '../plan/resync.ts';
import { askInside, insideOf } from './inside.ts';
import { lookUnlocked } from './lock.ts';
import { LockAhead } from './lock-ahead.ts';
import { lookAtServers, type Seen } from './look-at-servers.ts';
import { observeListed, requireNode } from './observe.ts';
import { Promoting } from './promoting.ts';
import { hasChanged } from './roles.ts';
import { sentinelsAt } from './sentinels.ts';
import { lookAt } from './status.ts';

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
  /** Writes of the former master that the new one does not have; null where nobody looked for them. */
  readonly lost: LostWrites | null;
  /** How many bytes they are in the stream to the replicas; null where that is not known exactly. */
  readonly lostBytes: number | null;
  /** How each survivor came back; after a dry run, how it would. */
  readonly resync: Readonly<Record<string, 'partial' | 'full' | 'none'>>;
  /** Nodes that should follow the new master and do not yet. */
  readonly incomplete: readonly string[];
}

/**
 * Makes a replica the master after the master has gone. The former master is fenced first, so that it cannot come back
 * as a second one; the order is that of docs/decisions/005.
 * @param wanted - the node; null for the best one
 * @throws RmsxError `not-found`, or with nothing changed `unsafe`, or `conflict` where another rmsx is at work
 */
export async function promote(
  name: string,
  wanted: string | null,
  options: PromoteOptions,
  ports: Ports,
): Promise<PromoteResult> {
  const startedMs = performance.now();
  const run = newRun();
  const listed = await ports.engine.listContainers(name);
  const image = listed.find(({ node }) => node !== null)?.image ?? '';
  const lock = new LockAhead({ cluster: name, image, run }, ports);
  const look = (containers: readonly ObservedContainer[]): Promise<Scene> =>
    lookForPromotion(name, containers, wanted, options, ports);
  let scene: Scene | undefined;
  try {
    if (!options.dryRun && mayComeToIt(listed)) lock.begin();
    scene = await (options.dryRun ? look(listed) : lookUnlocked(name, run, ports, () => look(listed)));
    if (!scene.plan || options.dryRun) return await unchanged(scene, ports, startedMs);
    const held = await lock.take();
    if (await hasChanged(ports.engine, scene.cluster)) {
      scene.connections.close();
      scene = await look(await ports.engine.listContainers(name));
      if (!scene.plan) return await unchanged(scene, ports, startedMs);
    }
    return await new Promoting({ ...scene, plan: scene.plan, options, lock: held, ports, startedMs }).run();
  } finally {
    scene?.connections.close();
    await lock.release();
  }
}

/** Where every node runs, the master does too, and the promotion will be refused: nothing needs a lock then. */
const mayComeToIt = (containers: readonly ObservedContainer[]): boolean =>
  containers.some(({ node, state }) => node !== null && state !== 'running');

/** What is there, and what follows from it. */
interface Scene extends Seen {
  readonly inside: PromoteFacts['inside'];
  readonly target: string;
  readonly plan: PromotePlan | null;
}

/** A master that runs in silence is asked where no network is in the way. */
async function askMaster(
  { cluster, infos, connections }: Seen,
  target: string,
  engine: Engine,
): Promise<PromoteFacts['inside']> {
  const was = clusterBefore({ ...cluster, infos, target });
  if (!was) return null;
  const master = masterOf(was);
  const container = containerOf(cluster, master.name);
  if (container?.state !== 'running' || infos.has(master.name)) return null;
  try {
    return (await askInside(insideOf(master, container.id, connections), ['PING'], engine)) === '' ? null : 'answers';
  } catch (error) {
    if (error instanceof RmsxError && error.code === 'failed') return error.reason === 'no-answer' ? 'silent' : null;
    throw error;
  }
}

async function lookForPromotion(
  name: string,
  containers: readonly ObservedContainer[],
  wanted: string | null,
  { force }: PromoteOptions,
  ports: Ports,
): Promise<Scene> {
  const cluster = await observeListed(ports, name, containers);
  if (wanted !== null) requireNode(cluster, wanted);
  return lookAtServers(cluster, ports, async (seen) => {
    const { infos } = seen;
    const target = wanted ?? chooseHeir(cluster.record.cluster, infos);
    const inside = await askMaster(seen, target, ports.engine);
    const plan = planPromote({ ...cluster, infos, inside, target, force });
    if (plan) refuseSentinels(cluster.record.cluster, await sentinelsAt(infos.keys(), seen.connections));
    return { inside, target, plan };
  });
}

async function unchanged(
  { cluster, connections, infos, target: promoted, plan }: Scene,
  ports: Ports,
  startedMs: number,
): Promise<PromoteResult> {
  return {
    plan,
    infos,
    changed: false,
    status: await lookAt(cluster, connections, ports),
    promoted,
    formerMaster: plan?.formerMaster ?? null,
    durationMs: Math.round(performance.now() - startedMs),
    lost: null,
    lostBytes: null,
    resync: Object.fromEntries(
      (plan?.survivors ?? []).map((node) => [node, predictResync(infos.get(node), infos.get(promoted))]),
    ),
    incomplete: [],
  };
}
