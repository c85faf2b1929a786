import { type Address, type ClusterSpec, findNode, sameCluster } from '../domain/cluster.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { newRun } from '../files/process-owner.ts';
import { readTemplate } from '../files/templates.ts';
import { refuseComposeChange } from '../plan/compose-change.ts';
import { refuseConflicts } from '../plan/conflicts.ts';
import { planRemoval } from '../plan/down.ts';
import { refuseOlderServer } from '../plan/older-server.ts';
import { refuseUnsound } from '../plan/settle.ts';
import { refuseSilentNodes } from '../plan/silent-nodes.ts';
import { planUp } from '../plan/up.ts';
import { awaitGone, goneAfter } from './await-gone.ts';
import { BringUp } from './bring-up.ts';
import { connectionsTo, infosOf } from './connections.ts';
import { removeStep } from './down.ts';
import { imagesToPull } from './images.ts';
import { lookUnlocked, withLock } from './lock.ts';
import { refuseScarceMemory } from './memory.ts';
import { imageHere, type KnownCluster, observeCluster, runningNodes } from './observe.ts';
import { observeEngine } from './observe-engine.ts';
import { runPlan, telling } from './run-plan.ts';
import { status } from './status.ts';
import type { UpResult } from './up-run.ts';

/** How the topology of a running cluster is changed. */
export interface ChangeOptions {
  /** The data of a node that is removed goes too. */
  readonly volumes: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
}

/** What a change did. */
export interface ChangeResult extends Omit<UpResult, 'password'> {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Names of the volumes that nodes which are removed leave behind. */
  readonly keptVolumes: readonly string[];
}

/**
 * Changes who is in a cluster and who follows whom, while it runs. Nodes that stay are not restarted, and come to a new
 * source by what they have missed where that is possible.
 * @param decide - the cluster as it is to be, from how it is and the nodes that have a container and are no part of it any
 * more; throws where that cannot be
 * @throws RmsxError `not-found`, `unsafe`, `conflict`, or `failed` with everything as it was
 */
export async function changeTopology(
  name: string,
  decide: (cluster: ClusterSpec, strays: readonly string[]) => ClusterSpec,
  options: ChangeOptions,
  ports: Ports,
): Promise<ChangeResult> {
  const plans = async (holdsLock = false): Promise<PlannedChange> =>
    planChange(await observeCluster(ports, name), { run, holdsLock, decide, options }, ports);
  const run = newRun();
  const first = options.dryRun ? await plans() : await lookUnlocked(name, run, ports, () => plans());
  if (options.dryRun || first.whole.plan.length === 0) {
    return { ...(await unchanged(name, options.dryRun, ports)), ...first.whole };
  }
  // What was seen without the lock may be old by now.
  return withLock({ cluster: name, image: imageHere(first.known), run }, ports, async () =>
    carryOut(await plans(true), run, ports),
  );
}

interface PlannedChange {
  readonly known: KnownCluster;
  readonly change: Change;
  readonly plan: Plan;
  readonly removal: Plan;
  readonly whole: Pick<ChangeResult, 'plan' | 'added' | 'removed' | 'keptVolumes'>;
}

interface WantedChange {
  readonly run: string;
  readonly holdsLock: boolean;
  readonly decide: (cluster: ClusterSpec, strays: readonly string[]) => ClusterSpec;
  readonly options: ChangeOptions;
}

async function planChange(
  known: KnownCluster,
  { run, holdsLock, decide, options }: WantedChange,
  ports: Ports,
): Promise<PlannedChange> {
  const cluster = decide(known.record.cluster, straysOf(known));
  const change = await settleChange(known, cluster, ports);
  const template = await readTemplate('redis.conf');
  const { engine, record, added, removed, sources } = change;
  const pull = await imagesToPull('missing', cluster, added, ports.engine);
  const { confs, password } = known;
  const facts = { before: known.record, record, engine, confs, password, pull, sources, revive: false, run, template };
  const plan = planUp({ ...facts, holdsLock, nowMs: Date.now() });
  const removal = removed.flatMap((node) => planRemoval(known.name, node, engine, options));
  const keptVolumes = options.volumes ? [] : volumesOf(removed, engine, known.name);
  return { known, change, plan, removal, whole: { plan: [...plan, ...removal], added, removed, keptVolumes } };
}

