import { checkUpRequest, type UpRequest } from '../config/up-request.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import { newestRecord } from '../domain/record.ts';
import { newRun } from '../files/process-owner.ts';
import { readTemplate } from '../files/templates.ts';
import { refuseOlderServer } from '../plan/older-server.ts';
import { relocationOf } from '../plan/relocation.ts';
import { routeWarnings } from '../plan/routes.ts';
import { nodesToMake } from '../plan/scene.ts';
import { settleCluster } from '../plan/settle.ts';
import { settlePassword } from '../plan/settle-password.ts';
import { planUp } from '../plan/up.ts';
import { refuseMoving } from './before-moving.ts';
import { BringUp } from './bring-up.ts';
import { imagesToPull } from './images.ts';
import { withLock } from './lock.ts';
import { refuseScarceMemory } from './memory.ts';
import { observeForUp, type SeenForUp } from './observe-for-up.ts';
import type { UpOptions, UpResult, UpScene } from './up-run.ts';

/** How often `auto` chooses again when somebody else was faster. */
const attempts = 5;

/**
 * Converges to the wanted topology and waits until replication is usable.
 * @throws RmsxError `bad-spec`, `conflict`, `image-missing`, `timeout` or `failed`; what this run made is gone then
 * @example
 * await up({ name: 'demo', replicas: 2, subnet: 'auto', basePort: 'auto' }, options, ports);
 */
export async function up(request: UpRequest, options: UpOptions, ports: Ports): Promise<UpResult> {
  const problems = checkUpRequest(request);
  if (problems.length > 0) throw new RmsxError('bad-spec', 'This cluster cannot be made.', { problems });
  for (let attempt = 0; ; attempt++) {
    try {
      return await upOnce(request, options, ports, attempt);
    } catch (error) {
      if (attempt + 1 >= attempts || !mayChooseAgain(request, error)) throw error;
      ports.progress.note('somebody else took what was free; choosing again');
    }
  }
}

function mayChooseAgain(request: UpRequest, error: unknown): boolean {
  const reason = error instanceof RmsxError ? error.reason : undefined;
  return (
    (request.subnet === 'auto' && reason === 'subnet-overlap') ||
    (request.basePort === 'auto' && (reason === 'port-taken' || reason === 'port-reserved'))
  );
}

async function upOnce(request: UpRequest, options: UpOptions, ports: Ports, attempt: number): Promise<UpResult> {
  const run = newRun();
  const prepare = (): Promise<Prepared> => prepareUp(request, options, ports, { run, attempt });
  const scene = await prepare();
  if (attempt === 0) for (const text of routeWarnings(scene.record.cluster, scene.routes)) ports.progress.warn(text);
  if (options.dryRun) return { plan: scene.plan, changed: false, status: null, remarks: [], resync: {} };
  const bringUp = (prepared: Prepared): Promise<UpResult> => new BringUp({ ...prepared, options, ports, run }).run();
  const own = scene.engine.containers.find(
    // A lock without nodes is that of a run which has taken all of them down for others just now, or was killed then.
    ({ cluster, node, owner }) => cluster === request.name && (node !== null || owner !== null),
  );
  if (!own) return bringUp(scene); // who makes a new cluster is told apart by its network
  const change = (): Promise<UpResult> =>
    withLock({ cluster: request.name, image: own.image, run }, ports, async () => {
      const prepared = await prepare();
      if (prepared.relocated)
        ports.progress.warn(`${request.name} is down while it moves: nothing can be read or written`);
      return bringUp(prepared);
    });
  if (scene.plan.length > 0) return change();
  try {
    return await bringUp(scene);
  } catch (error) {
    // A stop that somebody asked for before, and who may have been killed then, comes to its end only now.
    const hasEnded = error instanceof RmsxError && error.reason === 'ended';
    if (!hasEnded || (await prepare()).plan.length === 0) throw error;
    ports.progress.note('a node has ended meanwhile; looking again');
    return change();
  }
}

type Prepared = Omit<UpScene, 'options' | 'ports' | 'run'> & Pick<SeenForUp, 'routes'>;

async function prepareUp(
  request: UpRequest,
  options: UpOptions,
  ports: Ports,
  { run, attempt }: { readonly run: string; readonly attempt: number },
): Promise<Prepared> {
  const [observed, template] = await Promise.all([observeForUp(request, run, ports), readTemplate('redis.conf')]);
  const existing = newestRecord([...observed.confs.values()].map((conf) => conf.record));
  const settled = settleCluster(request, existing, observed.engine, {
    timezone: options.timezone,
    attempt,
    routes: observed.routes,
  });
  const known = settlePassword(request.password, existing, observed);
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
  const pull = await imagesToPull(request.pull ?? 'missing', record.cluster, nodesToMake(scene), ports.engine);
  const facts = { ...scene, ...passwords, pull, isolated: request.isolated, run, template };
  const plan = planUp({ ...facts, nowMs: Date.now() });
  const relocated = isRelocation ? (existing ?? undefined) : undefined;
  return { record, nodes: record.cluster.nodes, ...observed, ...passwords, relocated, plan };
}
