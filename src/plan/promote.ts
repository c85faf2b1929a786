import { type ClusterSpec, findNode, imageOf, masterOf, sameSource, sourceOf, topDown } from '../domain/cluster.ts';
import { type ErrorDetails, RmsxError } from '../domain/errors.ts';
import { bestHeir, lostTo, promoteCommand, startsBehind } from '../domain/heir.ts';
import { promotion, rmsxCommand, waysOut } from '../domain/hints.ts';
import { describeVerdict, judgeMaster, type MasterEvidence, type MasterVerdict } from '../domain/master-verdict.ts';
import { describePlace, type Misplaced, misplacedNodes, placeCommand, placeHint } from '../domain/misplaced.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import { type Candidate, pingBytes, rankCandidates } from '../domain/rank.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { formatServerVersion, versionOfImage } from '../domain/server-version.ts';
import { clusterBefore } from './before-promotion.ts';
import { describeRole } from './describe-role.ts';
import { describeFence, type Fence, fenceFor } from './fence.ts';
import { refuseLivingMaster } from './living-master.ts';
import { refuseToGuess, strangersTo } from './other-histories.ts';
import { predictLoss } from './predict-loss.ts';
import { reparent } from './reparent.ts';
import { predictResync } from './resync.ts';
import { refuseOtherMasters, refuseToReplace } from './second-master.ts';

/** Everything that a promotion follows from. */
export interface PromoteFacts {
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  /** What became of a question inside the container of the master. @default nobody asked */
  readonly inside?: MasterEvidence['inside'];
  readonly target: string;
  /**
   * Overrides what protects data: a candidate that is behind, or of another history, and a master that is alive, or may be:
   * its server is ended then.
   */
  readonly force: boolean;
}

/** A promotion, decided. */
export interface PromotePlan {
  readonly target: string;
  /** The node that was the master; null where a promotion that was cut off is finished, and it is gone or steps down. */
  readonly formerMaster: string | null;
  /** What has become of it; null where there is none. */
  readonly verdict: MasterVerdict | null;
  /** What keeps it from taking writes meanwhile; null where its role is enough. */
  readonly fence: Fence | null;
  /** The roles as they will be. */
  readonly record: ClusterRecord;
  /** Nodes that answer, and follow the new master afterwards. */
  readonly survivors: readonly string[];
  /** Nodes that run and do not answer: whether they follow cannot be seen. */
  readonly silent: readonly string[];
  /** Survivors of another history: whatever only they have is replaced. */
  readonly strangers: readonly string[];
  /** Other replicas that do not answer, whatever their containers do: whether they hold more cannot be seen. */
  readonly unseen: readonly string[];
}

/**
 * Decides a promotion after the master has gone, or refuses it. Nothing is touched before.
 * @returns null where there is nothing to do: the node is the master, and everything follows it
 * @throws RmsxError `unsafe` with the reason, the numbers and the way out
 */
export function planPromote(facts: PromoteFacts): PromotePlan | null {
  const { cluster, epoch } = facts.record;
  const recorded = masterOf(cluster).name;
  const { target } = facts;
  const isMaster = facts.infos.get(target)?.role === 'master';
  const isDone = recorded === target && isMaster;
  refuseOtherMasters(cluster, target, facts.infos);
  if (!isDone) refuseTarget(facts);
  const was = clusterBefore(facts);
  const formerMaster = was && masterOf(was).name;
  const verdict = was && judgeMaster({ ...facts, cluster: was });
  if (was && verdict && !facts.force) refuseLivingMaster(verdict, was, target, isMaster);
  if (isMaster && !isDone && !facts.force) refuseToReplace(cluster, target, facts.infos);
  const fence = was && verdict && fenceFor(was, facts.containers, verdict);
  const survivors = cluster.nodes
    .map((node) => node.name)
    .filter((node) => node !== target && node !== fence?.container.node && facts.infos.has(node));
  const follows = survivors.every((node) => followsItsSource(cluster, facts.infos, node));
  if (isDone && follows) return null;
  const silent = facts.containers
    .filter(
      ({ node, state }) => node !== null && state !== 'stopped' && node !== target && node !== fence?.container.node,
    )
    .map(({ node }) => node ?? '')
    .filter((node) => !facts.infos.has(node));
  const changed = { ...cluster, nodes: reparent(cluster, target, recorded === target ? null : recorded) };
  topDown(changed); // a cycle is accepted by the servers and looks healthy: refused before anything is sent
  return {
    target,
    formerMaster,
    verdict,
    fence,
    record: recorded === target ? facts.record : { schemaVersion: 1, epoch: epoch + 1, cluster: changed },
    survivors,
    silent,
    strangers: strangersTo(target, survivors, facts.infos),
    unseen: formerMaster === null ? [] : unseenBy(facts, formerMaster),
  };
}

