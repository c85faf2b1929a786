import type { Role, Topology } from './cluster.ts';
import type { LinkState } from './server-info.ts';

/** The state of a node, as far as it could be seen. */
export type NodeState = 'running' | 'paused' | 'stopped' | 'restarting' | 'missing' | 'unreachable';

/** How a cluster is as a whole. */
export type Health = 'healthy' | 'degraded' | 'down';

/** One node: what is, against what should be. Null means: not seen. */
export interface NodeStatus {
  readonly name: string;
  readonly role: Role | null;
  readonly plannedRole: Role;
  readonly state: NodeState;
  /** The node it replicates from; an address where that is no node of the cluster. */
  readonly source: string | null;
  readonly plannedSource: string | null;
  /** Where the others look for it in the network of the cluster: the planned one, also where a warning says it is not there. */
  readonly ip: string;
  readonly port: number;
  /** Where programs on the host reach it. */
  readonly host: string;
  readonly hostPort: number;
  readonly link: LinkState | null;
  readonly lagBytes: number | null;
  readonly lagSeconds: number | null;
  readonly offset: number | null;
  readonly replid: string | null;
  readonly version: string | null;
  readonly containerId: string | null;
}

/** What somebody should know, and the command to type. */
export interface Notice {
  /** Public and stable: scripts compare it. */
  readonly code: string;
  readonly node: string | null;
  readonly message: string;
  readonly hint: string | null;
}

/** What is wrong with a cluster. */
export interface Warning extends Notice {
  /** An advice is no reason to call a cluster degraded. */
  readonly level: 'problem' | 'advice';
}

/** The status of a cluster: `rmsx status --json` prints it with `schemaVersion: 1`. */
export interface ClusterStatus {
  readonly cluster: {
    readonly name: string;
    readonly topology: Topology;
    readonly health: Health;
    readonly subnet: string;
    readonly image: string;
    readonly epoch: number;
    /** The node that is the master now; null where there is none, or more than one. */
    readonly master: string | null;
  };
  readonly nodes: readonly NodeStatus[];
  readonly warnings: readonly Warning[];
}
