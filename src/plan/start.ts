import { masterOf, type NodeSpec, sameSource, sourceOf, topDown } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { describePlace, misplacedNodes, placeHint } from '../domain/misplaced.ts';
import {
  containerOf,
  type NodeConf,
  nodeContainers,
  type ObservedContainer,
  type ObservedEngine,
} from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { renderRole } from '../render/conf-directory.ts';
import { refuseEmptyMaster } from './empty-master.ts';
import { headStart } from './up.ts';

/** Everything that the plans of `start` and `restart` follow from. */
export interface StartFacts {
  readonly record: ClusterRecord;
  readonly engine: ObservedEngine;
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** Names of the nodes that are to run. */
  readonly nodes: readonly string[];
}

/**
 * Starts what is stopped and wakes what is paused, sources before the nodes that follow them. Nobody gets another role
 * than its record says: where a change was cut off, the role is written first.
 * @returns nothing where all of them run
 * @throws RmsxError `not-found` for nodes without a container, `conflict` for nodes that others would not find, `unsafe`
 * where the master would start without its data
 */
export function planStart(facts: StartFacts): Plan {
  const { cluster } = facts.record;
  const containers = containersOf(facts);
  refuseMissing(facts);
  refuseMisplaced(facts);
  const isStarted = (name: string): boolean =>
    facts.nodes.includes(name) && containerOf({ containers }, name)?.state === 'stopped';
  if (isStarted(masterOf(cluster).name)) refuseEmptyMaster(cluster, facts.engine);
  return topDown(cluster).flatMap((node): readonly PlannedStep[] => {
    const { name, source } = node;
    if (!facts.nodes.includes(name)) return [];
    if (containerOf({ containers }, name)?.state === 'paused') {
      return [{ id: `unpause ${name}`, step: { op: 'unpause', node: name }, because: 'it is paused', after: [] }];
    }
    if (!isStarted(name)) return [];
    const after = source !== null && isStarted(source) ? [`head-start ${source}`] : [];
    const starts = startSteps(node, facts, 'it is stopped', after);
    const isAwaited = cluster.nodes.some((other) => other.source === name && isStarted(other.name));
    return isAwaited ? [...starts, headStart(node, after)] : starts;
  });
}

/** How one node is started: with the role that it should have. */
export function startSteps(
  node: NodeSpec,
  { record, confs }: StartFacts,
  because: string,
  after: readonly string[],
): readonly PlannedStep[] {
  const { name } = node;
  const conf = confs.get(name);
  const isCurrent =
    conf?.record?.epoch === record.epoch && sameSource(conf.source, sourceOf(record.cluster, node)?.address ?? null);
  const role: PlannedStep = {
    id: `conf ${name}`,
    step: { op: 'write-conf', node: name, files: renderRole(record, node) },
    because: 'it is older than the change',
    after,
  };
  const start = { op: 'start', node: name } as const;
  return [
    ...(isCurrent ? [] : [role]),
    { id: `start ${name}`, step: start, because, after: isCurrent ? after : [role.id] },
  ];
}

/**
 * Putting containers back on their network is what `up` does. Whoever runs elsewhere with a wrong address has its link, and
 * whoever runs without a network would be waited for in vain.
 * @throws RmsxError `conflict`
 */
export function refuseMisplaced(facts: StartFacts): void {
  const { cluster } = facts.record;
  const misplaced = [...misplacedNodes(cluster, containersOf(facts)).values()];
  const place = misplaced.find(
    ({ node, ip, container }) => facts.nodes.includes(node) || (ip === null && container.state !== 'stopped'),
  );
  if (!place) return;
  const { node } = place;
  throw new RmsxError('conflict', `${node} ${describePlace(cluster.name, place)}: no other node would find it.`, {
    node,
    hint: `Put it back: ${placeHint(cluster.name, place)}`,
  });
}

/** @returns the containers of the nodes of the cluster */
export const containersOf = ({ record, engine }: StartFacts): readonly ObservedContainer[] =>
  nodeContainers(record.cluster.name, engine);

/**
 * Making containers is what `up` does.
 * @throws RmsxError `not-found`
 */
export function refuseMissing(facts: StartFacts): void {
  const { name } = facts.record.cluster;
  const containers = containersOf(facts);
  const missing = facts.nodes.filter((node) => !containerOf({ containers }, node));
  const unfinished = facts.nodes.filter((node) => !missing.includes(node) && !facts.confs.has(node));
  const [node] = [...missing, ...unfinished];
  if (node === undefined) return;
  const verb = missing.length > 1 ? 'have' : 'has';
  const what = missing.length > 0 ? `${missing.join(', ')} of ${name} ${verb} no container` : `${node} has no conf yet`;
  throw new RmsxError('not-found', `${what}.`, { node, hint: `Make what is missing: ${rmsxCommand(name, 'up')}` });
}
