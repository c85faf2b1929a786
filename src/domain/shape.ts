import type { Topology } from './cluster.ts';

/** As much of a node as its place needs. */
export interface Placed {
  readonly name: string;
  readonly source: string | null;
}

/**
 * Whom one more node should follow: the master of a star, the end of a chain, and in a tree the first node, level by
 * level, that has fewer followers than the fanout.
 * @param nodes - with one master and no cycle
 */
export function nextSource(nodes: readonly Placed[], topology: Topology, fanout: number): string {
  const ordered = levels(nodes);
  const [master] = ordered;
  if (!master) throw new RangeError('a cluster without a master has no place for another node');
  switch (topology) {
    case 'star':
    case 'custom':
      return master.name;
    case 'chain':
      return ordered.at(-1)?.name ?? master.name;
    case 'tree': {
      const followers = countFollowers(nodes);
      return ordered.find(({ name }) => (followers.get(name) ?? 0) < fanout)?.name ?? master.name;
    }
    default:
      return topology satisfies never;
  }
}

/** @returns the nodes from the master down, level by level, each level in the order of the nodes above it */
export function levels<T extends Placed>(nodes: readonly T[]): readonly T[] {
  const below = new Map<string | null, T[]>();
  for (const node of nodes) {
    const siblings = below.get(node.source);
    if (siblings) siblings.push(node);
    else below.set(node.source, [node]);
  }
  const ordered = [...(below.get(null) ?? [])];
  for (let at = 0; at < ordered.length; at++) ordered.push(...(below.get(ordered[at]?.name ?? '') ?? []));
  return ordered;
}

/**
 * What a shape is rightly called: promotions and moves may have made something else of it.
 * @param topology - what was asked for
 */
export function shapeName(nodes: readonly Placed[], topology: Topology, fanout: number): Topology {
  const followers = countFollowers(nodes);
  const most = Math.max(0, ...followers.values());
  const isRight = {
    star: followers.size <= 1,
    chain: most <= 1,
    tree: most <= fanout,
    custom: true,
  };
  return isRight[topology] ? topology : 'custom';
}

function countFollowers(nodes: readonly Placed[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { source } of nodes) if (source !== null) counts.set(source, (counts.get(source) ?? 0) + 1);
  return counts;
}

/**
 * The sources of a new cluster: what `nextSource` says of one node after the other, without a look at all of those before.
 * @param names - the master first
 * @returns node -> its source; in a custom cluster nobody follows anybody until somebody says so
 */
export function shapeOf(
  topology: Topology,
  fanout: number,
  names: readonly string[],
): ReadonlyMap<string, string | null> {
  const above: Readonly<Record<Topology, (index: number) => number>> = {
    star: () => 0,
    chain: (index) => index - 1,
    tree: (index) => Math.floor((index - 1) / fanout),
    custom: () => -1,
  };
  return new Map(names.map((name, i) => [name, i === 0 ? null : (names[above[topology](i)] ?? null)]));
}

/** What is wrong with whom the nodes of a cluster follow. */
export interface ShapeProblem {
  readonly node: string;
  readonly message: string;
}

/** @returns every problem: a source that is not there, two masters, none at all, cycles */
export function shapeProblems(nodes: readonly Placed[]): readonly ShapeProblem[] {
  const sources = new Map(nodes.map(({ name, source }) => [name, source]));
  const problems: ShapeProblem[] = [];
  for (const { name, source } of nodes) {
    if (source !== null && !sources.has(source)) {
      problems.push({ node: name, message: `there is no node called ${source}` });
    }
  }
  const [master, ...others] = nodes.filter(({ source }) => source === null).map(({ name }) => name);
  for (const name of others) {
    problems.push({
      node: name,
      message: `${name} follows nobody, and ${master} is the master already: name its source`,
    });
  }
  for (const cycle of cyclesOf(sources)) {
    const path = [...cycle, cycle[0]].join(' -> ');
    const [first = ''] = cycle;
    const message =
      cycle.length === 1 ? `${first} cannot follow itself` : `a cycle: ${path}; none of them would ever get data`;
    problems.push({ node: first, message });
  }
  if (master === undefined && problems.length === 0) {
    problems.push({ node: nodes[0]?.name ?? '', message: 'every node has a source, and none is the master' });
  }
  return problems;
}

/** Every node has one source, so cycles cannot share a node. */
function cyclesOf(sources: ReadonlyMap<string, string | null>): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const known = new Set<string>();
  for (const start of sources.keys()) {
    const path: string[] = [];
    let at: string | null | undefined = start;
    while (typeof at === 'string' && sources.has(at) && !known.has(at)) {
      known.add(at);
      path.push(at);
      at = sources.get(at);
    }
    const entry = typeof at === 'string' ? path.indexOf(at) : -1;
    if (entry >= 0) cycles.push(path.slice(entry));
  }
  return cycles;
}
