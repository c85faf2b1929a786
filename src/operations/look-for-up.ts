import type { UpRequest } from '../config/up-request.ts';
import type { Ports } from '../domain/ports.ts';
import { newestRecord } from '../domain/record.ts';
import { readTemplate } from '../files/templates.ts';
import { refuseOlderServer } from '../plan/older-server.ts';
import { routeWarnings } from '../plan/routes.ts';
import { settleCluster } from '../plan/settle.ts';
import { settlePassword } from '../plan/settle-password.ts';
import { planUp } from '../plan/up.ts';
import type { UpScene } from './bring-up.ts';
import { imagesToPull } from './images.ts';
import { refuseScarceMemory } from './memory.ts';
import { observeForUp } from './observe-for-up.ts';

/** What `up` starts from, and what it is to warn of before it begins. */
export interface SceneForUp extends Omit<UpScene, 'options' | 'ports' | 'run'> {
  readonly warnings: readonly string[];
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
  const settled = settleCluster(request, existing, observed.engine, { timezone, attempt, routes: observed.routes });
  const passwords = settlePassword(request.password, existing, observed);
  // Which nodes know the new one by now, is told apart by their epoch.
  const isRotation = passwords.newPassword !== undefined && settled === existing;
  const record = isRotation ? { ...settled, epoch: settled.epoch + 1 } : settled;
  refuseOlderServer(record.cluster, observed.engine, observed.confs);
  await refuseScarceMemory(record.cluster, ports.engine);
  const wanted = request.pull ?? 'missing';
  const policy = wanted === 'always' && isFetched ? 'missing' : wanted;
  const pull = await imagesToPull(policy, record.cluster, observed.engine, ports.engine);
  const facts = {
    before: existing,
    record,
    ...observed,
    ...passwords,
    pull,
    revive: true,
    isolated: request.isolated,
    holdsLock,
    run,
    template,
  };
  const plan = planUp({ ...facts, nowMs: Date.now() });
  const warnings = attempt === 0 ? routeWarnings(settled.cluster, observed.routes) : [];
  return { record, nodes: record.cluster.nodes, ...observed, ...passwords, plan, warnings };
}
