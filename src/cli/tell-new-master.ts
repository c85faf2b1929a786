import { exitCodes } from '../domain/errors.ts';
import type { Context } from './context.ts';

/** What is told of a node that became the master. */
export interface NewMasterFacts {
  readonly promoted: string;
  readonly resync: Readonly<Record<string, string>>;
  readonly incomplete: readonly string[];
}

/** @returns how each node came to its source, for people; empty where there is none */
export const resyncsInWords = ({ resync }: NewMasterFacts): string =>
  Object.entries(resync)
    .map(([node, kind]) => `${node} ${kind}`)
    .join(', ');

/** Tells that nothing was to be done. */
export const tellUnchanged = ({ promoted }: NewMasterFacts, context: Context): void =>
  context.tell(`${promoted} is already the master: nothing to do`);

/** Tells who does not follow the new master yet. */
export function tellIncomplete({ promoted, incomplete }: NewMasterFacts, context: Context): void {
  if (incomplete.length > 0) context.tell(`not following ${promoted} yet: ${incomplete.join(', ')}`);
}

/** @returns 0, or the code for a new master that not everything follows */
export const exitCodeOf = ({ incomplete }: NewMasterFacts): number =>
  incomplete.length > 0 ? exitCodes.incomplete : 0;