const volumesOf = (nodes: readonly string[], { volumes }: ObservedEngine, cluster: string): readonly string[] =>
  volumes
    .filter((volume) => volume.cluster === cluster && nodes.includes(volume.node ?? ''))
    .map(({ name }) => name)
    .sort();

async function carryOut(planned: PlannedChange, run: string, ports: Ports): Promise<ChangeResult> {
  const { known, change, plan, removal, whole } = planned;
  const { record, engine, ready, removed } = change;
  const { timezone } = record.cluster;
  const nodes = record.cluster.nodes.filter((node) => ready.includes(node.name));
  const options = { wait: true, retain: false, dryRun: false, timezone };
  const scene = { record, nodes, engine, confs: known.confs, password: known.password, plan, options, ports, run };
  const { password: _, ...result } = await new BringUp(scene).run();
  if (removal.length === 0) return { ...result, ...whole };
  await remove(removal, removed, engine, ports);
  return { ...result, ...whole, changed: true, status: await status(known.name, ports) };
}

interface Change {
  readonly engine: ObservedEngine;
  readonly record: ClusterRecord;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Whom the replicas that answer follow now. */
  readonly sources: ReadonlyMap<string, Address>;
  /** The nodes that must be ready afterwards: those that get data now, and those that get a new source. */
  readonly ready: readonly string[];
}

/** A change that was cut off leaves the container of a node that is in no record any more. */
function straysOf({ containers, record }: KnownCluster): readonly string[] {
  const nodes = containers.map(({ node }) => node ?? '');
  return nodes.filter((name) => !record.cluster.nodes.some((node) => node.name === name));
}

/** Refuses what cannot be, before anything is touched. */
async function settleChange(known: KnownCluster, cluster: ClusterSpec, ports: Ports): Promise<Change> {
  const { record } = known;
  const names = (spec: ClusterSpec): readonly string[] => spec.nodes.map((node) => node.name);
  const added = names(cluster).filter((node) => !names(record.cluster).includes(node));
  const removed = [...names(record.cluster), ...straysOf(known)].filter((node) => !names(cluster).includes(node));
  refuseUnsound(cluster);
  const engine = await observeEngine(ports.engine);
  refuseComposeChange(record.cluster, cluster, removed, engine);
  refuseConflicts({ ...cluster, nodes: cluster.nodes.filter((node) => added.includes(node.name)) }, engine);
  refuseOlderServer(cluster, engine, known.confs);
  await refuseScarceMemory(cluster, ports.engine);
  const infos = await answers(known, ports);
  const answering = [...infos.keys()];
  refuseSilentNodes({ before: record.cluster, after: cluster, containers: known.containers, infos });
  const isSame = sameCluster(cluster, record.cluster);
  const isMoved = (name: string): boolean => findNode(cluster, name)?.source !== findNode(record.cluster, name)?.source;
  // Whoever has no link, and keeps its source, has none afterwards either: that is not what this change waits for.
  const linked = answering.filter((name) => infos.get(name)?.link !== 'down' || isMoved(name));
  return {
    engine,
    record: isSame ? record : { schemaVersion: 1, epoch: record.epoch + 1, cluster },
    added,
    removed,
    sources: new Map([...infos].flatMap(([name, { source }]) => (source ? [[name, source] as const] : []))),
    ready: [...linked, ...added],
  };
}

/** @returns what the nodes say that have their data */
async function answers(known: KnownCluster, ports: Ports): Promise<ReadonlyMap<string, ServerInfo>> {
  const connections = connectionsTo(known, ports);
  try {
    const infos = infosOf(await connections.probeAll(runningNodes(known)));
    return new Map([...infos].filter(([, info]) => !info.loading));
  } finally {
    connections.close();
  }
}

async function remove(removal: Plan, nodes: readonly string[], engine: ObservedEngine, ports: Ports): Promise<void> {
  ports.progress.begin(`removing ${nodes.join(', ')}`);
  await runPlan(removal, telling(ports.progress, removeStep(ports.engine, engine)), ports.signal);
  await awaitGone(goneAfter(removal), ports);
  ports.progress.succeed(`removed ${nodes.join(', ')}`);
}

async function unchanged(name: string, dryRun: boolean, ports: Ports): Promise<Omit<UpResult, 'password'>> {
  return { plan: [], changed: false, status: dryRun ? null : await status(name, ports), remarks: [], resync: {} };
}
