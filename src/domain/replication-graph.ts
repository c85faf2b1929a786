import type { Role, Topology } from './cluster.ts';
import type { LinkState } from './server-info.ts';
import type { ClusterStatus, Health, NodeState, NodeStatus } from './status.ts';

/** One node of a graph. Null means: not seen. */
export interface GraphNode {
  readonly name: string;
  readonly role: Role | null;
  readonly plannedRole: Role;
  readonly state: NodeState;
}

/** Who replicates from whom; data flows from the source to the node. */
export interface GraphEdge {
  /** A node, or one of the addresses outside. */
  readonly source: string;
  readonly node: string;
  /** Whether the node says so itself; otherwise nothing was seen of it, and this is where it belongs. */
  readonly seen: boolean;
  /** Whether it is where it belongs. */
  readonly planned: boolean;
  readonly link: LinkState | null;
  readonly lagBytes: number | null;
  readonly lagSeconds: number | null;
}

/** Who replicates from whom in a cluster: `rmsx topology --json` prints it with `schemaVersion: 1`. */
export interface ReplicationGraph {
  readonly cluster: {
    readonly name: string;
    readonly topology: Topology;
    readonly health: Health;
    /** The node that is the master now; null where there is none, or more than one. */
    readonly master: string | null;
  };
  readonly nodes: readonly GraphNode[];
  /** At most one for each node: a node follows one source, or nobody. */
  readonly edges: readonly GraphEdge[];
  /** The sources that are no nodes of the cluster, as `host:port`. */
  readonly outside: readonly string[];
}

/** A node with all that replicates from it. */
export interface Branch {
  readonly node: GraphNode;
  /** How it hangs on its source; null where it follows nobody. */
  readonly edge: GraphEdge | null;
  readonly followers: readonly Branch[];
}

/** A part of a graph that hangs together. */
export interface Tree {
  /**
   * `node`: the one branch of it follows nobody. `outside`: its branches follow the address. `cycle`: its one branch
   * follows, over others, itself.
   */
  readonly root: 'node' | 'outside' | 'cycle';
  /** The address, for `outside`. */
  readonly address: string | null;
  readonly branches: readonly Branch[];
}

/** @returns who replicates from whom, as far as it was seen, and for the other nodes where they belong */
export function replicationGraph({ cluster, nodes }: ClusterStatus): ReplicationGraph {
  const { name, topology, health, master } = cluster;
  const edges = nodes.flatMap(edgeOf);
  const sources = new Set(edges.map(({ source }) => source));
  return {
    cluster: { name, topology, health, master },
    nodes: nodes.map(({ name, role, plannedRole, state }) => ({ name, role, plannedRole, state })),
    edges,
    outside: [...sources].filter((source) => !nodes.some((node) => node.name === source)),
  };
}

function edgeOf(node: NodeStatus): readonly GraphEdge[] {
  const { name, plannedSource, link, lagBytes, lagSeconds } = node;
  const seen = node.role !== null;
  const source = seen ? node.source : plannedSource;
  if (source === null) return [];
  return [{ source, node: name, seen, planned: source === plannedSource, link, lagBytes, lagSeconds }];
}

/** @returns the graph as trees, in which every node stands exactly once: those that follow nobody first, cycles last */
export function forestOf({ nodes, edges, outside }: ReplicationGraph): readonly Tree[] {
  const edgeTo = new Map(edges.map((edge) => [edge.node, edge]));
  const placed = new Set<string>();
  const branch = (node: GraphNode): Branch => {
    placed.add(node.name);
    return { node, edge: edgeTo.get(node.name) ?? null, followers: followersOf(node.name) };
  };
  const followersOf = (source: string): readonly Branch[] =>
    nodes.filter(({ name }) => edgeTo.get(name)?.source === source && !placed.has(name)).map(branch);
  const free = nodes.filter(({ name }) => !edgeTo.has(name));
  const trees: Tree[] = free.map((node) => ({ root: 'node', address: null, branches: [branch(node)] }));
  for (const address of outside) trees.push({ root: 'outside', address, branches: followersOf(address) });
  for (const node of nodes) {
    if (placed.has(node.name) || !isOnCycle(node.name, edgeTo)) continue;
    trees.push({ root: 'cycle', address: null, branches: [branch(node)] });
  }
  return trees;
}

/** Whether a node comes to itself again by going from source to source. */
function isOnCycle(name: string, edgeTo: ReadonlyMap<string, GraphEdge>): boolean {
  const passed = new Set<string>();
  let source = edgeTo.get(name)?.source;
  while (source !== undefined && !passed.has(source)) {
    if (source === name) return true;
    passed.add(source);
    source = edgeTo.get(source)?.source;
  }
  return false;
}
