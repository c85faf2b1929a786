import { type ClusterSpec, findNode, imageOf, masterOf } from './cluster.ts';
import { promotion } from './hints.ts';
import { askedFor } from './merge-directives.ts';
import type { ObservedContainer } from './observed.ts';
import { type Candidate, pingBytes, rankCandidates } from './rank.ts';
import type { ServerInfo } from './server-info.ts';
import { canLoad, formatServerVersion, newestOf, versionOfImage } from './server-version.ts';

/** @returns the nodes that surely cannot load what a node would send them as the master, each with its version for people */
export function lostTo(cluster: ClusterSpec, master: string): readonly string[] {
  return cluster.nodes.flatMap((other) => {
    const version = versionOfImage(imageOf(cluster, other));
    return version && !canFollow(cluster, other.name, master)
      ? [`${other.name} (${formatServerVersion(version)})`]
      : [];
  });
}

/** @returns whether a node may be able to load what a master would send it; images whose names do not tell are let through */
export function canFollow(cluster: ClusterSpec, name: string, master: string): boolean {
  const [replica, source] = [name, master].map((each) => {
    const node = findNode(cluster, each);
    return node ? versionOfImage(imageOf(cluster, node)) : null;
  });
  return !replica || !source || canLoad(newestOf(replica), source);
}

/** @returns of several nodes that may be promoted, the first one of those that the most can follow; undefined where there is none */
export const heirAmong = (cluster: ClusterSpec, names: readonly string[]): string | undefined =>
  mostFollowed(
    cluster,
    names.filter((name) => !isNeverPromoted(cluster, name)),
  );

/** What others can load of a node follows from its image alone: it is looked at once for each image, not for each node. */
function mostFollowed(cluster: ClusterSpec, names: readonly string[]): string | undefined {
  const losses = new Map<string, number>();
  const lossOf = (name: string): number => {
    const node = findNode(cluster, name);
    const image = node ? imageOf(cluster, node) : '';
    const loss = losses.get(image) ?? lostTo(cluster, name).length;
    losses.set(image, loss);
    return loss;
  };
  const ranked = names.map((name) => ({ name, loss: lossOf(name) }));
  return ranked.toSorted((a, b) => a.loss - b.loss)[0]?.name;
}

/** As it was asked for; what a server says itself is in its rank. */
function isNeverPromoted(cluster: ClusterSpec, name: string): boolean {
  const priority = askedFor(cluster, name, 'replica-priority');
  return priority !== undefined && Number(priority) === 0;
}

/** @returns of the candidates that hold as much data as the best one, the one that the most can follow */
export const bestHeir = (cluster: ClusterSpec, ranked: readonly Candidate[]): string | undefined =>
  mostFollowed(cluster, levelWithBest(ranked));

/**
 * Who is to be the master where no node is: the one that should be, where a promotion was cut off and nobody holds more
 * than it does; else the best heir.
 * @returns undefined where nobody may take over
 */
export function nextMaster(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>): string | undefined {
  const level = levelWithBest(rankCandidates(infos));
  const recorded = masterOf(cluster).name;
  return level.includes(recorded) ? recorded : mostFollowed(cluster, level);
}

function levelWithBest(ranked: readonly Candidate[]): readonly string[] {
  const able = ranked.filter(({ refusal }) => refusal === null);
  const [best] = able;
  return able
    .filter(({ replid, offset }) => best && replid === best.replid && [0, pingBytes].includes(best.offset - offset))
    .map(({ node }) => node);
}

/**
 * The command that makes a node the master, with --force and what it costs where others could not follow it.
 * @param then - a command to type after it. @default none
 */
export function promoteCommand(cluster: ClusterSpec, node: string, then?: string): string {
  const lost = lostTo(cluster, node);
  const promote = promotion(cluster.name, node, lost.length > 0);
  const line = [promote, ...(then === undefined ? [] : [then])].join(' && ');
  return lost.length === 0
    ? line
    : `${line}   # ${lost.join(', ')} could not load its data, and would never be in sync again`;
}

/**
 * What the master would start with, were it started now, where that is less than it had (docs/decisions/011 and 017).
 * @param container - of the master; undefined where it is gone
 */
export function startsBehind(
  { persistence }: ClusterSpec,
  container: Pick<ObservedContainer, 'state' | 'statusText' | 'neverStarted'> | undefined,
): string | undefined {
  const isStopped = container?.state === 'stopped' && !container.neverStarted;
  if (persistence === 'none') return !container || isStopped ? 'empty, as the cluster is ephemeral' : undefined;
  // A server that is stopped in peace writes a last snapshot.
  const hasCrashed = isStopped && !/^Exited \(0\)/.test(container.statusText);
  return persistence === 'rdb' && hasCrashed ? `with its last snapshot (${container.statusText})` : undefined;
}
