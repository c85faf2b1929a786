import type { Ports } from '../../domain/ports.ts';
import type { ClusterStatus } from '../../domain/status.ts';
import type { NodeEvidence } from '../../domain/verification/evidence.ts';
import type { Connections } from '../connections.ts';
import type { KnownCluster } from '../observe.ts';

/** What a verification works with. */
export interface VerifyScene {
  readonly cluster: KnownCluster;
  readonly status: ClusterStatus;
  /** The node with which the others are compared; null where no node is a master. */
  readonly master: string | null;
  readonly roleConfs: ReadonlyMap<string, NodeEvidence['roleConf']>;
  readonly connections: Connections;
  readonly ports: Ports;
  /** How many markers are written. */
  readonly keys: number;
  readonly waitMs: number;
  /** What tells this verification from every other one. */
  readonly run: string;
}
