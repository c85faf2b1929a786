import {
  type Address,
  type ClusterSpec,
  formatAddress,
  type NodeSpec,
  nodeAt,
  plannedRole,
  sourceOf,
} from './cluster.ts';
import type { Clues } from './diagnosis/clues.ts';
import { findWarnings } from './diagnosis/find-warnings.ts';
import type { Scene } from './diagnosis/scene.ts';
import { type Misplaced, misplacedNodes } from './misplaced.ts';
import { containerOf, type NodeConf, type ObservedContainer } from './observed.ts';
import type { ClusterRecord } from './record.ts';
import { linkTo } from './replication.ts';
import type { ServerInfo } from './server-info.ts';
import { shapeName } from './shape.ts';
import type { ClusterStatus, Health, NodeState, NodeStatus, Warning } from './status.ts';

/** Everything that the status of a cluster follows from. */
export interface Evidence {
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  /** Nodes that answer and do not take the password of their own conf. */
  readonly refusing?: ReadonlySet<string>;
  /** What was looked up of nodes with which something is wrong. @default nothing was */
  readonly clues?: ReadonlyMap<string, Clues>;
  /** Where a node is reached from here. */
  readonly endpoint: (node: string) => Address;
}

/** @returns everything that warnings follow from */
export function sceneOf(evidence: Evidence): Scene {
  const { record, containers, confs, infos, refusing = new Set(), clues = new Map() } = evidence;
  const misplaced = misplacedNodes(record.cluster, containers);
  const nodes = record.cluster.nodes.map((node) => assessNode(node, evidence, misplaced));
  return { record, nodes, infos, confs, containers, refusing, misplaced, clues };
}

/** @returns the status of a cluster: what is, against what should be */
export function assessCluster(evidence: Evidence): ClusterStatus {
  const { cluster, epoch } = evidence.record;
  const scene = sceneOf(evidence);
  const { nodes, refusing } = scene;
  const masters = nodes.filter((node) => node.role === 'master');
  const warnings = findWarnings(scene);
  return {
    cluster: {
      name: cluster.name,
      topology: shapeName(cluster.nodes, cluster.topology, cluster.fanout),
      health: healthOf(nodes, warnings, refusing.size),
      subnet: cluster.subnet,
      image: cluster.image,
      epoch,
      master: masters.length === 1 ? (masters[0]?.name ?? null) : null,
    },
    nodes,
    warnings,
  };
}

function healthOf(nodes: readonly NodeStatus[], warnings: readonly Warning[], refusing: number): Health {
  if (refusing === 0 && nodes.every((node) => node.role === null)) return 'down';
  return warnings.every(({ level }) => level === 'advice') ? 'healthy' : 'degraded';
}

function assessNode(node: NodeSpec, evidence: Evidence, misplaced: ReadonlyMap<string, Misplaced>): NodeStatus {
  const { cluster } = evidence.record;
  const container = containerOf(evidence, node.name);
  const info = evidence.infos.get(node.name);
  const endpoint = evidence.endpoint(node.name);
  return {
    name: node.name,
    role: info?.role ?? null,
    plannedRole: plannedRole(node),
    state: stateOf(container, info),
    source: info?.source ? nameOf(cluster, info.source) : null,
    plannedSource: sourceOf(cluster, node)?.name ?? null,
    ip: misplaced.get(node.name)?.ip || node.address.host,
    port: node.address.port,
    host: endpoint.host,
    hostPort: endpoint.port,
    link: info?.link ?? null,
    ...lagOf(node, info, evidence),
    offset: info?.offset ?? null,
    replid: info?.replid ?? null,
    version: info?.version ?? null,
    containerId: container?.id ?? null,
  };
}

function stateOf(container: ObservedContainer | undefined, info: ServerInfo | undefined): NodeState {
  if (!container) return 'missing';
  return container.state === 'running' && !info ? 'unreachable' : container.state;
}

const nameOf = (cluster: ClusterSpec, address: Address): string =>
  nodeAt(cluster, address)?.name ?? formatAddress(address);

/** Null where it cannot be known: no source, a source that does not answer, or another history. */
function lagOf(
  node: NodeSpec,
  info: ServerInfo | undefined,
  evidence: Evidence,
): { readonly lagBytes: number | null; readonly lagSeconds: number | null } {
  const source = info?.source ? nodeAt(evidence.record.cluster, info.source) : undefined;
  const sourceInfo = source && evidence.infos.get(source.name);
  const link = sourceInfo && linkTo(sourceInfo, node);
  if (!info || !link || sourceInfo.replid !== info.replid) return { lagBytes: null, lagSeconds: null };
  // What the source knows is up to a second old; what the replica says of itself is fresher.
  const reached = Math.max(link.offset, info.offset);
  return {
    lagBytes: Math.max(0, sourceInfo.offset - reached),
    lagSeconds: link.lagSeconds >= 0 ? link.lagSeconds : null,
  };
}
