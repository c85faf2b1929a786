import { randomBytes } from 'node:crypto';
import { generatePassword } from '../config/password.ts';
import { checkUpRequest, type UpRequest } from '../config/up-request.ts';
import { assessCluster } from '../domain/assess.ts';
import { RmsxError } from '../domain/errors.ts';
import type { NodeConf, ObservedEngine } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import { type ClusterRecord, newestRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { readTemplate } from '../files/templates.ts';
import { settleCluster } from '../plan/settle.ts';
import { planUp } from '../plan/up.ts';
import { awaitReplication } from './await-replication.ts';
import { Connections, infosOf } from './connections.ts';
import { collectLogs, throwIfEnded } from './evidence.ts';
import { Made } from './made.ts';
import { endpointOf } from './observe.ts';
import { observeForUp } from './observe-for-up.ts';
import { runPlan } from './run-plan.ts';
import { upStepRunner } from './up-steps.ts';

/** How `up` works, besides what it makes. */
export interface UpOptions {
  /** Return as soon as the containers run. */
  readonly wait: boolean;
  /** Leave everything as it is after a failure. */
  readonly retain: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** The time zone of the caller, for a new cluster that names none. */
  readonly timezone: string;
}

/** What `up` did. */
export interface UpResult {
  readonly plan: Plan;
  /** Whether anything was made, started or written. */
  readonly changed: boolean;
  /** Null after a dry run. */
  readonly status: ClusterStatus | null;
  /** What could not be done as planned, and does no harm. */
  readonly remarks: readonly string[];
}

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
    (request.basePort === 'auto' && reason === 'port-taken')
  );
}

async function upOnce(request: UpRequest, options: UpOptions, ports: Ports, attempt: number): Promise<UpResult> {
  const run = randomBytes(8).toString('hex');
  const [observed, template] = await Promise.all([observeForUp(request, run, ports), readTemplate('redis.conf')]);
  const existing = newestRecord([...observed.confs.values()].map((conf) => conf.record));
  const record = settleCluster(request, existing, observed.engine, { timezone: options.timezone, attempt });
  const password = passwordOf(request, observed.confs);
  const pullImage = await mustPull(request, record, observed.engine, ports);
  const plan = planUp({ record, ...observed, password, pullImage, run, template });
  if (options.dryRun) return { plan, changed: false, status: null, remarks: [] };
  return new Upping(record, observed, password, plan, options, ports, run).run();
}

function passwordOf(request: UpRequest, confs: ReadonlyMap<string, NodeConf>): string {
  const existing = [...confs.values()][0]?.password;
  if (existing === undefined) return request.password ?? generatePassword();
  if (request.password === undefined || request.password === existing) return existing;
  throw new RmsxError('conflict', `The cluster ${request.name} has another password than the one given.`, {
    hint: `Leave the password out (and unset RMSX_PASSWORD), or begin anew: rmsx down --volumes -n ${request.name}`,
  });
}

async function mustPull(
  request: UpRequest,
  record: ClusterRecord,
  engine: ObservedEngine,
  ports: Ports,
): Promise<boolean> {
  const { image, nodes, name } = record.cluster;
  const own = engine.containers.filter((container) => container.cluster === name);
  if (nodes.every((node) => own.some((container) => container.node === node.name))) return false;
  const policy = request.pull ?? 'missing';
  if (policy === 'always') return true;
  if (await ports.engine.hasImage(image)) return false;
  if (policy === 'missing') return true;
  throw new RmsxError('image-missing', `Image ${image} is not here, and --pull never forbids fetching it.`, {
    hint: `Load it: docker load -i FILE   or name one that is here: --image NAME`,
  });
}

/** One run of `up`: carries out the plan, waits, and takes back what it made where that fails. */
class Upping {
  readonly #record: ClusterRecord;
  readonly #plan: Plan;
  readonly #options: UpOptions;
  readonly #ports: Ports;
  readonly #connections: Connections;
  readonly #made: Made;
  readonly #ids: Map<string, string>;
  readonly #confs: ReadonlyMap<string, NodeConf>;
  readonly #remarks: string[] = [];

