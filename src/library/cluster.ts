import type { Role } from '../domain/cluster.ts';
import { canonicalNodeName } from '../domain/names.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterStatus } from '../domain/status.ts';
import type { Verification } from '../domain/verification/verification.ts';
import { type DownResult, down } from '../operations/down.ts';
import { env, redisUrl, variablesOf } from '../operations/env.ts';
import { type ExportLogsOptions, type ExportLogsResult, exportLogs } from '../operations/export-logs.ts';
import { fault } from '../operations/fault.ts';
import { heal } from '../operations/heal.ts';
import { type Hold, letGo } from '../operations/hold.ts';
import type { LifecycleResult } from '../operations/lifecycle.ts';
import { type PromoteResult, promote } from '../operations/promote.ts';
import { promoteVia } from '../operations/promote-via.ts';
import { type RejoinOptions, type RejoinResult, rejoin } from '../operations/rejoin.ts';
import { type RepairResult, repair } from '../operations/repair.ts';
import { start } from '../operations/start.ts';
import { status } from '../operations/status.ts';
import { stop } from '../operations/stop.ts';
import { type SwitchoverResult, switchover } from '../operations/switchover.ts';
import type { FaultResult } from '../operations/targets.ts';
import { type VerifyOptions, verify } from '../operations/verify.ts';
import type { FaultKind } from '../plan/fault.ts';
import { type CallOptions, type EngineOptions, withPorts } from './call.ts';
import { checkNode, checkNodes } from './check.ts';

/** A node, as it was seen last. */
export interface ClusterNode {
  /** It never changes: `master`, `slave-1`, … */
  readonly name: string;
  /** It does: after `promote('slave-1')` the node slave-1 is the master. */
  readonly role: Role;
  /** Where it is reached from here; an address, never `localhost`. */
  readonly host: string;
  readonly port: number;
  /** With the password. */
  readonly url: string;
}

/** How a replica is made the master. */
export interface PromoteCall extends CallOptions {
  /** Also where that is refused as unsafe. @default false */
  readonly force?: boolean;
  /** The best node takes over first, and hands over to the one that is named. @default false */
  readonly via?: boolean;
}

/** What a fault hits: a node, `master` (whoever that is now), `replicas`, `all`, or several of these. */
export type Target = string | readonly string[];

/**
 * A cluster that is up. `nodes`, `master` and `replicas` are as the last operation that looked at them has seen them: `up`,
 * `status`, `promote`, `switchover`, `rejoin` and `repair` do. Every operation throws RmsxError, whose `code` is stable.
 */
export class Cluster implements AsyncDisposable {
  /** The name of the cluster, under which the command line finds it as well. */
  readonly name: string;
  readonly #hold: Hold | null;
  readonly #engine: EngineOptions;
  readonly #password: string;
  #nodes: readonly ClusterNode[];
  #isDown = false;

  /** @internal Made by `up` and `attach`. */
  constructor(name: string, hold: Hold | null, engine: EngineOptions, seen: ClusterStatus, password: string) {
    this.name = name;
    this.#hold = hold;
    this.#engine = engine;
    this.#password = password;
    this.#nodes = this.#nodesIn(seen);
  }

  /** All nodes, in the order of their names. */
  get nodes(): readonly ClusterNode[] {
    return this.#nodes;
  }

  /** The node that is the master; the one that should be, where none is. */
  get master(): ClusterNode {
    const master = this.#nodes.find(({ role }) => role === 'master');
    if (!master) throw new RangeError('a cluster without a master');
    return master;
  }

  /** The nodes that are replicas. */
  get replicas(): readonly ClusterNode[] {
    return this.#nodes.filter(({ role }) => role === 'replica');
  }

  /** What is, against what should be, and why. */
  async status(options: CallOptions = {}): Promise<ClusterStatus> {
    return this.#see(await this.#call(options, (ports) => status(this.name, ports)));
  }

  /** Proves that writes reach every node, that replicas take none, and that the data is the same everywhere. */
  verify(options: VerifyOptions & CallOptions = {}): Promise<Verification> {
    return this.#call(options, (ports) => verify(this.name, options, ports));
  }

