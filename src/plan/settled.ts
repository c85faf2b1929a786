import { type Address, sameAddress } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { promotion, rmsxCommand } from '../domain/hints.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** Offsets that still move after this long have a source that is alive. */
export const settleTimeoutMs = 5000;

/**
 * Whoever was off the network when its source ended was not told: its link stays up until `repl-timeout`. After so many
 * seconds of silence nothing of an ended server is under way to it any more.
 */
const silentSeconds = 3;

/**
 * What a replica has read it applies at once, but for a command or a transaction whose end has not arrived: a server that is
 * frozen while it sends leaves one. After so many seconds without a byte its end will not come, and it is no part of what
 * the replica holds: whoever becomes a master drops it (replication.c, replicationCacheMasterUsingMyself).
 */
const unfinishedSeconds = 2;

/**
 * The nodes whose offsets are not final: they moved between two looks, or more may come. A promotion that is finished only
 * compares nothing any more, and replicas of a master that is at work go on moving.
 * @param nodes - the one that is promoted first
 * @param gone - the address of the former master: a link to it must be down, or long silent
 */
export function unsettled(
  nodes: readonly string[],
  before: ReadonlyMap<string, ServerInfo>,
  now: ReadonlyMap<string, ServerInfo>,
  gone: Address | undefined,
): readonly string[] {
  const [target = ''] = nodes;
  if (now.get(target)?.role === 'master') return [];
  return nodes.filter((node) => !hasSettled(before.get(node), now.get(node), gone));
}

function hasSettled(before: ServerInfo | undefined, now: ServerInfo | undefined, gone: Address | undefined): boolean {
  if (!before || !now) return false;
  const isOfGone = gone !== undefined && now.source !== null && sameAddress(now.source, gone);
  const isCut = now.link === 'down' || (now.link === 'up' && (!isOfGone || (now.lastIoSeconds ?? 0) > silentSeconds));
  if (!isCut || now.offset !== before.offset || now.readOffset !== before.readOffset) return false;
  return now.readOffset === now.offset || (now.lastIoSeconds ?? 0) >= unfinishedSeconds;
}

/** The refusal where offsets go on moving though the master is down. */
export function notSettled(nodes: readonly string[], formerMaster: string | null, name: string): RmsxError {
  const though = formerMaster === null ? '' : `, though ${formerMaster} is down`;
  return new RmsxError(
    'unsafe',
    `${nodes.join(', ')} still received data after ${settleTimeoutMs / 1000} s${though}.`,
    { hint: rmsxCommand(name, 'status') },
  );
}

/**
 * The error where nobody can say whether the promotion happened: it is not taken back then.
 * @param force - whether it was asked for with --force
 */
export function notSeen(target: string, name: string, force: boolean): RmsxError {
  return new RmsxError(
    'incomplete',
    `Whether ${target} became the master cannot be seen: it does not answer any more.`,
    {
      node: target,
      hint: `Look, and finish it: ${rmsxCommand(name, 'status')}   ${promotion(name, target, force)}`,
    },
  );
}
