import type { Topology } from '../../src/index.ts';
import type { Step } from './scenario.ts';

/** A command that must change nothing: what is there before it, and what it says. A pure value. */
export interface Refusal {
  /** A clause, to follow "while". */
  readonly name: string;
  readonly rmsx: string;
  readonly exit: number;
  /** On stderr: the numbers, and the way out. */
  readonly says: readonly RegExp[];
  readonly before: readonly Step[];
  /** Makes the cluster what it was. */
  readonly after: readonly Step[];
  /** Where it can be met. @default star, chain and tree */
  readonly on?: readonly Topology[];
}

/** The clusters on which all of them are tried: slave-1 and slave-2 are there on each. */
export const refusalPlaces = [
  { topology: 'star', replicas: 2 },
  { topology: 'chain', replicas: 3 },
  { topology: 'tree', replicas: 4 },
] as const;

/** @returns the refusals that can be met on a cluster of this shape */
export const refusalsOn = (refusals: readonly Refusal[], topology: Topology): readonly Refusal[] =>
  refusals.filter(({ on }) => on === undefined || on.includes(topology));