function unseenBy({ record, containers, infos, target }: PromoteFacts, formerMaster: string): readonly string[] {
  const others = record.cluster.nodes.filter(({ name }) => name !== target && name !== formerMaster);
  const mayHold = ({ name }: { readonly name: string }): boolean => {
    const container = containerOf({ containers }, name);
    // What is not running any more, and keeps nothing on a disk, holds nothing.
    const isEmpty = container?.state === 'stopped' && record.cluster.persistence === 'none';
    return container !== undefined && !container.neverStarted && !isEmpty && !infos.has(name);
  };
  return others.filter(mayHold).map(({ name }) => name);
}

function followsItsSource(cluster: ClusterSpec, infos: PromoteFacts['infos'], name: string): boolean {
  const node = findNode(cluster, name);
  const source = node ? sourceOf(cluster, node) : null;
  const info = infos.get(name);
  return info?.link === 'up' && sameSource(info.source, source?.address ?? null);
}

function refuse(message: string, details: ErrorDetails = {}): never {
  throw new RmsxError('unsafe', message, details);
}

function refuseTarget(facts: PromoteFacts): void {
  const { record, containers, infos, target, force } = facts;
  const { name } = record.cluster;
  const container = containerOf({ containers }, target);
  const status = { node: target, hint: rmsxCommand(name, 'status') };
  if (!container) refuse(`${target} cannot be promoted: its container is not there.`, status);
  if (container.state !== 'running') {
    const isAsleep = container.state === 'paused' || container.state === 'stopped';
    const again = `${rmsxCommand(name, `start ${target}`)} && ${promotion(name, target, force)}`;
    refuse(
      `${target} cannot be promoted: its container is ${container.state}.`,
      isAsleep ? { node: target, hint: `Let it run, and promote it then: ${again}` } : status,
    );
  }
  const misplaced = misplacedNodes(record.cluster, containers).get(target);
  if (misplaced) refuseMisplaced(facts, misplaced);
  const info = infos.get(target);
  if (!info) refuse(`${target} cannot be promoted: it does not answer.`, status);
  if (info.role === 'master') return;
  const ranked = rankCandidates(infos);
  const candidate = ranked.find(({ node }) => node === target);
  if (candidate?.refusal) refuse(`${target} cannot be promoted: ${candidate.refusal}.`, status);
  if (!force) refuseNewerServer(facts, ranked);
  if (!force) refuseToGuess(record.cluster, ranked, infos);
  const best = ranked[0];
  if (!best || best.node === target || force) return;
  const heir = bestHeir(record.cluster, ranked) ?? best.node;
  const via = rmsxCommand(record.cluster.name, `promote ${target} --via`);
  const better = {
    node: target,
    hint: `Promote the better one: ${promoteCommand(record.cluster, heir)}\nOr let it take over first, and hand over: ${via}`,
  };
  if (best.replid !== info.replid) {
    refuse(
      `${target} holds another history than ${best.node}: offsets cannot be compared, and writes that only ${best.node} has would be erased.`,
      better,
    );
  }
  const behind = best.offset - info.offset;
  if (behind === 0 || behind === pingBytes) return;
  refuse(
    `${target} is ${behind} bytes behind ${best.node} (offset ${info.offset} of ${best.offset}); promoting it would erase those writes from ${best.node}.`,
    better,
  );
}

