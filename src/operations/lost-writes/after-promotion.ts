import { messageOf, RmsxError } from '../../domain/errors.ts';
import { type LostWrites, lostBytesOf } from '../../domain/lost-writes/lost-writes.ts';
import type { ObservedContainer } from '../../domain/observed.ts';
import type { Ports } from '../../domain/ports.ts';
import type { PromotePlan } from '../../plan/promote.ts';
import type { Connections } from '../connections.ts';
import { untilAborted } from '../wait-until.ts';
import { lostWrites } from './lost-writes.ts';

/** The promotion is done: nobody waits long for a count. */
const budgetMs = 5000;

/**
 * Looks for what a promotion lost. It comes last: whoever waits for a master has one by then, and whoever looks counts as a
 * replica that came back. It is bounded in time and never fails: what goes wrong makes the answer unknown.
 * @param containers - of the cluster, as they are after the promotion
 */
export async function lostInPromotion(
  { formerMaster, record }: PromotePlan,
  containers: readonly ObservedContainer[],
  connections: Connections,
  { engine, signal: ending }: Ports,
): Promise<{ readonly lost: LostWrites | null; readonly lostBytes: number | null }> {
  if (formerMaster === null) return { lost: null, lostBytes: null };
  const over = AbortSignal.timeout(budgetMs);
  const signal = AbortSignal.any([ending, over]);
  const scene = { record, containers, formerMaster, isPredecessor: true, connections, engine, signal };
  try {
    const lost = await untilAborted(lostWrites(scene), signal);
    return { lost, lostBytes: lostBytesOf(lost) };
  } catch (error) {
    const why = over.aborted ? `it was not found out within ${budgetMs / 1000} s` : messageOf(error);
    const unknown = error instanceof RmsxError || over.aborted ? why.replace(/\.$/, '') : `this is a bug: ${why}`;
    return { lost: { unknown }, lostBytes: null };
  }
}
