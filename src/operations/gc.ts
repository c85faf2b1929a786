import { joinErrors, RmsxError } from '../domain/errors.ts';
import { type Kept, type Leftover, sameLeftover } from '../domain/leftover.ts';
import { lockName } from '../domain/names.ts';
import { type NodeConf, nodeContainers, type ObservedEngine } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { newestRecord } from '../domain/record.ts';
import { fateOf, newRun, ownerOfRun } from '../files/process-owner.ts';
import { type GcPlan, planGc } from '../plan/gc.ts';
import { type GcFacts, nodesToAsk } from '../plan/gc-scene.ts';
import { awaitGone } from './await-gone.ts';
import { connectionsTo, infosOf } from './connections.ts';
import { imageForLock, withLock } from './lock.ts';
import { isHeldUp } from './lock-errors.ts';
import { clusterNames, observeEngine } from './observe-engine.ts';
import { readConfs } from './read-confs.ts';

/** What `gc` looks at. */
export interface GcOptions {
  /** Only this cluster. @default every one on the engine */
  readonly cluster?: string;
  /** How old the youngest object of a cluster must be. @default an hour */
  readonly olderThanMs?: number;
  /** Only say what would be removed. @default false */
  readonly dryRun?: boolean;
}

/** What `gc` did. */
export interface GcResult {
  readonly changed: boolean;
  /** What was removed, or would be. */
  readonly leftovers: readonly Leftover[];
  /** What only looks like a leftover. */
  readonly kept: readonly Kept[];
}

const hourMs = 3_600_000;

/**
 * Removes what interrupted runs left behind, and nothing else: docs/decisions/022. What is not sure stays.
 * @throws RmsxError where something could not be removed; the rest is gone all the same
 * @example
 * const { leftovers } = await gc({ dryRun: true }, ports);
 */
export async function gc(options: GcOptions, ports: Ports): Promise<GcResult> {
  const [engine, nowMs] = await Promise.all([observeEngine(ports.engine), ports.engine.timeMs()]);
  const times = { nowMs, olderThanMs: options.olderThanMs ?? hourMs };
  const leftovers: Leftover[] = [];
  const kept: Kept[] = [];
  const failures: RmsxError[] = [];
  const names = options.cluster === undefined ? clusterNames(engine) : [options.cluster];
  for (const name of names) {
    ports.signal.throwIfAborted();
    const plan = await lookAt(name, engine, times, false, ports);
    const done = options.dryRun ? { ...plan, failures: [] } : await collect(name, plan, engine, times, ports);
    leftovers.push(...done.leftovers);
    kept.push(...done.kept);
    failures.push(...done.failures);
  }
  if (failures.length > 0) throw joinErrors(failures);
  return { changed: !options.dryRun && leftovers.length > 0, leftovers, kept };
}

type Times = Pick<GcFacts, 'nowMs' | 'olderThanMs'>;

/** Looks at one cluster. Servers are asked only where a cluster may be a leftover. */
async function lookAt(
  cluster: string,
  engine: ObservedEngine,
  times: Times,
  holdsLock: boolean,
  ports: Ports,
): Promise<GcPlan> {
  const containers = nodeContainers(cluster, engine);
  const confs = await readConfs(ports.engine, containers).catch(noneWhereItGoes);
  const record = newestRecord([...confs.values()].map((conf) => conf.record));
  const [password] = [...confs.values()].map((conf) => conf.password);
  const asked = nodesToAsk({ cluster, engine, record });
  const keys = new Map<string, number>();
  if (record && password !== undefined && asked.length > 0) {
    const connections = connectionsTo({ name: cluster, containers, confs, record, password }, ports);
    try {
      const infos = infosOf(await connections.probeAll(asked));
      for (const [node, info] of infos) if (!info.loading) keys.set(node, info.keys);
    } finally {
      connections.close();
    }
  }
  return planGc({ cluster, engine, record, keys, holdsLock, ...times, fateOf: fateOfMaker });
}

const fateOfMaker: GcFacts['fateOf'] = ({ owner, run }) => {
  const maker = owner ?? ownerOfRun(run ?? '');
  return maker === undefined ? 'unknown' : fateOf(maker);
};