/** Nobody could follow it. Where the master is not to start as it is, `up` does nothing at all. */
function refuseMisplaced({ record: { cluster }, containers, target }: PromoteFacts, misplaced: Misplaced): never {
  const master = containerOf({ containers }, masterOf(cluster).name);
  const isUpAble = startsBehind(cluster, master) === undefined;
  refuse(
    `${target} cannot be promoted: it ${describePlace(cluster.name, misplaced)}, and no other node would find it.`,
    {
      node: target,
      hint: `Put it back: ${(isUpAble ? placeHint : placeCommand)(cluster.name, misplaced)}`,
    },
  );
}

/** A node of an older server never gets through a full synchronisation with a newer one. */
function refuseNewerServer({ record, containers, target }: PromoteFacts, ranked: readonly Candidate[]): void {
  const { cluster } = record;
  const lost = lostTo(cluster, target);
  const own = versionOfImage(imageOf(cluster, findNode(cluster, target) ?? masterOf(cluster)));
  if (!own || lost.length === 0) return;
  const former = masterOf(cluster).name;
  const heir = bestHeir(cluster, ranked) ?? target;
  const isFree = lostTo(cluster, heir).length === 0;
  const isBack = startsBehind(cluster, containerOf({ containers }, former)) === undefined;
  const best = heir === target ? 'promote it all the same' : 'promote the one that most others can follow';
  const runs = `${target} runs ${formatServerVersion(own)}`;
  refuse(`${runs}, and ${lost.join(', ')} could not load its data: they would never be in sync again.`, {
    node: target,
    hint: isFree
      ? `Promote one that all others can follow: ${promoteCommand(cluster, heir)}`
      : waysOut(
          isBack ? `bring ${former} back: ${rmsxCommand(cluster.name, 'up')}` : undefined,
          `${best}: ${promoteCommand(cluster, heir)}`,
        ),
  });
}

/** The plan as sentences, in the order in which they happen. */
export function formatPromotePlan(plan: PromotePlan, infos: ReadonlyMap<string, ServerInfo>): string {
  const { target, formerMaster, verdict, fence, record, survivors, strangers, unseen } = plan;
  const lines = [
    ...(formerMaster && verdict ? [describeVerdict(formerMaster, verdict)] : []),
    ...(fence ? describeFence(record.cluster.name, fence) : []),
    ...(formerMaster
      ? [`${describeRole({ name: formerMaster, source: target })}  (it cannot come back as a master)`]
      : []),
    ...record.cluster.nodes.filter((node) => node.name !== formerMaster).map(describeRole),
    `make ${target} the master`,
    ...survivors.map((node) => {
      const source = findNode(record.cluster, node)?.source;
      return `let ${node} follow ${source}  (${predictResync(infos.get(node), infos.get(target))} resynchronisation expected)`;
    }),
    ...predictLoss(target, formerMaster, survivors, infos),
    ...strangers.map((node) => replacedIn(node, target)),
    ...unseen.map((node) => mayHoldMore(node, target)),
    'wait until all of them acknowledge a marker',
  ];
  return lines.join('\n');
}

/** @returns what is told of a stranger */
export const replacedIn = (node: string, target: string): string =>
  `${node} holds another history than ${target}: writes that only ${node} has are replaced, and cannot be counted`;

/** @returns what is told of a replica that does not answer */
export const mayHoldMore = (node: string, target: string): string =>
  `${node} does not answer: whether it holds more than ${target} cannot be seen, and whatever only it has would be replaced`;
