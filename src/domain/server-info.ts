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

/** A full synchronisation that a replica takes in. */
export interface SyncProgress {
  /** How much has come; null where the server does not tell. */
  readonly readBytes: number | null;
  /** How much is still to come; null where nobody knows. */
  readonly leftBytes: number | null;
  /** How much there is; null where its source sends it without writing it to disk first, and does not know. */
  readonly totalBytes: number | null;
}

/** What a source keeps for replicas that come back. */
export interface Backlog {
  readonly active: boolean;
  readonly sizeBytes: number;
  /** The offset of the first byte that it still has, and how many it has from there on. */
  readonly firstOffset: number;
  readonly heldBytes: number;
}

/** How what was written gets to the disk. A server that does none of it claims no failure. */
export interface Persistence {
  readonly aofEnabled: boolean;
  /** Whether the last write to the append-only file worked; where not, writes are refused (MISCONF). */
  readonly aofWriteOk: boolean;
  /** Whether the last rewrite of the append-only file worked. */
  readonly aofRewriteOk: boolean;
  /** Whether the last snapshot worked; where not, writes are refused as long as snapshots are asked for (MISCONF). */
  readonly snapshotOk: boolean;
}

/** What the data takes. */
export interface MemoryUse {
  /** What counts against the limit: all but the buffers for replicas and the append-only file. */
  readonly countedBytes: number;
  /** maxmemory; 0 for no limit. */
  readonly limitBytes: number;
  readonly policy: string;
}

/** How often commands were refused since the start, by the reason; 0 from servers before 6.2, which do not count. */
export interface Refusals {
  /** Too few replicas (NOREPLICAS). */
  readonly noReplicas: number;
  /** The disk (MISCONF). */
  readonly disk: number;
  /** The limit of the memory (OOM). */
  readonly memory: number;
}

/** What a server says of itself: INFO, in our words. */
export interface ServerInfo {
  readonly version: string;
  readonly runId: string;
  readonly uptimeSeconds: number;
  readonly loading: boolean;
  /** How much of its data it has loaded; null where it is not loading. */
  readonly loadedPercent: number | null;
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
  /** Since when the link is down; null where it is not, or never was up. */
  readonly linkDownSeconds: number | null;
  /** Since when nothing came from the source; null for a master, and without a link. */
  readonly lastIoSeconds: number | null;
  /** Null where no full synchronisation is under way. */
  readonly sync: SyncProgress | null;
  /** Whether it refuses the writes of clients as long as it is a replica; true for a master. */
  readonly readOnly: boolean;
  /** 0 means that it must never be promoted. */
  readonly priority: number;
  readonly replicas: readonly ReplicaLink[];
  /** How many replicas are close enough to count; null where the server wants none for its writes. */
  readonly goodReplicas: number | null;
  /** Full and partial synchronisations served since the start. */
  readonly fullSyncs: number;
  readonly partialSyncs: number;
  readonly backlog: Backlog;
  /**
   * What it sends to all of its replicas together, measured over the last seconds; null from servers before 7.0, which do
   * not tell it apart from what clients get.
   */
  readonly sentBytesPerSecond: number | null;
  /** The same of everything that it receives: for a master about what is written, in servers before 7.0. */
  readonly receivedBytesPerSecond: number;
  readonly persistence: Persistence;
  readonly memory: MemoryUse;
  readonly refusals: Refusals;
}
