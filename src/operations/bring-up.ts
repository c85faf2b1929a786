import { assessCluster } from '../domain/assess.ts';
import type { NodeSpec } from '../domain/cluster.ts';
import { counted } from '../domain/names.ts';
import type { NodeConf, ObservedContainer, ObservedEngine } from '../domain/observed.ts';
import type { Plan, PlannedStep, Step } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { awaitUsable } from './await-usable.ts';
import { ConfWriter } from './conf-writer.ts';
import { Connections, infosOf } from './connections.ts';
import { throwIfEnded } from './evidence.ts';
import type { Resync } from './follow.ts';
import { endpointOf } from './observe.ts';
import { Reach } from './reach.ts';
import { runPlan, telling } from './run-plan.ts';
import { takeBack } from './take-back.ts';
import type { UpOptions, UpResult, UpScene } from './up-run.ts';
import { upStepRunner } from './up-steps.ts';

/** One run of `up`: carries out the plan, waits, and takes back what it made where that fails. */
export class BringUp {
  readonly #record: ClusterRecord;
  readonly #plan: Plan;
  readonly #options: UpOptions;
  readonly #ports: Ports;
  #connections: Connections;
  readonly #run: string;
  readonly #before: ReadonlyMap<string, string>;
  readonly #confs: ReadonlyMap<string, NodeConf>;
  readonly #nodes: readonly NodeSpec[];
  readonly #newPassword: string | undefined;
  readonly #reach: Reach;
  readonly #engine: ObservedEngine;
  readonly #password: string;
  readonly #relocated: ClusterRecord | undefined;
  readonly #stopping = new Set<string>();
  readonly #changed: string[] = [];
  readonly #over = new AbortController();
  readonly #remarks: string[] = [];
  readonly #resyncs = new Map<string, Resync>();

  constructor(scene: UpScene) {
    const { record, nodes, engine, confs, password, newPassword, plan, options, ports, run } = scene;
    const containers = engine.containers.filter((container) => container.cluster === record.cluster.name);
    this.#record = record;
    this.#nodes = nodes;
    this.#confs = confs;
    this.#plan = plan;
    this.#options = options;
    this.#ports = ports;
    this.#run = run;
    this.#before = new Map(containers.map((container) => [container.node ?? '', container.id]));
    this.#newPassword = newPassword;
    this.#engine = engine;
    this.#password = password;
    this.#relocated = scene.relocated;
    this.#reach = new Reach(ports.engine, { record, containers, confs, password });
    this.#connections = this.#connect((node) => this.#reach.password(node));
  }

  #connect(passwordOf: (node: string) => string): Connections {
    return new Connections(this.#ports.redis, passwordOf, (node) => this.#reach.endpoint(node));
  }

  async run(): Promise<UpResult> {
    try {
      const { name } = this.#record.cluster;
      const tidying = await this.#apply();
      const [infos, containers] = await Promise.all([
        this.#options.wait ? this.#awaitUsable() : this.#look(),
        this.#ports.engine.listContainers(name),
        tidying(),
      ]);
      const status = this.#status(infos, containers);
      const resync = Object.fromEntries(this.#resyncs);
      return { plan: this.#plan, changed: this.#plan.length > 0, status, remarks: this.#remarks, resync };
    } catch (error) {
      this.#over.abort(); // nobody waits any more for what is about to be removed
      throw await this.#takeBack(error);
    } finally {
      this.#connections.close();
    }
  }

  /** @returns what is left to do beside the wait: nobody waits for it */
  async #apply(): Promise<() => Promise<void>> {
    const { progress, signal } = this.#ports;
    const { name } = this.#record.cluster;
    const run = telling(
      progress,
      upStepRunner({
        ports: this.#ports,
        cluster: this.#record.cluster,
        observed: this.#engine,
        writer: new ConfWriter(this.#ports),
        ids: new Map(this.#before),
        plan: this.#plan,
        connections: this.#connections,
        resyncs: this.#resyncs,
        changed: this.#changed,
        stopping: this.#stopping,
        onMade: (container) => this.#reach.made(container),
        warn: (message) => this.#remarks.push(message),
      }),
    );
    const isTidying = ({ step }: PlannedStep): boolean => step.op === 'remove-carriers';
    if (this.#plan.length > 0) {
      const [begun, done] = this.#headline();
      progress.begin(`${begun} ${name}: ${counted(this.#nodes.length, 'node')}`);
      await runPlan(
        this.#plan.filter((step) => !isTidying(step)),
        run,
        signal,
      );
      progress.succeed(`${done} ${name}: ${counted(this.#nodes.length, 'node')}`);
    }
    this.#useNewPassword();
    return () =>
      runPlan(
        this.#plan.filter(isTidying).map((step) => ({ ...step, after: [] })),
        run,
        signal,
      );
  }

  #useNewPassword(): void {
    const password = this.#newPassword;
    if (password === undefined) return;
    this.#connections.close();
    this.#connections = this.#connect(() => password);
  }

  #headline(): readonly [string, string] {
    if (this.#relocated) return ['moving', 'moved'];
    const starts = this.#plan.some(({ step }) => step.op === 'start' || step.op === 'unpause');
    return starts ? ['starting', 'started'] : ['changing', 'changed'];
  }

  async #awaitUsable(): Promise<ReadonlyMap<string, ServerInfo>> {
    const { progress } = this.#ports;
    const signal = AbortSignal.any([this.#ports.signal, this.#over.signal]);
    progress.begin('waiting until replication is usable');
    const infos = await awaitUsable(
      {
        cluster: this.#record.cluster,
        linked: this.#nodes.map(({ name }) => name),
        lonely: [],
        connections: this.#connections,
      },
      { ...this.#ports, signal },
    );
    progress.succeed(`replication is usable: ${counted(this.#nodes.length - 1, 'replica')} acknowledged a marker`);
    return infos;
  }

  /** Nobody waits for servers, but one that has ended at once is no success. */
  async #look(): Promise<ReadonlyMap<string, ServerInfo>> {
    const { name } = this.#record.cluster;
    await Promise.all(this.#nodes.map((node) => throwIfEnded(this.#ports.engine, name, node.name, this.#connections)));
    return infosOf(await this.#connections.probeAll(this.#nodes.map((node) => node.name)));
  }

  #status(infos: ReadonlyMap<string, ServerInfo>, containers: readonly ObservedContainer[]): ClusterStatus {
    const endpoint = (node: string): ReturnType<typeof endpointOf> =>
      endpointOf(this.#ports.engine, { containers, record: this.#record }, node);
    const written = new Set(this.#plan.flatMap(({ step }) => writtenBy(step)));
    const confs = new Map([...this.#confs].filter(([node]) => !written.has(node)));
    return assessCluster({ record: this.#record, containers, confs, infos, endpoint });
  }

  #takeBack(error: unknown): Promise<unknown> {
    const before = this.#relocated;
    const common = { ports: this.#ports, confs: this.#confs, run: this.#run };
    return takeBack(error, {
      ...common,
      cluster: this.#record.cluster.name,
      image: this.#record.cluster.image,
      plan: this.#plan,
      retain: this.#options.retain,
      changed: this.#changed,
      ids: this.#before,
      connections: this.#connections,
      goingBack: before && {
        ...common,
        before,
        was: this.#engine,
        password: this.#password,
        stopping: this.#stopping,
      },
    });
  }
}

/** @returns the nodes whose conf is another one after a step */
function writtenBy(step: Step): readonly string[] {
  if (step.op === 'write-volumes') return step.carrier.volumes.map(({ node }) => node);
  return step.op === 'write-conf' || step.op === 'replace' ? [step.node] : [];
}
