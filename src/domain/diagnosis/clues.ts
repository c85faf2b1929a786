import type { ServerEnd } from '../ports.ts';

/** Whether the source of a replica takes the password with which the replica logs in there. */
export type MasterAuth = 'accepted' | 'refused' | 'missing';

/** What was looked up of a node with which something is wrong; null where it was not, or could not be. */
export interface Clues {
  /** The last lines of its log, without secrets. */
  readonly log: readonly string[];
  readonly end: ServerEnd | null;
  readonly masterAuth: MasterAuth | null;
  /** How many replicas it wants for its writes. */
  readonly minReplicas: number | null;
}

/** Of a node of which nothing was looked up. */
export const noClues: Clues = { log: [], end: null, masterAuth: null, minReplicas: null };
