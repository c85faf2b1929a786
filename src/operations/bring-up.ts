import { assessCluster } from '../domain/assess.ts';
import type { Address } from '../domain/cluster.ts';
import { counted } from '../domain/names.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import type { Step } from '../domain/plan.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { ClusterStatus } from '../domain/status.ts';
import type { Resync } from '../plan/resync.ts';
import { awaitUsable } from './await-usable.ts';
import { type AtHand, ConfWriter } from './conf-writer.ts';
import { Connections, infosOf } from './connections.ts';
import { throwIfEnded } from './evidence.ts';
import { waysOutOf } from './holders.ts';
import { endpointOf } from './observe.ts';
import { Reach } from './reach.ts';
import { runPlan, telling } from './run-plan.ts';
import { Stopping } from './stopping.ts';
import { takeBack } from './take-back.ts';
import type { UpResult, UpScene } from './up-run.ts';
import { tidyingApart, upStepRunner } from './up-steps.ts';

/** One run of `up`: carries out the plan, waits, and takes back what it made where that fails. */
export class BringUp {
  readonly #scene: UpScene;
  /** Ids of the containers that were there, by node. */
  readonly #before: ReadonlyMap<string, string>;
  readonly #reach: Reach;
  readonly #stopping: Stopping;
  readonly #changed: string[] = [];
  readonly #over = new AbortController();
  readonly #remarks: string[] = [];
  readonly #resyncs = new Map<string, Resync>();
  readonly #atHand: AtHand | null;
  #connections: Connections;

  /** @param atHand - a container from which an image can be read, where there is one */
  constructor(scene: UpScene, atHand: AtHand | null = null) {
    const { record, engine, confs, password, ports } = scene;
    const containers = engine.containers.filter((container) => container.cluster === record.cluster.name);
    this.#scene = scene;
    this.#atHand = atHand;
    this.#before = new Map(containers.map((container) => [container.node ?? '', container.id]));
    this.#stopping = new Stopping(ports.engine);
    this.#reach = new Reach(ports.engine, { record, containers, confs, password });
    this.#connections = this.#connect((node) => this.#reach.password(node));
  }

  #connect(passwordOf: (node: string) => string): Connections {
    return new Connections(this.#scene.ports.redis, passwordOf, (node) => this.#reach.endpoint(node));
  }

  async run(): Promise<UpResult> {
    const { record, plan, options, ports } = this.#scene;
    try {
      const tidying = await this.#apply();
      const [infos, containers] = await Promise.all([
        options.wait ? this.#awaitUsable() : this.#look(),
        ports.engine.listContainers(record.cluster.name),
        tidying(),
      ]);
      const status = this.#status(infos, containers);
      const resync = Object.fromEntries(this.#resyncs);
      const password = this.#scene.newPassword ?? this.#scene.password;
      return { plan, changed: plan.length > 0, status, password, remarks: this.#remarks, resync };
    } catch (error) {
      this.#over.abort(); // nobody waits any more for what is about to be removed
      throw await this.#takeBack(error);
    } finally {
      this.#connections.close();
    }
  }

  /** @returns what is left to do beside the wait: nobody waits for it */
  async #apply(): Promise<() => Promise<void>> {
    const { record, nodes, engine, plan, ports } = this.#scene;
    const { progress, signal } = ports;
    const { cluster } = record;
    const writer = new ConfWriter(ports, this.#atHand);
    writer.lookAhead(plan);
    const run = telling(
      progress,
      upStepRunner({
        ports,
        cluster,
        observed: engine,
        writer,
        ids: new Map(this.#before),
        plan,
        connections: this.#connections,
        resyncs: this.#resyncs,
        changed: this.#changed,
        stopping: this.#stopping,
        onMade: (container) => this.#reach.made(container),
        warn: (message) => this.#remarks.push(message),
        waysOut: this.#isKnown() ? waysOutOf(cluster.name) : undefined,
      }),
    );
    const { work, tidying } = tidyingApart(plan);
    if (plan.length > 0) {
      const [begun, done] = this.#headline();
      progress.begin(`${begun} ${cluster.name}: ${counted(nodes.length, 'node')}`);
      await runPlan(work, run, signal);
      progress.succeed(`${done} ${cluster.name}: ${counted(nodes.length, 'node')}`);
    }
    this.#useNewPassword();
    return () => runPlan(tidying, run, signal);
  }

  /** Whether it was there before, or its data: what is chosen freely then keeps what it has. */
  #isKnown(): boolean {
    return [...this.#scene.confs.values()].some(({ record }) => record !== null);
  }

  #useNewPassword(): void {
    const password = this.#scene.newPassword;
    if (password === undefined) return;
    this.#connections.close();
    this.#connections = this.#connect(() => password);
  }

  #headline(): readonly [string, string] {
    const { plan, relocated } = this.#scene;
    if (relocated) return ['moving', 'moved'];
    const starts = plan.some(({ step }) => step.op === 'start' || step.op === 'unpause');
    return starts ? ['starting', 'started'] : ['changing', 'changed'];
  }

  async #awaitUsable(): Promise<ReadonlyMap<string, ServerInfo>> {
    const { record, nodes, ports } = this.#scene;
    const { progress } = ports;
    const linked = nodes.map(({ name }) => name);
    progress.begin('waiting until replication is usable');
    const infos = await awaitUsable(
      { cluster: record.cluster, linked, lonely: [], connections: this.#connections },
      { ...ports, signal: AbortSignal.any([ports.signal, this.#over.signal]) },
    );
    progress.succeed(`replication is usable: ${counted(nodes.length - 1, 'replica')} acknowledged a marker`);
    return infos;
  }

  /** Nobody waits for servers, but one that has ended at once is no success. */
  async #look(): Promise<ReadonlyMap<string, ServerInfo>> {
    const { record, nodes, ports } = this.#scene;
    const names = nodes.map(({ name }) => name);
    await Promise.all(names.map((node) => throwIfEnded(ports.engine, record.cluster.name, node, this.#connections)));
    return infosOf(await this.#connections.probeAll(names));
  }

  #status(infos: ReadonlyMap<string, ServerInfo>, containers: readonly ObservedContainer[]): ClusterStatus {
    const { record, plan, ports } = this.#scene;
    const endpoint = (node: string): Address => endpointOf(ports.engine, { containers, record }, node);
    const written = new Set(plan.flatMap(({ step }) => writtenBy(step)));
    const confs = new Map([...this.#scene.confs].filter(([node]) => !written.has(node)));
    return assessCluster({ record, containers, confs, infos, endpoint });
  }

  #takeBack(error: unknown): Promise<unknown> {
    const { record, plan, options, engine, password, relocated, ports, confs, run } = this.#scene;
    const common = { ports, confs, run };
    return takeBack(error, {
      ...common,
      cluster: record.cluster.name,
      image: record.cluster.image,
      plan,
      retain: options.retain,
      changed: this.#changed,
      ids: this.#before,
      connections: this.#connections,
      goingBack: relocated && { ...common, before: relocated, was: engine, password, stopping: this.#stopping },
    });
  }
}

/** @returns the nodes whose conf is another one after a step */
function writtenBy(step: Step): readonly string[] {
  if (step.op === 'write-volumes') return step.carrier.volumes.map(({ node }) => node);
  return step.op === 'write-conf' || step.op === 'replace' ? [step.node] : [];
}