/** Somebody may be removing it under our eyes. */
function noneWhereItGoes(error: unknown): ReadonlyMap<string, NodeConf> {
  if (error instanceof RmsxError && error.code === 'failed') return new Map();
  throw error;
}

interface Collected extends GcPlan {
  readonly failures: readonly RmsxError[];
}

/** Removes what is a leftover still at a second look, while nobody else can change the cluster. */
async function collect(
  cluster: string,
  plan: GcPlan,
  seen: ObservedEngine,
  times: Times,
  ports: Ports,
): Promise<Collected> {
  if (plan.leftovers.length === 0) return { ...plan, failures: [] };
  const isLock = ({ name }: Leftover): boolean => name === lockName(cluster);
  const locks = await removeAll(plan.leftovers.filter(isLock), ports);
  const rest = plan.leftovers.filter((leftover) => !isLock(leftover));
  if (rest.length === 0) return { ...locks, kept: [...plan.kept, ...locks.kept] };
  const again = async (holdsLock: boolean): Promise<Collected> => {
    const engine = await observeEngine(ports.engine);
    const now = await lookAt(cluster, engine, times, holdsLock, ports);
    const done = await removeAll(
      now.leftovers.filter((leftover) => rest.some((seen) => sameLeftover(seen, leftover))),
      ports,
    );
    return { ...done, kept: [...now.kept, ...done.kept] };
  };
  const done = await lockedIfPossible(cluster, seen, again, ports);
  return {
    leftovers: [...locks.leftovers, ...done.leftovers],
    kept: [...locks.kept, ...done.kept],
    failures: [...locks.failures, ...done.failures],
  };
}

/** A network that is all that is left names no image of which a lock could be made: the engine does not let it go while it is used. */
async function lockedIfPossible(
  cluster: string,
  seen: ObservedEngine,
  work: (holdsLock: boolean) => Promise<Collected>,
  ports: Ports,
): Promise<Collected> {
  const image = await imageForLock(cluster, seen, ports.engine);
  if (image === undefined) return work(false);
  try {
    return await withLock({ cluster, image, run: newRun() }, ports, () => work(true));
  } catch (error) {
    if (!(error instanceof RmsxError) || !isHeldUp(error)) throw error;
    return { leftovers: [], kept: [{ cluster, because: error.message, hint: error.hint ?? null }], failures: [] };
  }
}

const isInUse = (error: unknown): boolean => error instanceof RmsxError && error.reason === 'in-use';

/** Containers first, as they hold on to networks and volumes. What somebody uses meanwhile stays. */
async function removeAll(leftovers: readonly Leftover[], ports: Ports): Promise<Collected> {
  const { engine } = ports;
  const removed = new Set<Leftover>();
  const kept: Kept[] = [];
  const failures: RmsxError[] = [];
  const removeOne = ({ kind, id, name }: Leftover): Promise<void> => {
    if (kind === 'container') return engine.removeContainer(id);
    return kind === 'network' ? engine.removeNetwork(id) : engine.removeVolume(name);
  };
  const remove = async (leftover: Leftover): Promise<void> => {
    try {
      // What stayed of volumes, as an engine faltered, nobody could tell from data that is kept on purpose afterwards.
      await removeOne(leftover).catch((error: unknown) => {
        if (isInUse(error)) throw error;
        return removeOne(leftover);
      });
      removed.add(leftover);
    } catch (error) {
      if (!(error instanceof RmsxError)) throw error;
      if (isInUse(error)) kept.push({ cluster: leftover.cluster, because: error.message, hint: null });
      else failures.push(error);
    }
  };
  const isContainer = ({ kind }: Leftover): boolean => kind === 'container';
  await Promise.all(leftovers.filter(isContainer).map(remove));
  await Promise.all(leftovers.filter((leftover) => !isContainer(leftover)).map(remove));
  try {
    await awaitGone(new Set([...removed].map(({ id }) => id)), ports);
  } catch (error) {
    if (!(error instanceof RmsxError) || error.code !== 'failed') throw error;
    failures.push(error);
  }
  return { leftovers: leftovers.filter((leftover) => removed.has(leftover)), kept, failures };
}
