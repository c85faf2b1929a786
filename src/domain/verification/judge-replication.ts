import { rmsxCommand } from '../hints.ts';
import { printableKey } from './compare.ts';
import { type Delay, hasReached, type MarkersSeen, type Reached } from './evidence.ts';
import { markerPrefix } from './markers.ts';
import type { Subject, Verdict } from './verdict.ts';

/** Whether a replica holds the history of the master: nothing else about offsets means anything without it. */
export function judgeHistory({ replid }: Reached, { node, evidence }: Subject): Verdict {
  const { target, master } = evidence;
  if ('error' in target) return notJudged(target.error);
  if (replid === target.value.replid) return { ok: true, message: `${node.name} holds the history of ${master}` };
  const message = `${node.name} holds another history than ${master}: ${short(replid)}, not ${short(target.value.replid)}`;
  return { ok: false, message, hint: rmsxCommand(evidence.cluster.name, 'status') };
}

/** Whether a replica came as far as the master was, in the time it had. */
export function judgeLag(reached: Reached, { node, evidence }: Subject): Verdict {
  const { target, master, waitMs } = evidence;
  if ('error' in target) return notJudged(target.error);
  const { name } = node;
  const wanted = target.value;
  if (hasReached(reached, wanted)) {
    return { ok: true, message: `${name} has everything that ${master} had written (offset ${wanted.offset})` };
  }
  const hint = rmsxCommand(evidence.cluster.name, 'status');
  const link = { up: '', down: '; its link is down', syncing: '; it is in a full synchronisation' }[
    reached.link ?? 'up'
  ];
  const behind =
    reached.replid === wanted.replid
      ? `is ${wanted.offset - reached.offset} bytes behind ${master}`
      : `cannot be compared with ${master}, as it holds another history`;
  return { ok: false, message: `${name} ${behind} after ${waitMs / 1000} s${link}`, hint };
}

/** Whether the markers are there, with their values. */
export function judgeMarkers({ missing, wrong }: MarkersSeen, { node, evidence }: Subject): Verdict {
  const { markers, cluster } = evidence;
  if (missing === 0 && wrong.length === 0) return { ok: true, message: `${node.name} has all ${markers} markers` };
  const parts = [
    ...(missing > 0 ? [`does not have ${missing} of ${markers} markers`] : []),
    ...(wrong.length > 0 ? [`has ${wrong.length} with another value, such as ${printableKey(wrong[0] ?? '')}`] : []),
  ];
  return { ok: false, message: `${node.name} ${parts.join(' and ')}`, hint: rmsxCommand(cluster.name, 'status') };
}

/** Whether nothing is left of the markers. */
export function judgeLeft(left: number, { node }: Subject): Verdict {
  return left === 0
    ? { ok: true, message: `${node.name} has no marker left` }
    : { ok: false, message: `${node.name} still has ${left} markers (${markerPrefix}…); they expire by themselves` };
}

/** Whether it could be measured: how long it takes is for people to judge. */
export function judgeDelay({ medianMs, maxMs }: Delay, { node, evidence }: Subject): Verdict {
  const message = `${node.name} shows what ${evidence.master} writes after ${medianMs} ms (median, at most ${maxMs} ms)`;
  return { ok: true, message };
}

const notJudged = (reason: string): Verdict => ({ ok: false, message: `not checked: ${reason}` });

const short = (replid: string): string => replid.slice(0, 8);
