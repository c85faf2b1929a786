import { checkUpRequest, type UpRequest } from '../config/up-request.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import { newestRecord } from '../domain/record.ts';
import { newRun } from '../files/process-owner.ts';
import { readTemplate } from '../files/templates.ts';
import { refuseOlderServer } from '../plan/older-server.ts';
import { routeWarnings } from '../plan/routes.ts';
import { settleCluster } from '../plan/settle.ts';
import { settlePassword } from '../plan/settle-password.ts';
import { planUp } from '../plan/up.ts';
import { BringUp, type UpOptions, type UpResult, type UpScene } from './bring-up.ts';
import { imagesToPull } from './images.ts';
import { withLock } from './lock.ts';
import { refuseScarceMemory } from './memory.ts';
import { observeForUp } from './observe-for-up.ts';

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
  const prepare = (): Promise<Omit<UpScene, 'options' | 'ports' | 'run'>> =>
    prepareUp(request, options, ports, { run, attempt });
  const scene = await prepare();
  if (options.dryRun) return { plan: scene.plan, changed: false, status: null, remarks: [], resync: {} };
  const bringUp = (prepared: typeof scene): Promise<UpResult> =>
    new BringUp({ ...prepared, options, ports, run }).run();
  const own = scene.engine.containers.find(({ cluster, node }) => cluster === request.name && node !== null);
  if (!own || scene.plan.length === 0) return bringUp(scene); // who makes a new cluster is told apart by its network
  return withLock({ cluster: request.name, image: own.image, run }, ports, async () => bringUp(await prepare()));
}

async function prepareUp(
  request: UpRequest,
  options: UpOptions,
  ports: Ports,
  { run, attempt }: { readonly run: string; readonly attempt: number },
): Promise<Omit<UpScene, 'options' | 'ports' | 'run'>> {
  const [observed, template] = await Promise.all([observeForUp(request, run, ports), readTemplate('redis.conf')]);
  const existing = newestRecord([...observed.confs.values()].map((conf) => conf.record));
  const settled = settleCluster(request, existing, observed.engine, {
    timezone: options.timezone,
    attempt,
    routes: observed.routes,
  });
  if (attempt === 0) for (const text of routeWarnings(settled.cluster, observed.routes)) ports.progress.warn(text);
  const passwords = settlePassword(request.password, existing, observed);
  // Which nodes know the new one by now, is told apart by their epoch.
  const isRotation = passwords.newPassword !== undefined && settled === existing;
  const record = isRotation ? { ...settled, epoch: settled.epoch + 1 } : settled;
  refuseOlderServer(record.cluster, observed.engine, observed.confs);
  await refuseScarceMemory(record.cluster, ports.engine);
  const pull = await imagesToPull(request.pull ?? 'missing', record.cluster, observed.engine, ports.engine);
  const facts = {
    before: existing,
    record,
    ...observed,
    ...passwords,
    pull,
    revive: true,
    isolated: request.isolated,
    run,
    template,
  };
  const plan = planUp({ ...facts, nowMs: Date.now() });
  return { record, nodes: record.cluster.nodes, ...observed, ...passwords, plan };
}
