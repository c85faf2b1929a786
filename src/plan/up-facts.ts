import type { Address } from '../domain/cluster.ts';
import type { NodeConf, ObservedEngine } from '../domain/observed.ts';
import type { ClusterRecord } from '../domain/record.ts';

/** Everything that the plan of `up` follows from. */
export interface UpFacts {
  /** The newest record before this change; null for a new cluster. */
  readonly before: ClusterRecord | null;
  /** What is wanted; written to every node whose own record is older. */
  readonly record: ClusterRecord;
  readonly engine: ObservedEngine;
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** The one that the servers know by now. */
  readonly password: string;
  /** The one that they are to know from now on. @default the same */
  readonly newPassword?: string;
  /** Whom the replicas that run follow, where that was looked at. */
  readonly sources?: ReadonlyMap<string, Address>;
  /** Images that are to be fetched. */
  readonly pull: readonly string[];
  /** Whether nodes that are missing, stopped or paused are to run again, besides those that are new. */
  readonly revive: boolean;
  /** Whether the cluster is to be marked as one that is thrown away. @default false */
  readonly isolated?: boolean | undefined;
  /** Whether it is one that this process takes down. @default false */
  readonly held?: boolean | undefined;
  /** Whether nobody else can be at work on the cluster. @default false */
  readonly holdsLock?: boolean;
  /** Marks what this run makes. */
  readonly run: string;
  /** The text of templates/redis.conf. */
  readonly template: string;
  readonly nowMs: number;
}
