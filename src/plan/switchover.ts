import { type ClusterSpec, findNode, masterOf, type NodeSpec, sameSource, topDown } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { lostTo } from '../domain/heir.ts';
import { promotion, rmsxCommand } from '../domain/hints.ts';
import { describePlace, misplacedNodes, placeHint } from '../domain/misplaced.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import { rankCandidates } from '../domain/rank.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { describeRole } from './describe-role.ts';
import { reparent } from './reparent.ts';

/** Everything that a switchover follows from. */
export interface SwitchoverFacts {
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly target: string;
}

/** A switchover, decided. */
export interface SwitchoverPlan {
  readonly target: string;
  readonly formerMaster: string;
  /** Whether the target follows another replica, and has to follow the master first. */
  readonly lifted: boolean;
  /** The other replicas of the master, which follow the target before it takes over: so they miss nothing of it. */
  readonly siblings: readonly string[];
  /** The cluster while these have moved and the master is still the old one. */
  readonly between: ClusterSpec;
  /** The roles as they will be. */
  readonly record: ClusterRecord;
  /** Everybody else who runs. */
  readonly survivors: readonly string[];
}

/**
 * Decides how a living master hands over to one of its replicas, or refuses it. Nothing is touched before.
 * @returns null where there is nothing to do: the node is the master, and everything follows it
 * @throws RmsxError `unsafe` with the reason, the numbers and the way out
 */
export function planSwitchover(facts: SwitchoverFacts): SwitchoverPlan | null {
  const { record, containers, infos, target } = facts;
  const { cluster, epoch } = record;
  const current = currentMaster(facts);
  const running = cluster.nodes.filter(({ name }) => isAwake(containerOf({ containers }, name)));
  refuseSilent(facts, running);
  refuseUnlinked(facts, current, running);
  if (current === target) return null;
  refuseTarget(facts, current);
  const nodes = masterOf(cluster).name === target ? cluster.nodes : reparent(cluster, target, current);
  const lifted = !sameSource(infos.get(target)?.source, findNode(cluster, current)?.address ?? null);
  const siblings = running
    .map(({ name }) => name)
    .filter((name) => name !== target && follows(facts, name, current) && sourceIn(nodes, name) === target);
  const between = {
    ...cluster,
    nodes: nodes.map((node) => {
      if (node.name === current) return { ...node, source: null };
      return node.name === target ? { ...node, source: current } : node;
    }),
  };
  const changed = { ...cluster, nodes };
  topDown(between); // a cycle is accepted by the servers and looks healthy: refused before anything is sent
  topDown(changed);
  return {
    target,
    formerMaster: current,
    lifted,
    siblings,
    between,
    record: nodes === cluster.nodes ? record : { schemaVersion: 1, epoch: epoch + 1, cluster: changed },
    survivors: running.map(({ name }) => name).filter((name) => name !== target),
  };
}

const isAwake = (container: ObservedContainer | undefined): boolean =>
  container !== undefined && container.state !== 'stopped';

const sourceIn = (nodes: readonly NodeSpec[], name: string): string | null | undefined =>
  nodes.find((node) => node.name === name)?.source;

const follows = ({ record: { cluster }, infos }: SwitchoverFacts, name: string, source: string): boolean =>
  sameSource(infos.get(name)?.source, findNode(cluster, source)?.address ?? null);

function refuse(message: string, node: string, hint: string): never {
  throw new RmsxError('unsafe', message, { node, hint });
}

/** There has to be exactly one, and it has to be the recorded one, or the one before it. */
function currentMaster({ record: { cluster }, infos, target }: SwitchoverFacts): string {
  const status = rmsxCommand(cluster.name, 'status');
  const recorded = masterOf(cluster).name;
  const masters = [...infos].filter(([, { role }]) => role === 'master').map(([node]) => node);
  const [current] = masters;
  if (current === undefined) {
    const heir = target === recorded ? 'its hand-over was cut off' : `${recorded} does not answer as the master`;
    refuse(`No node of ${cluster.name} is a master: ${heir}.`, recorded, promotion(cluster.name, target, false));
  }
  if (masters.length > 1) refuse(`${masters.join(' and ')} are masters at the same time.`, current, status);
  if (current !== recorded && target !== recorded) {
    refuse(`${current} is the master, and by its record ${recorded} should be.`, current, status);
  }
  return current;
}

/** Whoever is not seen cannot be moved, and would go on with the former master. */
function refuseSilent({ record: { cluster }, containers, infos }: SwitchoverFacts, running: readonly NodeSpec[]): void {
  const misplaced = misplacedNodes(cluster, containers);
  for (const { name } of running) {
    const place = misplaced.get(name);
    if (place) {
      refuse(
        `${name} ${describePlace(cluster.name, place)}: it would be left behind.`,
        name,
        placeHint(cluster.name, place),
      );
    }
    if (infos.has(name)) continue;
    const state = containerOf({ containers }, name)?.state;
    const why = state === 'running' ? 'runs and does not answer' : `is ${state}`;
    refuse(`${name} ${why}: it would be left behind.`, name, rmsxCommand(cluster.name, 'status'));
  }
}

function refuseUnlinked(facts: SwitchoverFacts, current: string, running: readonly NodeSpec[]): void {
  const { cluster } = facts.record;
  for (const { name } of running) {
    const info = facts.infos.get(name);
    if (name === current || !info || info.link === 'up') continue;
    const why = info.link === 'syncing' ? 'is in the middle of a full synchronisation' : 'has no link to its source';
    refuse(`${name} ${why}: it would not be in sync afterwards.`, name, rmsxCommand(cluster.name, 'status'));
  }
}

function refuseTarget({ record: { cluster }, containers, infos, target }: SwitchoverFacts, current: string): void {
  const status = rmsxCommand(cluster.name, 'status');
  const info = infos.get(target);
  if (!info) {
    const state = containerOf({ containers }, target)?.state;
    refuse(`${target} cannot take over: its container is ${state ?? 'not there'}.`, target, status);
  }
  const candidate = rankCandidates(infos).find(({ node }) => node === target);
  if (candidate?.refusal) refuse(`${target} cannot take over: ${candidate.refusal}.`, target, status);
  if (info.replid !== infos.get(current)?.replid) {
    refuse(`${target} holds another history than ${current}: it would not be in sync afterwards.`, target, status);
  }
  const lost = lostTo(cluster, target);
  if (lost.length === 0) return;
  const free = cluster.nodes.find(({ name }) => name !== current && lostTo(cluster, name).length === 0);
  refuse(
    `${target} runs a newer server, and ${lost.join(', ')} could not load its data: they might never be in sync again.`,
    target,
    free
      ? `Hand over to one that all others can follow: ${rmsxCommand(cluster.name, `switchover ${free.name}`)}`
      : status,
  );
}

/** The plan as sentences, in the order in which they happen. */
export function formatSwitchoverPlan({ target, formerMaster, lifted, siblings, record }: SwitchoverPlan): string {
  const follow = (node: string, source: string): string =>
    `let ${node} follow ${source}  (partial resynchronisation expected)`;
  const lines = [
    ...(lifted ? [follow(target, formerMaster)] : []),
    ...siblings.map((name) => follow(name, target)),
    ...record.cluster.nodes.map(describeRole),
    `hold the writes of ${formerMaster} until ${target} has all of them`,
    follow(formerMaster, target),
    `make ${target} the master`,
    'wait until all of them acknowledge a marker',
  ];
  return lines.join('\n');
}
