import { messageOf, RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { Ports } from '../domain/ports.ts';
import { type PromoteOptions, type PromoteResult, promote } from './promote.ts';
import { switchover } from './switchover.ts';

/**
 * Promotes a node that is behind another without losing what only that one has: the best node takes over first, the node gets
 * from it what it lacks, and then it is handed over to.
 * @param target - the node that is to be the master in the end
 * @returns both as one; after a dry run, the promotion of the best node
 * @throws RmsxError as `promote`, with nothing changed; `incomplete` where the best node is the master and did not hand over
 */
export async function promoteVia(
  name: string,
  target: string,
  options: PromoteOptions,
  ports: Ports,
): Promise<PromoteResult> {
  const rehearsal = await promote(name, target, { force: true, dryRun: true }, ports);
  if (!rehearsal.plan) return rehearsal; // it is the master already, and followed; else refused before anything changes, or never
  const first = await promote(name, null, options, ports);
  if (options.dryRun || first.promoted === target) return first;
  try {
    const second = await switchover(name, target, {}, ports);
    return {
      ...first,
      status: second.status,
      promoted: target,
      durationMs: first.durationMs + second.durationMs,
      resync: { ...first.resync, ...second.resync },
      incomplete: second.incomplete,
    };
  } catch (error) {
    if (!(error instanceof RmsxError)) throw error;
    const message = `${first.promoted} is the master now, and did not hand over to ${target}: ${messageOf(error)}`;
    const hint = `Hand over, when that is mended: ${rmsxCommand(name, `switchover ${target}`)}`;
    throw new RmsxError('incomplete', message, { node: target, hint, problems: error.problems, cause: error });
  }
}
