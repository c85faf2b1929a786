import { type ClusterSpec, imageOf, type NodeSpec, sameSource, sourceOf, topDown } from '../domain/cluster.ts';
import { isCarrier, type ObservedContainer } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { renderRole } from '../render/conf-directory.ts';
import { renderConf } from '../render/conf-files.ts';
import { planChanges } from './changes.ts';
import { containerSpec } from './container-spec.ts';
import { refuseEmptyMaster } from './empty-master.ts';
import { planGround } from './ground.ts';
import { planMoves } from './moves.ts';
import { planReconnection } from './reconnect.ts';
import { planRotation } from './rotation.ts';
import { type Scene, sceneOf } from './scene.ts';
import type { UpFacts } from './up-facts.ts';
import { confStep } from './write-volumes.ts';

const leftoverAfterMs = 120_000;

/**
 * The smallest change from what is there to what is wanted. Sources start before the nodes that follow them: a replica
 * that finds its source closed tries again a second later only.
 * @returns nothing when all is there and runs
 * @throws RmsxError `unsafe` where the master would start without its data, or where there would be no way back
 */
export function planUp(facts: UpFacts): Plan {
  const { cluster } = facts.record;
  refuseEmptyMaster(cluster, facts.engine);
  const own = facts.engine.containers.filter((container) => container.cluster === cluster.name);
  const scene = sceneOf(facts);
  const first: PlannedStep[] = [];
  for (const image of facts.pull) {
    first.push({ id: `pull ${image}`, step: { op: 'pull-image', image }, because: 'it is not here', after: [] });
  }
  const pulled = first.map(({ id }) => id);
  const { steps, ready } = planGround(facts, scene, pulled);
  first.push(...steps);
  const { steps: back, relinks } = planReconnection(cluster, scene, ready);
  first.push(...back);
  first.push(...own.filter((container) => isLeftover(container, facts)).map(removeLeftover));
  const placed = idsOf(back);
  const nodes = topDown(cluster).flatMap((node) => planNode(node, facts, { ready, placed }, scene));
  const moves = planMoves(facts.before, facts.record, scene.movers, nodes, facts.sources);
  const running = [...first, ...nodes, ...relinks, ...moves.map((move) => later(move, placed))];
  const changes = planChanges(facts, scene.changes, idsOf(running));
  return inOrder([...running, ...changes, ...planRotation(facts, idsOf([...running, ...changes]))]);
}

const later = (planned: PlannedStep, ids: readonly string[]): PlannedStep => ({
  ...planned,
  after: [...planned.after, ...ids],
});

/** The carriers go beside the wait for replication: nothing waits for that. */
const idsOf = (plan: Plan): readonly string[] =>
  plan.filter(({ step }) => step.op !== 'remove-carriers').map(({ id }) => id);

/** As it will happen: what waits comes after what it waits for. */
function inOrder(plan: Plan): Plan {
  const ordered: PlannedStep[] = [];
  const done = new Set<string>();
  let waiting = plan;
  while (waiting.length > 0) {
    const later: PlannedStep[] = [];
    for (const step of waiting) {
      const isReady = step.after.every((id) => done.has(id));
      if (isReady) done.add(step.id);
      (isReady ? ordered : later).push(step);
    }
    if (later.length === waiting.length)
      throw new RangeError(`steps wait for each other: ${later.map(({ id }) => id)}`);
    waiting = later;
  }
  return ordered;
}

/** A carrier lives for a second; one that is older belongs to a run that was killed, and under the lock every one does. */
const isLeftover = (container: ObservedContainer, { holdsLock, nowMs }: UpFacts): boolean =>
  isCarrier(container) && (holdsLock === true || nowMs - container.createdAtMs > leftoverAfterMs);

const removeLeftover = ({ id, name }: ObservedContainer): PlannedStep => ({
  id: `leftover ${id}`,
  step: { op: 'remove-container', node: name, id },
  because: 'a run that was killed left it behind',
  after: [],
});

/** Ids of the steps before a container is made, and of those that put others where they belong. */
interface Before {
  readonly ready: readonly string[];
  readonly placed: readonly string[];
}

