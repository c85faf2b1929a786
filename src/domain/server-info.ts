import type { Address, Role } from './cluster.ts';

/** One replica as its source sees it: a `slaveN` line of INFO. */
export interface ReplicaLink {
  readonly address: Address;
  /** `online` once the source streams to it. */
  readonly state: string;
  /** The last offset that the replica acknowledged. */
  readonly offset: number;
  /** Seconds since its last acknowledgement; -1 before the first. */
  readonly lagSeconds: number;
}

/** The state of the link from a replica to its source. */
export type LinkState = 'up' | 'down' | 'syncing';

/** What a server says of itself: INFO, in our words. */
export interface ServerInfo {
  readonly version: string;
  readonly runId: string;
  readonly loading: boolean;
  readonly role: Role;
  /** The history that it holds. Offsets compare only inside one history. */
  readonly replid: string;
  /** The history that it continues since it was promoted. */
  readonly replid2: string;
  /** One past the last offset of `replid2`; -1 where there is none. */
  readonly secondOffset: number;
  /** How far it is in its history, in bytes. */
  readonly offset: number;
  /** How far it has read from its source; beyond `offset` while a command is unfinished. */
  readonly readOffset: number;
  /** How many keys it holds, in all of its databases. */
  readonly keys: number;
  /** How many changes its data has seen since the last snapshot; null where the server does not say. */
  readonly changesSinceSave: number | null;
  /** Null for a master. */
  readonly source: Address | null;
  /** Null for a master. */
  readonly link: LinkState | null;
  /** 0 means that it must never be promoted. */
  readonly priority: number;
  readonly replicas: readonly ReplicaLink[];
  /** Full and partial synchronisations served since the start. */
  readonly fullSyncs: number;
  readonly partialSyncs: number;
}
