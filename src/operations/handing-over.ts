import { type ClusterSpec, findNode, type NodeSpec } from '../domain/cluster.ts';
import { messageOf, RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { Ports } from '../domain/ports.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { type Resync, resyncsOf } from '../plan/resync.ts';
import type { SwitchoverPlan } from '../plan/switchover.ts';
import { settingInConf } from '../render/conf-values.ts';
import { awaitReplication } from './await-replication.ts';
import { awaitBack } from './come-back.ts';
import { type Connections, infosOf } from './connections.ts';
import { follow } from './follow.ts';
import { followNewMaster } from './follow-new-master.ts';
import { handOver } from './hand-over.ts';
import type { Lock } from './lock.ts';
import { isLockLost, refuseLostLock } from './lock-errors.ts';
import { type KnownCluster, observeCluster } from './observe.ts';
import { writeRoles } from './roles.ts';
import { setBackMasterauth } from './set-back-masterauth.ts';
import { lookAt } from './status.ts';
import type { SwitchoverResult } from './switchover.ts';

/** Everything that a switchover starts from. */
export interface SwitchoverScene {
  readonly cluster: KnownCluster;
  readonly plan: SwitchoverPlan;
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly connections: Connections;
  readonly lock: Lock | null;
  readonly ports: Ports;
  readonly startedMs: number;
}

/** One switchover under way. */
export class HandingOver {
  readonly #scene: SwitchoverScene;
  readonly #kinds = new Map<string, Resync>();
  readonly #moved: string[] = [];

  constructor(scene: SwitchoverScene) {
    this.#scene = scene;
  }

  async run(): Promise<SwitchoverResult> {
    const { plan, cluster, connections, lock, ports } = this.#scene;
    const { target, formerMaster, record } = plan;
    const { progress } = ports;
    let before: ReadonlyMap<string, ServerInfo>;
    let stallMs: number;
    progress.begin(`handing over from ${formerMaster} to ${target}`);
    try {
      await setBackMasterauth(plan.survivors, connections, (message) => progress.warn(message));
      await this.#gather();
      before = infosOf(await connections.probeAll([target, ...plan.survivors]));
      const containers = await ports.engine.listContainers(cluster.name);
      refuseLostLock(lock, cluster.name, containers, rmsxCommand(cluster.name, `switchover ${target}`));
      await writeRoles(ports.engine, cluster, record, names(record.cluster));
      ports.signal.throwIfAborted();
      stallMs = await handOver({
        cluster: cluster.name,
        formerMaster,
        version: before.get(formerMaster)?.version ?? '',
        target,
        address: this.#nodeOf(target).address,
        inConf: (directive) => settingInConf(record.cluster, formerMaster, directive),
        connections,
        warn: (message) => progress.warn(message),
      });
    } catch (error) {
      throw error instanceof RmsxError && error.code === 'incomplete' ? error : await this.#putBack(error);
    }
    progress.succeed(`${target} is the master; ${formerMaster} is its replica`);
    return this.#finish(before, Math.round(stallMs));
  }

  /** The other replicas of the master go below the target while that is a replica itself: they miss nothing of it then. */
  async #gather(): Promise<void> {
    const { plan, connections, ports } = this.#scene;
    const { target, formerMaster, lifted, siblings, between, survivors } = plan;
    if (lifted) await this.#move(target, formerMaster);
    await Promise.all(siblings.map((node) => this.#move(node, target)));
    const nodes = between.nodes.filter(({ name }) => name === target || survivors.includes(name));
    await awaitReplication({ cluster: between, nodes, connections, signal: ports.signal });
  }

  async #move(node: string, source: string): Promise<void> {
    const { connections, ports } = this.#scene;
    this.#moved.push(node);
    const move = { node, source, address: this.#nodeOf(source).address };
    this.#kinds.set(node, await follow(move, connections, ports.signal));
  }

  /** Everything after the hand-over is reported, and nothing of it is taken back. */
  async #finish(before: ReadonlyMap<string, ServerInfo>, stallMs: number): Promise<SwitchoverResult> {
    const { plan, connections, ports, startedMs, cluster } = this.#scene;
    const { target, formerMaster, record, survivors } = plan;
    const warn = (message: string): void => ports.progress.warn(message);
    const problems = await followNewMaster({ record, target, survivors, before, connections, warn }, ports.signal);
    const incomplete = [...new Set(problems.map(({ node }) => node))];
    if (problems.length > 0) ports.progress.fail(problems.map(({ text }) => text).join('; '));
    else ports.progress.succeed(`following ${target}, marker acknowledged: ${survivors.join(', ')}`);
    const now = await observeCluster(ports, cluster.name);
    const [after, status] = await Promise.all([
      connections.probe(target),
      lookAt({ ...now, record }, connections, ports),
    ]);
    const kinds = resyncsOf({ target, survivors }, before, 'info' in after ? after.info : undefined, incomplete);
    const resync = Object.entries(kinds).map(([node, kind]) => [
      node,
      this.#kinds.get(node) === 'full' ? 'full' : kind,
    ]);
    return {
      plan,
      changed: true,
      status,
      promoted: target,
      formerMaster,
      durationMs: Math.round(performance.now() - startedMs),
      stallMs,
      lostBytes: 0, // the master had stopped writing, and its heir had all of it, before it took over
      resync: Object.fromEntries(resync) as SwitchoverResult['resync'],
      incomplete,
    };
  }

  /** Nobody has taken over: everything becomes what it was. @returns the error to throw */
  async #putBack(error: unknown): Promise<unknown> {
    const { cluster, plan, ports } = this.#scene;
    const { progress, engine } = ports;
    if (isLockLost(error)) {
      progress.fail('given up');
      return error; // the roles may be those of another rmsx by now
    }
    progress.fail('given up, putting everything back');
    const before = cluster.record.cluster;
    try {
      await writeRoles(engine, cluster, cluster.record, names(before));
      const siblings = this.#moved.filter((node) => node !== plan.target);
      await Promise.all(siblings.map((node) => this.#goBack(node)));
      if (this.#moved.includes(plan.target)) await this.#goBack(plan.target);
      if (this.#moved.length > 0) await awaitBack(cluster.name, (signal) => this.#awaitAsBefore(signal), progress);
    } catch (failure) {
      const again = rmsxCommand(cluster.name, 'status');
      progress.warn(`not everything could be put back: ${messageOf(failure)} To see what is: ${again}`);
    }
    return error;
  }

  async #goBack(node: string): Promise<void> {
    const source = this.#scene.infos.get(node)?.source;
    if (source) await (await this.#scene.connections.to(node)).follow(source);
  }

  #awaitAsBefore(signal: AbortSignal): Promise<unknown> {
    const { plan, cluster, connections } = this.#scene;
    const { cluster: spec } = cluster.record;
    const isThere = (name: string): boolean => name === plan.target || plan.survivors.includes(name);
    const nodes = spec.nodes.filter(({ name }) => isThere(name));
    return awaitReplication({ cluster: spec, nodes, connections, signal });
  }

  #nodeOf(node: string): NodeSpec {
    const spec = findNode(this.#scene.plan.record.cluster, node);
    if (!spec) throw new RangeError(`unknown node ${node}`);
    return spec;
  }
}

const names = (cluster: ClusterSpec): readonly string[] => cluster.nodes.map(({ name }) => name);
