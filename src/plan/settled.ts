import { type Address, sameAddress } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** Offsets that still move after this long have a source that is alive. */
export const settleTimeoutMs = 5000;

/**
 * Whether the offset of a node is final: it did not move between two looks, and nothing more can come.
 * @param gone - the address of the former master: a link to it must be down
 */
export function hasSettled(
  before: ServerInfo | undefined,
  now: ServerInfo | undefined,
  gone: Address | undefined,
): boolean {
  if (!before || !now) return false;
  if (now.role === 'master') return true;
  const isCut = now.link === 'down' || (now.link === 'up' && !(gone && now.source && sameAddress(now.source, gone)));
  return isCut && now.offset === before.offset && now.readOffset === now.offset;
}

/** The refusal where offsets go on moving though the master is down. */
export function notSettled(nodes: readonly string[], formerMaster: string | null, name: string): RmsxError {
  const seconds = settleTimeoutMs / 1000;
  return new RmsxError(
    'unsafe',
    `${nodes.join(', ')} still received data after ${seconds} s, though ${formerMaster} is down.`,
    { hint: rmsxCommand(name, 'status') },
  );
}

/** The error where nobody can say whether the promotion happened: it is not taken back then. */
export function notSeen(target: string, name: string): RmsxError {
  return new RmsxError(
    'incomplete',
    `Whether ${target} became the master cannot be seen: it does not answer any more.`,
    {
      node: target,
      hint: `Look, and finish it: ${rmsxCommand(name, 'status')}   ${rmsxCommand(name, `promote ${target}`)}`,
    },
  );
}
