import { isDeepStrictEqual } from 'node:util';

/** Where a server listens: inside the network of the cluster, or published on a host. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How the replicas hang together. In a `custom` cluster every node says itself whom it follows. */
export type Topology = 'star' | 'chain' | 'tree' | 'custom';

/**
 * What survives the end of a server. `aof`: an append-only file on a named volume, restart `always`. `rdb`: snapshots on
 * a named volume, restart `no`, as a master that comes back with an old snapshot takes all of its replicas back to it.
 * `none`: nothing, restart `no`.
 */
export type Persistence = 'aof' | 'rdb' | 'none';

/**
 * Directives of redis.conf: modern name -> what follows it, one element per line, each argument encoded
 * (`encodeWord`). A directive that may stand in several lines has several elements.
 */
export type Directives = Readonly<Record<string, readonly string[]>>;

/** One node as it should be. */
export interface NodeSpec {
  readonly name: string;
  /** Inside the network of the cluster; the port is the same outside. */
  readonly address: Address;
  /** The node it replicates from; null for the master. */
  readonly source: string | null;
  /** Null for the image of the cluster. */
  readonly image: string | null;
  /** Of this node alone; they win over those of the cluster. */
  readonly directives: Directives;
}

/** One cluster as it should be. Complete: nothing is optional after parsing. */
export interface ClusterSpec {
  readonly name: string;
  readonly topology: Topology;
  /** How many nodes follow one node of a tree. */
  readonly fanout: number;
  readonly image: string;
  /** CIDR, e.g. `172.19.0.0/24`. */
  readonly subnet: string;
  /** The address of the host on which the ports are published. */
  readonly bind: string;
  readonly timezone: string;
  readonly persistence: Persistence;
  readonly disabledCommands: readonly string[];
  /** Of all nodes, besides those that rmsx always writes. */
  readonly directives: Directives;
  /** The port of the first node; every other one has its own, counted from here. */
  readonly basePort: number;
  readonly nodes: readonly NodeSpec[];
  /**
   * The sources that a file names, by node, beyond what the topology says. Promotions and moves change the sources of the
   * nodes and not this: asking for the same again is no wish to undo them.
   */
  readonly asked: Readonly<Record<string, string | null>>;
}

/** What a node does. The name of a node never changes, its role does. */
export type Role = 'master' | 'replica';

/** Whether two descriptions say the same, in whatever order. */
export const sameCluster = (a: ClusterSpec, b: ClusterSpec): boolean => isDeepStrictEqual(inOrder(a), inOrder(b));

const inOrder = (cluster: ClusterSpec): ClusterSpec => ({
  ...cluster,
  disabledCommands: [...cluster.disabledCommands].sort(),
  nodes: [...cluster.nodes].sort((a, b) => a.name.localeCompare(b.name)),
});

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

/** @returns the nodes that should follow a node */
export const followersOf = (cluster: ClusterSpec, name: string): readonly NodeSpec[] =>
  cluster.nodes.filter((node) => node.source === name);

/** @returns the image that a node runs */
export const imageOf = (cluster: ClusterSpec, node: NodeSpec): string => node.image ?? cluster.image;

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