function planNode(node: NodeSpec, facts: UpFacts, { ready, placed }: Before, scene: Scene): readonly PlannedStep[] {
  const { name, source } = node;
  const { toMake, toStart, movers } = scene;
  const container = scene.containers.get(name);
  if (!container && !toMake.has(name)) return [];
  const leaves = scene.relocation?.leaving.some((leaving) => leaving.node === name) ?? false;
  const because = (otherwise: string): string => (leaves && scene.relocation ? scene.relocation.because : otherwise);
  const onVolume = !container && facts.record.cluster.persistence !== 'none';
  const steps: PlannedStep[] = [];
  const add = (verb: string, step: PlannedStep['step'], because: string, after: readonly string[]): void => {
    steps.push({ id: `${verb} ${name}`, step, because, after });
  };
  const last = (): readonly string[] => steps.slice(-1).map(({ id }) => id);
  if (!container) {
    const step = {
      op: 'create-container',
      node: name,
      container: containerSpec(facts.record.cluster, node, facts.run),
    } as const;
    add('create', step, because('it is not there'), [...ready, ...placed]);
  }
  const isLater = scene.changes.has(name) || (container && facts.newPassword !== undefined);
  const files = onVolume || isLater ? undefined : filesFor(node, container, facts);
  if (files) {
    const older = container ? 'it is older than the change' : 'it is new';
    add('conf', { op: 'write-conf', node: name, files }, older, last());
  }
  if (toStart.has(name)) {
    const waits = [
      ...(container ? placed : []),
      ...(source !== null && toStart.has(source) ? [`head-start ${source}`] : []),
      ...moverAbove(node, facts.record.cluster, movers).map((mover) => `follow ${mover}`),
    ];
    const after = [...last(), ...(onVolume ? [confStep(imageOf(facts.record.cluster, node))] : []), ...waits];
    add('start', { op: 'start', node: name }, container ? 'it is stopped' : because('it is new'), after);
    const isAwaited = facts.record.cluster.nodes.some((other) => other.source === name && toStart.has(other.name));
    if (isAwaited) steps.push(headStart(node, after));
  } else if (facts.revive && container?.state === 'paused') {
    const leaves = scene.misplaced.get(name)?.ip ?? null;
    add('unpause', { op: 'unpause', node: name }, 'it is paused', [
      ...last(),
      ...(leaves === null ? [] : [`disconnect ${name}`]),
    ]);
  }
  return steps;
}

/** Whoever is above a node that starts has its own place first: it may have been below the node before. */
function moverAbove(node: NodeSpec, cluster: ClusterSpec, movers: ReadonlySet<string>): readonly string[] {
  for (let above = sourceOf(cluster, node); above; above = sourceOf(cluster, above)) {
    if (movers.has(above.name)) return [above.name];
  }
  return [];
}

/** From a master others get data as soon as it is up, from a replica as soon as it is in sync itself. */
export function headStart({ name, source }: NodeSpec, after: readonly string[]): PlannedStep {
  const id = `head-start ${name}`;
  const because = 'others follow it';
  return source === null
    ? { id, step: { op: 'give-head-start', node: name, timeMs: headStartMs }, because, after }
    : { id, step: { op: 'await-link', node: name, timeMs: linkTimeMs }, because, after: [`start ${name}`] };
}

/**
 * A replica that finds its source closed tries again a second later only. A container takes a quarter of a second to
 * start, and the server in it some milliseconds: with this advance the source is there when the replica asks.
 */
const headStartMs = 100;

/** A first synchronisation that takes longer is one of much data: a second more does not matter to those below. */
const linkTimeMs = 2000;

/** A new container gets everything, one that is there only a newer role, and only where it has an older one. */
function filesFor(
  node: NodeSpec,
  container: ObservedContainer | undefined,
  facts: UpFacts,
): ReturnType<typeof renderConf> | undefined {
  const conf = facts.confs.get(node.name);
  if (!container || !conf) return renderConf(facts.record, node, facts.password, facts.template);
  const source = sourceOf(facts.record.cluster, node)?.address ?? null;
  const isCurrent = conf.record?.epoch === facts.record.epoch && sameSource(conf.source, source);
  return isCurrent ? undefined : renderRole(facts.record, node);
}
