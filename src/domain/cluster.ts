/** Where a server listens: inside the network of the cluster, or published on a host. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How the replicas hang together. */
export type Topology = 'star';

/** `aof`: append-only file on a named volume, restart `always`. `none`: nothing is kept, restart `no`. */
export type Persistence = 'aof' | 'none';

/** One node as it should be. */
export interface NodeSpec {
  readonly name: string;
  /** Inside the network of the cluster; the port is the same outside. */
  readonly address: Address;
  /** The node it replicates from; null for the master. */
  readonly source: string | null;
}

/** One cluster as it should be. Complete: nothing is optional after parsing. */
export interface ClusterSpec {
  readonly name: string;
  readonly topology: Topology;
  readonly image: string;
  /** CIDR, e.g. `172.19.0.0/24`. */
  readonly subnet: string;
  /** The address of the host on which the ports are published. */
  readonly bind: string;
  readonly timezone: string;
  readonly persistence: Persistence;
  readonly disabledCommands: readonly string[];
  readonly nodes: readonly NodeSpec[];
}

/** What a node does. The name of a node never changes, its role does. */
export type Role = 'master' | 'replica';

/** @returns the role that a node should have */
export const plannedRole = (node: NodeSpec): Role => (node.source === null ? 'master' : 'replica');

/** @returns the node of that name, or undefined */
export const findNode = (cluster: ClusterSpec, name: string): NodeSpec | undefined =>
  cluster.nodes.find((node) => node.name === name);

/** @returns the node that should be the master */
export function masterOf(cluster: ClusterSpec): NodeSpec {
  const master = cluster.nodes.find((node) => node.source === null);
  if (!master) throw new RangeError(`cluster ${cluster.name} has no master in its plan`);
  return master;
}

/** @returns the node that should be its source, or null for the master */
export function sourceOf(cluster: ClusterSpec, node: NodeSpec): NodeSpec | null {
  return node.source === null ? null : (findNode(cluster, node.source) ?? null);
}

/** @returns the node with that address inside the network, or undefined */
export const nodeAt = (cluster: ClusterSpec, address: Address): NodeSpec | undefined =>
  cluster.nodes.find((node) => sameAddress(node.address, address));

/** Whether two addresses are the same. */
export const sameAddress = (a: Address, b: Address): boolean => a.host === b.host && a.port === b.port;

/** Whether two nodes would follow the same source; null is a master, undefined is unknown and the same as nothing. */
export const sameSource = (a: Address | null | undefined, b: Address | null): boolean =>
  a === null || b === null ? a === b : a !== undefined && sameAddress(a, b);

/** `host:port`, for people. */
export const formatAddress = (address: Address): string => `${address.host}:${address.port}`;

/**
 * The nodes in an order in which every source comes before the nodes that follow it.
 * @throws RangeError on a cycle or a source that is not there
 */
export function topDown(cluster: ClusterSpec): readonly NodeSpec[] {
  const placed: NodeSpec[] = [];
  let waiting = [...cluster.nodes];
  while (waiting.length > 0) {
    const ready = waiting.filter((node) => node.source === null || placed.some((other) => other.name === node.source));
    if (ready.length === 0) throw new RangeError(`cluster ${cluster.name} has a cycle or a missing source`);
    placed.push(...ready);
    waiting = waiting.filter((node) => !ready.includes(node));
  }
  return placed;
}
