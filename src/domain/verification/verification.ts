/** What is checked, of each node or of the cluster. Public and stable: scripts compare it. */
export const checkCodes = [
  'one-master',
  'reachable',
  'source',
  'role-conf',
  'password',
  'disabled-commands',
  'writable',
  'read-only',
  'history',
  'lag',
  'markers',
  'markers-removed',
  'latency',
  'data',
] as const;

/** One of them. */
export type CheckCode = (typeof checkCodes)[number];

/** One thing that was checked, and how it is. */
export interface Check {
  readonly check: CheckCode;
  /** Null for the cluster as a whole. */
  readonly node: string | null;
  readonly ok: boolean;
  /** False where it could not be checked, which is no success. */
  readonly made: boolean;
  /** A sentence. */
  readonly message: string;
  /** What to type. */
  readonly hint: string | null;
}

/** How a cluster did: `rmsx verify --json` prints it with `schemaVersion: 1`. */
export interface Verification {
  readonly cluster: {
    readonly name: string;
    readonly nodes: number;
    /** The node with which the others were compared; null where no node is a master. */
    readonly master: string | null;
  };
  /** Every check was made, and is well. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly keys: {
    /** Markers that were written, read back on every node, and removed. */
    readonly written: number;
    /** Keys of the master that were looked at on every node. */
    readonly compared: number;
    /** Keys that the master holds. */
    readonly of: number;
    /** Whether all of them were compared, and not a sample. */
    readonly complete: boolean;
    /** Keys that changed all the time on some node, and could not be compared there. */
    readonly inMotion: number;
  };
  /** How long a write on the master takes until it can be read on a node; null where it was not seen there. */
  readonly latency: readonly {
    readonly node: string;
    readonly medianMs: number | null;
    readonly maxMs: number | null;
  }[];
}
