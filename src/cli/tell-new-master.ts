import { exitCodes } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
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

/** Tells what a new master still lacks: who does not follow it yet, and whether it takes no write itself. */
export function tellIncomplete(facts: NewMasterFacts, context: Pick<Context, 'tell' | 'name'>): void {
  for (const line of incompleteInWords(facts, context.name)) context.tell(line);
}

/** @returns the same as lines; none where nothing is missing */
export function incompleteInWords({ promoted, incomplete }: NewMasterFacts, cluster: string): readonly string[] {
  const others = incomplete.filter((node) => node !== promoted);
  return [
    ...(others.length > 0 ? [`not following ${promoted} yet: ${others.join(', ')}`] : []),
    ...(incomplete.includes(promoted)
      ? [`${promoted} is the master, and takes no write yet: ${rmsxCommand(cluster, 'status')} tells why`]
      : []),
  ];
}

/** @returns 0, or the code for a new master that not everything follows */
export const exitCodeOf = ({ incomplete }: NewMasterFacts): number =>
  incomplete.length > 0 ? exitCodes.incomplete : 0;
