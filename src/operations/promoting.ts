import { findNode } from '../domain/cluster.ts';
import { messageOf, RmsxError } from '../domain/errors.ts';
import { promotion, rmsxCommand } from '../domain/hints.ts';
import { describeVerdict } from '../domain/master-verdict.ts';
import { containerOf } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { mayHoldMore, type PromoteFacts, type PromotePlan, planPromote, replacedIn } from '../plan/promote.ts';
import { resyncsOf } from '../plan/resync.ts';
import { notSeen, notSettled, settleTimeoutMs, unsettled } from '../plan/settled.ts';
import { type Connections, infosOf } from './connections.ts';
import { Fencing } from './fencing.ts';
import { followNewMaster } from './follow-new-master.ts';
import type { Lock } from './lock.ts';
import { isLockLost, refuseLostLock } from './lock-errors.ts';
import { lostInPromotion } from './lost-writes/after-promotion.ts';
import { type KnownCluster, observeCluster } from './observe.ts';
import type { PromoteOptions, PromoteResult } from './promote.ts';
import { writeRoles } from './roles.ts';
import { lookAt } from './status.ts';
import { waitUntil } from './wait-until.ts';

/** Offsets are looked at this often until they stay equal. */
const settlePauseMs = 200;

/** Everything that a promotion starts from. */
export interface PromotionScene {
  readonly cluster: KnownCluster;
  readonly plan: PromotePlan;
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly inside: PromoteFacts['inside'];
  readonly connections: Connections;
  readonly options: PromoteOptions;
  /** Null where the engine could make none: docs/decisions/026. */
  readonly lock: Lock | null;
  readonly ports: Ports;
  readonly startedMs: number;
}

/** One promotion under way. */
export class Promoting {
  readonly #cluster: KnownCluster;
  readonly #plan: PromotePlan;
  readonly #options: PromoteOptions;
  readonly #lock: Lock | null;
  readonly #connections: Connections;
  readonly #ports: Ports;
  readonly #startedMs: number;
  readonly #fencing: Fencing;
  readonly #inside: PromotionScene['inside'];
  #infos: ReadonlyMap<string, ServerInfo>;

  constructor({ cluster, plan, infos, inside, connections, options, lock, ports, startedMs }: PromotionScene) {
    this.#fencing = new Fencing(ports.engine);
    this.#inside = inside;
    this.#lock = lock;
    this.#cluster = cluster;
    this.#plan = plan;
    this.#infos = infos;
    this.#options = options;
    this.#connections = connections;
    this.#ports = ports;
    this.#startedMs = startedMs;
  }