  constructor(
    record: ClusterRecord,
    observed: { readonly engine: ObservedEngine; readonly confs: ReadonlyMap<string, NodeConf> },
    password: string,
    plan: Plan,
    options: UpOptions,
    ports: Ports,
    run: string,
  ) {
    const containers = observed.engine.containers.filter((container) => container.cluster === record.cluster.name);
    this.#record = record;
    this.#confs = observed.confs;
    this.#plan = plan;
    this.#options = options;
    this.#ports = ports;
    this.#made = new Made(run);
    this.#ids = new Map(containers.map((container) => [container.node ?? '', container.id]));
    this.#connections = new Connections(ports.redis, password, (node) =>
      endpointOf(ports.engine, { containers, record }, node),
    );
  }

  async run(): Promise<UpResult> {
    try {
      await this.#apply();
      const infos = this.#options.wait ? await this.#awaitUsable() : await this.#look();
      return {
        plan: this.#plan,
        changed: this.#plan.length > 0,
        status: await this.#status(infos),
        remarks: this.#remarks,
      };
    } catch (error) {
      throw await this.#takeBack(error);
    } finally {
      this.#connections.close();
    }
  }

  async #apply(): Promise<void> {
    if (this.#plan.length === 0) return;
    const { name, nodes } = this.#record.cluster;
    this.#ports.progress.begin(`starting ${name}: ${nodes.length} nodes`);
    const runStep = upStepRunner({
      ports: this.#ports,
      connections: this.#connections,
      made: this.#made,
      ids: this.#ids,
      plan: this.#plan,
      failFast: (node) => throwIfEnded(this.#ports.engine, name, node),
      warn: (_node, message) => this.#remarks.push(message),
    });
    await runPlan(this.#plan, runStep, this.#ports.signal);
    this.#ports.progress.succeed(`started ${name}: ${nodes.length} nodes`);
  }

  async #awaitUsable(): Promise<ReadonlyMap<string, ServerInfo>> {
    const { engine, progress, signal } = this.#ports;
    const { cluster } = this.#record;
    let missing: readonly string[] = [];
    let looks = 0;
    progress.begin('waiting until replication is usable');
    try {
      const infos = await awaitReplication({
        cluster,
        nodes: cluster.nodes,
        connections: this.#connections,
        signal,
        onMissing: (now) => {
          missing = now;
          progress.begin(`waiting: ${now[0]}${now.length > 1 ? ` (and ${now.length - 1} more)` : ''}`);
        },
        failFast: async (seen) => {
          looks += 1;
          const silent = cluster.nodes.filter((node) => !seen.has(node.name));
          if (looks % 20 === 0) for (const node of silent) await throwIfEnded(engine, cluster.name, node.name);
        },
      });
      progress.succeed(`replication is usable: ${cluster.nodes.length - 1} replicas acknowledged a marker`);
      return infos;
    } catch (error) {
      if (!(error instanceof RmsxError) || error.code !== 'timeout') throw error;
      const logs = await this.#logsOf(missing);
      throw new RmsxError('timeout', error.message, { problems: missing, logs, cause: error, hint: error.hint ?? '' });
    }
  }

  async #logsOf(missing: readonly string[]): Promise<readonly string[]> {
    const { engine } = this.#ports;
    const nodes = missing.map((sentence) => sentence.split(' ')[0] ?? '');
    return collectLogs(engine, await engine.listContainers(this.#record.cluster.name), nodes);
  }

  async #look(): Promise<ReadonlyMap<string, ServerInfo>> {
    return infosOf(await this.#connections.probeAll(this.#record.cluster.nodes.map((node) => node.name)));
  }

  async #status(infos: ReadonlyMap<string, ServerInfo>): Promise<ClusterStatus> {
    const containers = await this.#ports.engine.listContainers(this.#record.cluster.name);
    const endpoint = (node: string): ReturnType<typeof endpointOf> =>
      endpointOf(this.#ports.engine, { containers, record: this.#record }, node);
    const written = new Set(this.#plan.flatMap(({ step }) => (step.op === 'write-conf' ? [step.node] : [])));
    const confs = new Map([...this.#confs].filter(([node]) => !written.has(node)));
    return assessCluster({ record: this.#record, containers, confs, infos, endpoint });
  }

  /** @returns the error to throw */
  async #takeBack(error: unknown): Promise<unknown> {
    const { engine, progress } = this.#ports;
    progress.fail('failed');
    if (this.#options.retain) {
      progress.note(`everything is left as it is; look at it: rmsx status -n ${this.#record.cluster.name}`);
      return error;
    }
    const isClean = await this.#made.rollBack(engine, progress);
    progress.note(
      isClean ? 'what this run made is removed' : `to remove the rest: rmsx down -n ${this.#record.cluster.name}`,
    );
    return error;
  }
}
