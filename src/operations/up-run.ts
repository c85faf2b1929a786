import type { NodeSpec } from '../domain/cluster.ts';
import type { NodeConf, ObservedEngine } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ClusterStatus } from '../domain/status.ts';
import type { Resync } from '../plan/resync.ts';

/** How `up` works, besides what it makes. */
export interface UpOptions {
  /** Return as soon as the containers run. */
  readonly wait: boolean;
  /** Leave everything as it is after a failure. */
  readonly retain: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** The time zone of the caller, for a new cluster that names none. */
  readonly timezone: string;
}

/** What `up` did. */
export interface UpResult {
  readonly plan: Plan;
  /** Whether anything was made, started or written. */
  readonly changed: boolean;
  /** Null after a dry run. */
  readonly status: ClusterStatus | null;
  /** Of every node; null after a dry run. A secret: it is for connecting, and for no log. */
  readonly password: string | null;
  /** What could not be done as planned, and does no harm. */
  readonly remarks: readonly string[];
  /** How each node that got another source came to it. */
  readonly resync: Readonly<Record<string, Resync>>;
}

/** Everything that one run of `up` starts from. */
export interface UpScene {
  readonly record: ClusterRecord;
  /** The nodes that must be ready at the end, the master among them. */
  readonly nodes: readonly NodeSpec[];
  readonly engine: ObservedEngine;
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** The one that new nodes get; those that are there have it in their conf. */
  readonly password: string;
  /** The one that all of them have at the end. @default the same */
  readonly newPassword?: string;
  /** The newest record before, where the plan takes all containers down for others. */
  readonly relocated?: ClusterRecord | undefined;
  readonly plan: Plan;
  readonly options: UpOptions;
  readonly ports: Ports;
  /** Marks what this run makes. */
  readonly run: string;
}