  async run(): Promise<PromoteResult> {
    const { progress } = this.#ports;
    const { target, formerMaster, verdict, strangers, unseen } = this.#plan;
    const others = this.#nodes().filter((node) => node !== formerMaster);
    if (formerMaster && verdict) progress.note(describeVerdict(formerMaster, verdict));
    for (const node of strangers) progress.warn(replacedIn(node, target));
    for (const node of unseen) progress.warn(mayHoldMore(node, target));
    progress.begin(`promoting ${target}`);
    try {
      await this.#fence();
      await this.#settle();
      await writeRoles(this.#ports.engine, this.#cluster, this.#plan.record, others);
      await this.#makeMaster();
    } catch (error) {
      throw error instanceof RmsxError && error.code === 'incomplete' ? error : await this.#giveUp(error);
    }
    progress.succeed(`${target} is the master${formerMaster ? `; ${formerMaster} ${this.#wayBack()}` : ''}`);
    return this.#finish();
  }

  /** A former master that comes back by itself must not come back as a master: docs/decisions/005. */
  async #fence(): Promise<void> {
    const { fence, formerMaster, record } = this.#plan;
    if (fence) await this.#fencing.raise(fence);
    if (formerMaster) await writeRoles(this.#ports.engine, this.#cluster, record, [formerMaster]);
  }

  /**
   * A replica may still apply what it has received. Its offset is final once its link is down and a second look, after
   * everything it had in its socket, shows the same.
   */
  async #settle(): Promise<void> {
    const { fence, formerMaster, survivors, target } = this.#plan;
    const nodes = [target, ...survivors, ...(formerMaster && !survivors.includes(formerMaster) ? [formerMaster] : [])];
    // Nothing comes any more from a node that was taken off the network; its replicas take a while to see that.
    const isOff = fence?.how === 'cut-off';
    const gone = formerMaster && !isOff ? findNode(this.#cluster.record.cluster, formerMaster)?.address : undefined;
    const endMs = performance.now() + settleTimeoutMs;
    let before = this.#infos;
    this.#infos = await waitUntil(
      async () => {
        const now = infosOf(await this.#connections.probeAll(await this.#running(nodes)));
        const moving = unsettled([target, ...survivors], before, now, gone);
        if (moving.length > 0 && performance.now() > endMs) throw notSettled(moving, formerMaster, this.#cluster.name);
        before = now;
        return moving.length === 0 ? now : undefined;
      },
      { pauseMs: settlePauseMs, signal: this.#ports.signal },
    );
    planPromote({
      ...this.#cluster,
      infos: this.#infos,
      inside: this.#inside,
      target,
      force: this.#options.force,
    });
  }

  /**
   * The former master may have come back since it was seen dead. And somebody may have removed the lock: whoever took it
   * since then must not find a second master.
   */
  async #running(nodes: readonly string[]): Promise<readonly string[]> {
    const containers = await this.#ports.engine.listContainers(this.#cluster.name);
    refuseLostLock(this.#lock, this.#cluster.name, containers, this.#again());
    return nodes.filter((node) => containerOf({ containers }, node)?.state === 'running');
  }

  async #makeMaster(): Promise<void> {
    this.#ports.signal.throwIfAborted();
    const { target } = this.#plan;
    const connection = await this.#connections.to(target);
    try {
      await connection.becomeMaster();
    } catch (error) {
      // The answer may have been lost, and not the command: only a target that says so is still a replica.
      const probe = await this.#connections.probe(target);
      if ('info' in probe && probe.info.role === 'replica') throw error;
      if (!('info' in probe)) throw notSeen(target, this.#cluster.name, this.#options.force);
    }
  }

  /** Everything after the promotion is reported, and nothing of it is taken back. */
  async #finish(): Promise<PromoteResult> {
    const { target, formerMaster, survivors, silent, record } = this.#plan;
    const { progress } = this.#ports;
    const problems = await followNewMaster(
      {
        record,
        target,
        survivors,
        before: this.#infos,
        connections: this.#connections,
        warn: (message) => progress.warn(message),
      },
      this.#ports.signal,
    );
    const incomplete = [...new Set([...problems.map(({ node }) => node), ...silent])];
    if (problems.length > 0) progress.fail(problems.map(({ text }) => text).join('; '));
    else if (survivors.length > 0)
      progress.succeed(`following ${target}, marker acknowledged: ${survivors.join(', ')}`);
    for (const node of silent) progress.warn(`${node} does not answer: whether it follows ${target} cannot be seen`);
    const now = await observeCluster(this.#ports, this.#cluster.name);
    // Side by side: where the time is up, one look at a node that hangs is what may come on top of it.
    const [after, status] = await Promise.all([
      this.#connections.probe(target),
      lookAt({ ...now, record }, this.#connections, this.#ports),
    ]);
    return {
      plan: this.#plan,
      infos: this.#infos,
      changed: true,
      status,
      promoted: target,
      formerMaster,
      durationMs: Math.round(performance.now() - this.#startedMs),
      ...(await lostInPromotion(this.#plan, now.containers, this.#connections, this.#ports)),
      resync: resyncsOf(this.#plan, this.#infos, 'info' in after ? after.info : undefined, incomplete),
      incomplete,
    };
  }

  /** What becomes of the former master. */
  #wayBack(): string {
    if (this.#plan.fence?.how !== 'cut-off') return 'would come back as its replica';
    return `is held, and off the network: ${rmsxCommand(this.#cluster.name, `rejoin ${this.#plan.formerMaster}`)} brings it back`;
  }

  /** The command that was typed. */
  #again(): string {
    return promotion(this.#cluster.name, this.#plan.target, this.#options.force);
  }

  #nodes(): readonly string[] {
    return this.#cluster.record.cluster.nodes.map(({ name }) => name);
  }

  /** Before the promotion itself everything can be put back as it was. @returns the error to throw */
  async #giveUp(error: unknown): Promise<unknown> {
    const { progress, engine } = this.#ports;
    if (isLockLost(error)) {
      progress.fail('given up');
      return error; // the roles may be those of another rmsx by now
    }
    progress.fail('given up, putting the roles back');
    try {
      await writeRoles(engine, this.#cluster, this.#cluster.record, this.#nodes());
      await this.#fencing.lower();
    } catch (failure) {
      progress.warn(`the roles could not be put back: ${messageOf(failure)} To finish the promotion: ${this.#again()}`);
    }
    return error;
  }
}
