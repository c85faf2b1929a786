import { type ClusterSpec, formatAddress, masterOf, type NodeSpec, sameAddress, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { type LostWrites, lostInStream } from '../domain/lost-writes/lost-writes.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { type Standing, standingTo } from '../domain/rank.ts';
import { writeLost } from '../files/write-lost.ts';
import { refuseToLose } from '../plan/refuse-to-lose.ts';
import type { Resync } from '../plan/resync.ts';
import { settingInConf } from '../render/conf-values.ts';
import { hasUnknownDatabase, lostWritesAsText, lostWritesToPipe } from '../render/lost-writes-file.ts';
import { awaitUsable } from './await-usable.ts';
import { type LastPart, lastPartOf, noPart } from './last-role.ts';
import { beginWork, startNamed } from './lifecycle-steps.ts';
import { isDataKept } from './lost-writes/kept-data.ts';
import { lostWrites } from './lost-writes/lost-writes.ts';
import { makeAnew } from './make-anew.ts';
import { type Refusing, refuseWrites } from './refuse-writes.ts';
import type { RejoinOptions, RejoinResult, RejoinScene } from './rejoin.ts';
import { writeRoles } from './roles.ts';
import { waitUntil } from './wait-until.ts';
import { type Woken, wake } from './wake.ts';

const pauseMs = 20;

/** One node on its way back. */
export class Rejoining {
  readonly #scene: RejoinScene;
  readonly #options: RejoinOptions;
  readonly #ports: Ports;

  constructor(scene: RejoinScene, options: RejoinOptions, ports: Ports) {
    this.#scene = scene;
    this.#options = options;
    this.#ports = ports;
  }

  async run(): Promise<Pick<RejoinResult, 'lost' | 'saved' | 'resync'>> {
    const { cluster, plan } = this.#scene;
    const name = plan.node.name;
    const { progress } = this.#ports;
    const last = await this.#lastPart();
    if (this.#options.dryRun) {
      return { lost: await this.#count(last, await this.#standing(last, false), false), saved: null, resync: null };
    }
    progress.begin(`looking for writes that only ${name} has`);
    const woken = plan.way === 'wake' ? await wake(cluster, plan, this.#scene.connections, this.#ports.engine) : null;
    const part: LastPart = woken?.isMaster ? { ...noPart, role: 'master' } : last;
    let fenced: Refusing | null = null;
    let lost: LostWrites;
    let saved: string | null;
    try {
      if (woken?.isMaster) await this.#awaitAnswer();
      if (plan.way === 'fence' || woken?.isMaster) fenced = await this.#refuseWrites();
      const standing = await this.#standing(part, woken !== null);
      lost = await this.#count(part, standing, woken !== null);
      if ('unknown' in lost && this.#holdsNothing()) this.#tellGone();
      else if (part.role === 'replica' && 'unknown' in lost && standing !== 'ahead') this.#tellUnknown(lost.unknown);
      else {
        const canBeSeen = !woken?.isMaster || cluster.record.cluster.persistence === 'aof';
        refuseToLose(lost, { cluster: cluster.name, node: name, canBeSeen, ...this.#options });
      }
      saved = await this.#save(lost);
      await writeRoles(this.#ports.engine, cluster, cluster.record, [name]);
    } catch (error) {
      progress.fail('given up');
      if (woken) await woken.holdAgain();
      else await this.#lift(fenced);
      throw error;
    }
    progress.begin(`bringing ${name} back`);
    const resync = await this.#comeBack(fenced, woken);
    progress.succeed(`${name} follows ${plan.source.name}`);
    return { lost, saved, resync };
  }

  async #refuseWrites(): Promise<Refusing> {
    const { cluster, connections, plan } = this.#scene;
    const { name } = plan.node;
    const connection = await connections.to(name);
    return refuseWrites(connection, (directive) => settingInConf(cluster.record.cluster, name, directive));
  }

  /** What the node was last; it is asked before anything is told to it. */
  async #lastPart(): Promise<LastPart> {
    const { cluster, plan } = this.#scene;
    if (plan.way === 'fence') return { ...noPart, role: 'master' };
    if (plan.way === 'make') return noPart;
    return lastPartOf(containerOf(cluster, plan.node.name)?.id ?? '', this.#ports.engine);
  }

  /**
   * A replica has none of its own, but where it received more than the one that was promoted meanwhile; of a node that did
   * not tell what it was, nobody can say.
   */
  async #count({ role }: LastPart, standing: Standing | 'unseen', isWoken: boolean): Promise<LostWrites> {
    const isMade = this.#scene.plan.way === 'make'; // its log is gone, and its data tells by itself
    if (role === null && !isMade) return { unknown: 'its log does not tell whether it was the master' };
    if (standing === 'behind' || (isMade && !(await this.#mayHaveOwn()))) return lostInStream([]);
    if (standing === 'foreign')
      return { unknown: 'its history is neither that of the new master nor that of anybody else' };
    const { cluster, connections, plan } = this.#scene;
    const { engine, signal } = this.#ports;
    const { name } = plan.node;
    const { record } = cluster;
    const awake = (each: ObservedContainer): ObservedContainer =>
      isWoken && each.node === name ? { ...each, state: 'running' } : each;
    const containers = cluster.containers.map(awake);
    const scene = { record, containers, formerMaster: name, isPredecessor: false, connections, engine, signal };
    return lostWrites(scene);
  }

  /**
   * Of a replica that cannot be asked, its file tells; and where nobody was promoted, there is nobody to be ahead of. A master
   * that was restarted since it took over does not know any more where the one before it ended: that says nothing.
   */
  async #standing({ role, source }: LastPart, isWoken: boolean): Promise<Standing | 'unseen'> {
    if (role !== 'replica') return 'unseen';
    const { cluster, connections, infos, plan } = this.#scene;
    const { record } = cluster;
    const { name } = plan.node;
    const master = infos.get(masterOf(record.cluster).name);
    if (!master || (record.epoch < 2 && master.secondOffset < 1)) return 'behind';
    // Who was in sync with it is not ahead of it. Once it has forgotten, being in sync with the node between them must do.
    const above = [masterOf(record.cluster), ...(master.secondOffset < 1 ? [plan.source] : [])];
    const wasInSync = above.some(({ address }) => formatAddress(address) === source);
    const probe = isWoken ? await connections.probe(name) : undefined;
    const own = probe && 'info' in probe ? probe.info : infos.get(name);
    const others = [...infos].flatMap(([node, info]) => (node === name ? [] : [info]));
    if (own) {
      const standing = standingTo(own, master, others);
      return standing === 'foreign' && wasInSync ? 'behind' : standing;
    }
    const container = containerOf(cluster, name);
    if (!container || (container.state === 'stopped' && record.cluster.persistence === 'none')) return 'behind';
    return wasInSync ? 'behind' : 'unseen';
  }

  /** Of a node without a container; where nobody was promoted, it was a replica, and there is nobody to be ahead of. */
  async #mayHaveOwn(): Promise<boolean> {
    const { cluster, plan } = this.#scene;
    return cluster.record.epoch > 1 && isDataKept({ ...cluster, node: plan.node.name }, this.#ports.engine);
  }

  /** To refuse would keep nothing: what it had went when it ended. */
  #holdsNothing(): boolean {
    const { cluster, plan } = this.#scene;
    return plan.way === 'start' && cluster.record.cluster.persistence === 'none';
  }

  #tellGone(): void {
    const { name } = this.#scene.plan.node;
    this.#ports.progress.warn(`${name} had its data in memory only: what nobody else had of it went when it ended`);
  }

  /** What a replica received beyond the new master was told as lost when that one was promoted without it. */
  #tellUnknown(why: string): void {
    const { name } = this.#scene.plan.node;
    this.#ports.progress.warn(`whether ${name} had received more than the new master cannot be known: ${why}`);
  }

  async #save(lost: LostWrites): Promise<string | null> {
    const { saveLost } = this.#options;
    if (saveLost === undefined || 'unknown' in lost || lost.writes.length === 0) return null;
    const { cluster, plan } = this.#scene;
    await writeLost(saveLost, {
      pipe: lostWritesToPipe(lost.writes),
      text: lostWritesAsText(lost, { cluster: cluster.name, node: plan.node.name }),
    });
    if (hasUnknownDatabase(lost.writes)) {
      this.#ports.progress.warn(
        `the database of the first saved writes is not known: look before they are written again`,
      );
    }
    return saveLost;
  }

  async #comeBack(fenced: Refusing | null, woken: Woken | null): Promise<Resync> {
    const { cluster, connections, plan } = this.#scene;
    const { node, source } = plan;
    const before = await connections.probe(source.name);
    if (woken && !woken.isMaster) {
      connections.drop(node.name);
      await woken.connect();
    } else if (plan.way === 'make') {
      await makeAnew(cluster, node, this.#ports);
    } else if (plan.way === 'start') {
      const work = beginWork(cluster, this.#ports);
      work.connections.close();
      await startNamed(node.name, containerOf(cluster, node.name)?.id ?? '', work);
    } else {
      const connection = await connections.to(node.name);
      await connection.follow(source.address);
      await this.#lift(fenced);
      await connection.cutClients();
    }
    await this.#awaitRole();
    const linked = pathTo(cluster.record.cluster, node);
    await awaitUsable({ cluster: cluster.record.cluster, linked, lonely: [], connections }, this.#ports);
    const after = await connections.probe(source.name);
    const syncs = (probe: typeof before): number => ('info' in probe ? probe.info.fullSyncs : 0);
    return syncs(after) === syncs(before) ? 'partial' : 'full';
  }

  /** It was put on its network a moment ago. */
  async #awaitAnswer(): Promise<void> {
    const { connections, plan } = this.#scene;
    await waitUntil(async () => ('info' in (await connections.probe(plan.node.name)) ? true : undefined), {
      pauseMs,
      signal: this.#ports.signal,
    });
  }

  /** Until it follows, whoever waits for its role would take it for one that somebody changed. */
  async #awaitRole(): Promise<void> {
    const { connections, plan } = this.#scene;
    await waitUntil(
      async () => {
        const probe = await connections.probe(plan.node.name);
        if (!('info' in probe)) return plan.way === 'start' || plan.way === 'make' ? true : undefined;
        return probe.info.source && sameAddress(probe.info.source, plan.source.address) ? true : undefined;
      },
      { pauseMs, signal: this.#ports.signal },
    );
  }

  async #lift(fenced: Refusing | null): Promise<void> {
    try {
      await fenced?.lift();
    } catch (error) {
      if (!(error instanceof RmsxError)) throw error;
      this.#ports.progress.warn(`min-replicas-to-write could not be set back. ${error.message}`);
    }
  }
}

/** @returns the names of a node and of everybody above it */
function pathTo(cluster: ClusterSpec, node: NodeSpec): readonly string[] {
  const above = sourceOf(cluster, node);
  return [node.name, ...(above ? pathTo(cluster, above) : [])];
}
