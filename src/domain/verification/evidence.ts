import type { Address, ClusterSpec } from '../cluster.ts';
import type { KeyName } from '../data.ts';
import type { ClusterStatus } from '../status.ts';

/** What was seen, or why nothing was. */
export type Seen<T> = { readonly value: T } | { readonly error: string };

/** How far a node came in the time it was given. */
export interface Reached {
  /** The history that it holds. */
  readonly replid: string;
  readonly offset: number;
  /** Null for a master. */
  readonly link: 'up' | 'down' | 'syncing' | null;
}

/** How far the master was when its replicas were asked to come as far. */
export interface Target {
  readonly replid: string;
  readonly offset: number;
}

/** Whether a node has everything that its master had written. Offsets compare only inside one history. */
export const hasReached = (own: Target, target: Target): boolean =>
  own.replid === target.replid && own.offset >= target.offset;

/** What a node holds of the markers. */
export interface MarkersSeen {
  readonly missing: number;
  /** With another value, or of another type. */
  readonly wrong: readonly KeyName[];
}

/** A key that is not the same on a node and on its master. */
export interface KeyDifference {
  readonly database: number;
  readonly key: KeyName;
  /** How it differs, to follow the name of the key. */
  readonly how: string;
}

/** What came out of comparing the data of a node with that of the master. */
export interface DataCompared {
  readonly compared: number;
  readonly differences: readonly KeyDifference[];
  /** Keys that differed and changed all the time: nobody can compare those. */
  readonly inMotion: number;
  /** Keys whose type alone could be compared. */
  readonly typesOnly: number;
  /** Whether the node had caught up when what differs was looked at again. */
  readonly isSettled: boolean;
}

/** How long a write takes to be visible on a node, in ms. */
export interface Delay {
  readonly medianMs: number;
  readonly maxMs: number;
}

/** What was seen of one node. */
export interface NodeEvidence {
  /** What its role.conf says: the source, null for a master; undefined where it cannot be read. */
  readonly roleConf: Seen<Address | null | undefined>;
  /** Its words when it was asked to write; null where it would have written. */
  readonly refusal: Seen<string | null>;
  /** Its own `replica-read-only`. */
  readonly readOnly: Seen<string | null>;
  /** Commands that should be disabled, and are there. */
  readonly enabled: Seen<readonly string[]>;
  readonly reached: Seen<Reached>;
  readonly markers: Seen<MarkersSeen>;
  /** How many markers were left when all were removed. */
  readonly left: Seen<number>;
  readonly delay: Seen<Delay>;
  /** Not for the master. */
  readonly data: Seen<DataCompared>;
}

/** Everything that a verification is judged by. */
export interface VerifyEvidence {
  readonly cluster: ClusterSpec;
  readonly status: ClusterStatus;
  /** The node with which the others are compared; null where no node is a master. */
  readonly master: string | null;
  /** How far it was after the markers. */
  readonly target: Seen<Target>;
  readonly markers: number;
  /** How long a replica had to come as far as the master, in ms. */
  readonly waitMs: number;
  /** How many keys the master holds, and how many of them were looked at. */
  readonly keys: { readonly of: number; readonly compared: number; readonly isComplete: boolean };
  /** What each node answers to somebody who does not log in. */
  readonly strangers: ReadonlyMap<string, Seen<string>>;
  /** What the nodes that could be reached showed. */
  readonly nodes: ReadonlyMap<string, NodeEvidence>;
}
