import { type ClusterSpec, findNode, masterOf, type NodeSpec, topDown } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { containerOf, type NodeConf, type ObservedContainer, type ObservedEngine } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { containerSpec } from './container-spec.ts';
import { refuseEmptyMaster } from './empty-master.ts';
import { isAwake } from './linked.ts';
import { ownNetworks, planNetwork } from './network.ts';
import { headStart } from './up.ts';
import type { ConfOf } from './write-volumes.ts';
import { writeVolumes } from './write-volumes.ts';

/** What the way back to a cluster follows from. */
export interface WayBackFacts {
  /** The newest record before the change. */
  readonly before: ClusterRecord;
  /** What every node had in its conf. */
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** For nodes whose conf could not be read. */
  readonly password: string;
  /** What was on the engine before the change. */
  readonly was: ObservedEngine;
  /** What is there, after everything that the change made has been removed. */
  readonly now: ObservedEngine;
  /** Containers whose stop was asked for, and of which nobody knows whether it is over: id -> seconds left of its grace. */
  readonly stopping: ReadonlyMap<string, number>;
  /** Marks what is made on the way. */
  readonly run: string;
  readonly template: string;
}

/**
 * Makes a cluster that was taken down for other addresses what it was: its network, and every container that it had, on
 * the same volumes and with the conf that it had. Who ran, runs again; a master that would come back with an old snapshot
 * stays stopped (docs/decisions/017).
 *
 * What is made carries the mark of the run that failed, not that of the first one: a container that was never started
 * would else tell `rmsx gc` that the run which made the volumes did not come to its end.
 */
export function planWayBack(facts: WayBackFacts): Plan {
  const { before, was, now, run } = facts;
  const { cluster } = before;
  const had = was.containers.filter(({ cluster: of, node }) => of === cluster.name && findNode(cluster, node ?? ''));
  const gone = had.filter(({ id }) => !now.containers.some((container) => container.id === id));
  const confs = gone.map(({ node }) => confBefore(node ?? '', facts));
  const { isolated, held } = ownNetworks(cluster.name, was)[0] ?? { isolated: false, held: false };
  const because = 'it was like that';
  const volumes = writeVolumes(confs, { cluster, run, template: facts.template, because }, []);
  // As on the way there: a network, or a container, must not be found with a conf that does not fit it.
  const written = volumes.filter(({ step }) => step.op === 'write-volumes').map(({ id }) => id);
  const network =
    gone.length > 0 ? planNetwork({ record: before, engine: now, run, isolated, held }, { pulled: written }) : [];
  const ready = [...written, ...network.map(({ id }) => id)];
  const nodes = topDown(cluster).flatMap((node) => {
    const container = containerOf({ containers: had }, node.name);
    return container ? planNode(node, container, facts, { gone: gone.includes(container), ready, because }) : [];
  });
  const isStarted = (name: string): boolean => nodes.some(({ id }) => id === `start ${name}`);
  return withHeadStarts(cluster, [...volumes, ...network, ...nodes], isStarted);
}

/** What a node had; what all others know, where that could not be read. */
function confBefore(name: string, { before, confs, password }: WayBackFacts): ConfOf {
  const conf = confs.get(name);
  const record = conf?.record && findNode(conf.record.cluster, name) ? conf.record : before;
  const node = findNode(record.cluster, name);
  if (!node) throw new RangeError(`no record has a node ${name}`);
  return { record, node, password: conf?.password ?? password };
}

interface Means {
  readonly gone: boolean;
  readonly ready: readonly string[];
  readonly because: string;
}

function planNode(
  { name }: NodeSpec,
  container: ObservedContainer,
  facts: WayBackFacts,
  { gone, ready, because }: Means,
): readonly PlannedStep[] {
  const { before, now, run, stopping } = facts;
  const steps: PlannedStep[] = [];
  const add = (verb: string, step: PlannedStep['step'], after: readonly string[]): void => {
    steps.push({ id: `${verb} ${name}`, step, because, after });
  };
  const last = (): readonly string[] => steps.slice(-1).map(({ id }) => id);
  if (gone) {
    const { record, node } = confBefore(name, facts);
    const spec = containerSpec(record.cluster, node, run);
    add('create', { op: 'create-container', node: name, container: spec }, ready);
    if (isAwake(container)) add('start', { op: 'start', node: name }, last());
    return steps;
  }
  const current = now.containers.find(({ id }) => id === container.id);
  const graceSeconds = isAwake(current) ? stopping.get(container.id) : undefined;
  if (!isAwake(container) || (isAwake(current) && graceSeconds === undefined)) return [];
  if (name === masterOf(before.cluster).name && wouldForget(before.cluster, now)) return [];
  if (graceSeconds !== undefined) add('stop', { op: 'stop', node: name, id: container.id, graceSeconds }, []);
  add('start', { op: 'start', node: name }, last());
  return steps;
}

function wouldForget(cluster: ClusterSpec, engine: ObservedEngine): boolean {
  try {
    refuseEmptyMaster(cluster, engine);
    return false;
  } catch (error) {
    if (error instanceof RmsxError && error.code === 'unsafe') return true;
    throw error;
  }
}

/** Sources start before those that follow them, as in `up`. */
function withHeadStarts(cluster: ClusterSpec, plan: Plan, isStarted: (name: string) => boolean): Plan {
  return plan.flatMap((planned): Plan => {
    const node = cluster.nodes.find(({ name }) => planned.id === `start ${name}`);
    if (!node) return [planned];
    const { source } = node;
    const after = source !== null && isStarted(source) ? [...planned.after, `head-start ${source}`] : planned.after;
    const isAwaited = cluster.nodes.some((other) => other.source === node.name && isStarted(other.name));
    return [{ ...planned, after }, ...(isAwaited ? [headStart(node, after)] : [])];
  });
}
