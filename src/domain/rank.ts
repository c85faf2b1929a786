import { compareNodeNames } from './names.ts';
import type { ServerInfo } from './server-info.ts';

/** A PING of the master, as replicas count it: two candidates that differ by one hold the same data. */
export const pingBytes = 14;

/** A node that may become the master, or why it may not. */
export interface Candidate {
  readonly node: string;
  readonly replid: string;
  readonly offset: number;
  /** Null for one that may be promoted. */
  readonly refusal: string | null;
}

/**
 * Ranks the nodes that answer, best first: data before taste. Offsets compare inside one history only, and most nodes
 * that share one history decide which one that is.
 */
export function rankCandidates(infos: ReadonlyMap<string, ServerInfo>): readonly Candidate[] {
  const replicas = [...infos].filter(([, info]) => info.role === 'replica');
  const members = (replid: string): number => replicas.filter(([, info]) => info.replid === replid).length;
  return replicas
    .map(([node, info]) => ({ node, info, refusal: refusalOf(node, info) }))
    .sort(
      (a, b) =>
        Number(a.refusal !== null) - Number(b.refusal !== null) ||
        members(b.info.replid) - members(a.info.replid) ||
        b.info.offset - a.info.offset ||
        b.info.readOffset - a.info.readOffset || // what it has read it applies before it takes over
        a.info.priority - b.info.priority ||
        compareNodeNames(a.node, b.node),
    )
    .map(({ node, info, refusal }) => ({ node, replid: info.replid, offset: info.offset, refusal }));
}

/**
 * The best candidates of histories that nothing decides between: as many nodes share each of them, and none goes on from
 * another one. Their offsets say nothing about each other. A server that was started from its own files does not know its
 * history any more, and counts where no other one does either.
 * @param ranked - see `rankCandidates`
 * @returns one node of each history, in that order; empty where one history is ahead
 */
export function undecided(ranked: readonly Candidate[], infos: ReadonlyMap<string, ServerInfo>): readonly string[] {
  const members = (replid: string): number => ranked.filter((candidate) => candidate.replid === replid).length;
  const promotable = ranked.filter(({ refusal }) => refusal === null);
  const knowing = promotable.filter(({ offset }) => offset > 1);
  const able = knowing.length > 0 ? knowing : promotable;
  const most = able[0] ? members(able[0].replid) : 0;
  const heads = able.filter(
    ({ replid }, i) => members(replid) === most && able.findIndex((other) => other.replid === replid) === i,
  );
  const goesOn = heads.some(({ node }) => heads.some((other) => leads(infos.get(node), infos.get(other.node))));
  // One without a key is no rival: it is what a master that came back empty has left.
  const rivals = heads.filter(({ node }) => (infos.get(node)?.keys ?? 0) > 0);
  return rivals.length > 1 && !goesOn ? heads.map(({ node }) => node) : [];
}

const leads = (info: ServerInfo | undefined, other: ServerInfo | undefined): boolean =>
  info !== undefined && other !== undefined && goesOnFrom(info, other);

/**
 * A server that became a master on its own keeps the history that it left, and the offset of the first byte that is no part
 * of it (`second_repl_offset`; replication.c, shiftReplicationId).
 * @returns whether a node has left the history of another one, and has everything that the other one holds of it
 */
export const goesOnFrom = (info: ServerInfo, other: ServerInfo): boolean =>
  other.replid !== '' && info.replid2 === other.replid && other.offset < info.secondOffset;

/** What a replica holds beside a master that has left the history before it: nothing more, more of that, or another history. */
export type Standing = 'behind' | 'ahead' | 'foreign';

/**
 * A replica that was not there when another one was promoted may have received more than that one; a ping is nothing.
 * @param others - everybody else who answers: a history of which one of them has as much is not lost with this one
 */
export function standingTo(info: ServerInfo, master: ServerInfo, others: readonly ServerInfo[]): Standing {
  if (info.replid === '' || info.replid === master.replid) return 'behind';
  if (info.replid === master.replid2) {
    const bytes = info.offset - (master.secondOffset - 1);
    return master.secondOffset >= 1 && bytes > 0 && bytes !== pingBytes ? 'ahead' : 'behind';
  }
  const isHeld = others.some(({ replid, offset }) => replid === info.replid && offset >= info.offset);
  return isHeld || info.keys === 0 ? 'behind' : 'foreign';
}

function refusalOf(node: string, info: ServerInfo): string | null {
  if (info.loading) return `${node} is loading its data`;
  if (info.link === 'syncing') return `${node} is in the middle of a full synchronisation: its data is old or partial`;
  // A server without a link shows offset 1, and so does one that was in sync and restarted from its own files.
  const hasNothing = info.offset <= 0 || (info.offset === 1 && info.keys === 0);
  if (info.replid === '' || hasNothing) return `${node} has never been in sync with its source`;
  if (info.priority === 0) return `${node} is marked never to be promoted (replica-priority 0)`;
  return null;
}
