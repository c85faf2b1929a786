import type { UpRequest } from '../config/up-request.ts';
import type { Ports } from '../domain/ports.ts';
import { newestRecord } from '../domain/record.ts';
import { readTemplate } from '../files/templates.ts';
import { keptBesideCompose } from '../plan/compose-conflicts.ts';
import { exposureWarnings, refuseGuessable } from '../plan/exposure.ts';
import { refuseOlderServer } from '../plan/older-server.ts';
import { relocationOf } from '../plan/relocation.ts';
import { routeWarnings, unseenRoutes } from '../plan/routes.ts';
import { nodesToMake } from '../plan/scene.ts';
import { settleCluster } from '../plan/settle.ts';
import { settlePassword } from '../plan/settle-password.ts';
import { planUp } from '../plan/up.ts';
import { refuseMoving } from './before-moving.ts';
import { imagesToPull } from './images.ts';
import { refuseScarceMemory } from './memory.ts';
import { observeForUp } from './observe-for-up.ts';
import type { UpScene } from './up-run.ts';

/** What `up` starts from, and what it is to warn of before it begins. */
export interface SceneForUp extends Omit<UpScene, 'options' | 'ports' | 'run'> {
  readonly warnings: readonly string[];
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

/** How `up` looks. */
export interface LookingForUp {
  /** The mark of the run. */
  readonly run: string;
  /** How often it was tried before: `auto` chooses something else then. */
  readonly attempt: number;
  /** Of the caller, for a new cluster that names none. */
  readonly timezone: string;
  /** Whether nobody else can be changing the cluster. */
  readonly holdsLock: boolean;
  /** Whether the images were fetched already. */
  readonly isFetched: boolean;
}

/**
 * Looks at what is there, settles what is wanted, and plans what leads from the one to the other.
 * @throws RmsxError `bad-spec`, `conflict`, `unsafe`, `image-missing` or `failed`; nothing is changed
 */
export async function lookForUp(request: UpRequest, looking: LookingForUp, ports: Ports): Promise<SceneForUp> {
  const { run, attempt, timezone, holdsLock, isFetched } = looking;
  const [observed, template] = await Promise.all([observeForUp(request, looking, ports), readTemplate('redis.conf')]);
  const existing = newestRecord([...observed.confs.values()].map((conf) => conf.record));
  const settled = settleCluster(request, existing, observed.engine, {
    timezone,
    attempt,
    routes: observed.routes ?? [],
  });
  const known = settlePassword(request.password, existing, observed);
  refuseGuessable(settled.cluster, known.newPassword ?? known.password);
  // Which nodes know the new one by now, is told apart by their epoch.
  const isRotation = known.newPassword !== undefined && settled === existing;
  const record = isRotation ? { ...settled, epoch: settled.epoch + 1 } : settled;
  refuseOlderServer(record.cluster, observed.engine, observed.confs);
  await refuseScarceMemory(record.cluster, ports.engine);
  const scene = { before: existing, record, ...observed, revive: true };
  await refuseMoving({ ...scene, password: known.password }, ports);
  const isRelocation = relocationOf(scene) !== null;
  // Containers that are all made anew have the new password from the start.
  const passwords = isRelocation ? { password: known.newPassword ?? known.password } : known;
  const wanted = request.pull ?? 'missing';
  const policy = wanted === 'always' && isFetched ? 'missing' : wanted;
  const pull = await imagesToPull(policy, record.cluster, nodesToMake(scene), ports.engine);
  const marks = { isolated: request.isolated, held: request.held };
  const facts = { ...scene, ...passwords, pull, ...marks, holdsLock, run, template };
  const plan = planUp({ ...facts, nowMs: Date.now() });
  const warnings = [
    ...(attempt === 0 ? exposureWarnings(settled.cluster) : []),
    ...(attempt === 0 ? routeWarnings(settled.cluster, observed.routes ?? []) : []),
    ...(attempt === 0 ? keptBesideCompose(settled.cluster, observed.engine) : []),
    ...(isRelocation ? [`${request.name} is down while it moves: nothing can be read or written`] : []),
  ];
  const notes = attempt === 0 && observed.routes === null ? [unseenRoutes(settled.cluster)] : [];
  const relocated = isRelocation ? (existing ?? undefined) : undefined;
  return { record, nodes: record.cluster.nodes, ...observed, ...passwords, relocated, plan, warnings, notes };
}