  /**
   * The master is gone: makes a replica the master, and lets the others follow it.
   * @param node - null for the best one
   * @throws RmsxError `unsafe` with nothing changed where the master is alive, or writes would be lost
   */
  async promote(node: string | null = null, options: PromoteCall = {}): Promise<PromoteResult> {
    const target = node === null ? null : canonicalNodeName(checkNode(node));
    const how = { force: options.force ?? false, dryRun: false };
    const result = await this.#call(options, (ports) =>
      options.via && target !== null
        ? promoteVia(this.name, target, how, ports)
        : promote(this.name, target, how, ports),
    );
    this.#see(result.status);
    return result;
  }

  /** The master is alive: it hands over without losing a write, or everything stays as it was. */
  async switchover(node: string, options: CallOptions = {}): Promise<SwitchoverResult> {
    const result = await this.#call(options, (ports) =>
      switchover(this.name, canonicalNodeName(checkNode(node)), {}, ports),
    );
    this.#see(result.status);
    return result;
  }

  /**
   * Brings a former master back as a replica.
   * @throws RmsxError `unsafe` where it has writes that nobody else has, without `saveLost` or `discard`
   */
  async rejoin(node: string, options: Omit<RejoinOptions, 'dryRun'> & CallOptions = {}): Promise<RejoinResult> {
    const { saveLost, discard = false } = options;
    const result = await this.#call(options, (ports) =>
      rejoin(this.name, canonicalNodeName(checkNode(node)), { saveLost, discard }, ports),
    );
    this.#see(result.status);
    return result;
  }

  /**
   * Finishes a change that was cut off, or brings the nodes back to what the record says; a node that would lose writes stays
   * as it is, and is named in `left`.
   */
  async repair(options: CallOptions = {}): Promise<RepairResult> {
    const result = await this.#call(options, (ports) => repair(this.name, {}, ports));
    this.#see(result.status);
    return result;
  }

  /** Ends servers as a crash does; nothing starts them again by itself. */
  kill(target: Target, options: CallOptions = {}): Promise<FaultResult> {
    return this.#break('kill', target, options);
  }

  /** Holds the processes of nodes: they hang. */
  pause(target: Target, options: CallOptions = {}): Promise<FaultResult> {
    return this.#break('pause', target, options);
  }

  /** Takes nodes off their network, where they go on running. */
  partition(target: Target, options: CallOptions = {}): Promise<FaultResult> {
    return this.#break('partition', target, options);
  }

  /** Brings nodes back, whatever was done to them, and waits until replication is usable among those that can be reached. */
  heal(target: Target = [], options: CallOptions = {}): Promise<FaultResult> {
    return this.#call(options, (ports) => heal(this.name, checkNodes(target), { waitsForOthers: true }, ports));
  }

  /** Starts nodes that are stopped, all of them where none is named, and waits until replication is usable. */
  start(nodes: string | readonly string[] = [], options: CallOptions = {}): Promise<LifecycleResult> {
    return this.#call(options, (ports) => start(this.name, checkNodes(nodes), {}, ports));
  }

  /** Stops nodes in peace, all of them where none is named; data and roles stay. */
  stop(nodes: string | readonly string[] = [], options: CallOptions = {}): Promise<LifecycleResult> {
    return this.#call(options, (ports) => stop(this.name, checkNodes(nodes), {}, ports));
  }

  /** The variables of `rmsx env`, password included: REDIS_URL, REDIS_REPLICA_URLS, RMSX_NAME, … */
  env(options: CallOptions = {}): Promise<Readonly<Record<string, string>>> {
    return this.#call(options, async (ports) => variablesOf(await env(this.name, ports)));
  }

  /**
   * Writes the log of each node into `NODE.log` in a directory, without passwords.
   * @throws RmsxError `conflict` where a file is there that is no earlier export
   */
  exportLogs(options: ExportLogsOptions & CallOptions): Promise<ExportLogsResult> {
    return this.#call(options, (ports) => exportLogs(this.name, options, ports));
  }

  /**
   * Removes the cluster; without `volumes` its data stays, and `up` brings it back with it.
   * @param options - `volumes`: the data as well
   */
  async down(options: CallOptions & { readonly volumes?: boolean } = {}): Promise<DownResult> {
    const { volumes = false } = options;
    const result = await this.#call(options, (ports) => down([this.name], { volumes, dryRun: false }, ports));
    this.#isDown = true;
    return result;
  }

  /** Takes away what `up` has made of it: nothing where it was up before, and no data that was there before. */
  async [Symbol.asyncDispose](): Promise<void> {
    const hold = this.#hold;
    if (hold === null || this.#isDown) return;
    await this.#call({}, (ports) => letGo(hold, ports));
    this.#isDown = true;
  }

  #call<T>(options: CallOptions, work: (ports: Ports) => Promise<T>): Promise<T> {
    return withPorts(this.#engine, options, work);
  }

  #break(kind: FaultKind, target: Target, options: CallOptions): Promise<FaultResult> {
    return this.#call(options, (ports) => fault(this.name, kind, checkNodes(target), {}, ports));
  }

  #see(seen: ClusterStatus): ClusterStatus {
    this.#nodes = this.#nodesIn(seen);
    return seen;
  }

  #nodesIn({ cluster, nodes }: ClusterStatus): readonly ClusterNode[] {
    const master = cluster.master ?? nodes.find(({ plannedRole }) => plannedRole === 'master')?.name;
    return nodes.map(({ name, host, hostPort: port }) => ({
      name,
      role: name === master ? 'master' : 'replica',
      host,
      port,
      url: redisUrl(host, port, this.#password),
    }));
  }
}
