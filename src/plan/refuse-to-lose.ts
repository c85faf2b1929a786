import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand, waysOut } from '../domain/hints.ts';
import type { LostWrites } from '../domain/lost-writes/lost-writes.ts';
import { countWrites } from '../domain/lost-writes/write-command.ts';
import { counted } from '../domain/names.ts';

/** What was allowed, and by whom. */
export interface LossAllowed {
  readonly cluster: string;
  readonly node: string;
  readonly saveLost?: string | undefined;
  readonly discard?: boolean;
  /** Whether a dry run, which wakes nobody, can list them. @default true */
  readonly canBeSeen?: boolean;
}

/**
 * Refuses to discard writes that nobody else has. What cannot be known cannot be saved.
 * @throws RmsxError `unsafe` with the numbers and the ways out
 */
export function refuseToLose(
  lost: LostWrites,
  { cluster, node, saveLost, discard = false, canBeSeen = true }: LossAllowed,
): void {
  if (discard) return;
  const again = rmsxCommand(cluster, `rejoin ${node}`);
  const giveUp = `lose them: ${again} --discard`;
  if ('unknown' in lost) {
    const unsaved = saveLost === undefined ? '' : ' They cannot be saved, either.';
    throw new RmsxError(
      'unsafe',
      `Whether ${node} has writes that nobody else has cannot be known: ${lost.unknown}.${unsaved}`,
      { node, hint: `Bring it back all the same, and lose them where there are any: ${again} --discard` },
    );
  }
  const { writes, bytes } = lost;
  if (writes.length === 0 || saveLost !== undefined) return;
  const size = bytes === null ? '' : ` (${bytes} bytes)`;
  throw new RmsxError(
    'unsafe',
    `${node} has ${counted(countWrites(writes), 'write')}${size} that nobody else has, and would lose them as a replica.`,
    {
      node,
      hint: waysOut(
        `save them: ${again} --save-lost lost.resp`,
        giveUp,
        canBeSeen ? `see them: ${again} --dry-run` : undefined,
      ),
    },
  );
}
