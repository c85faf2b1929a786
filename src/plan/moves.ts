import { type Address, findNode, formatAddress, nodeAt, sameAddress, topDown } from '../domain/cluster.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { ClusterRecord } from '../domain/record.ts';

/**
 * The replicas that run and get another source. Nodes that do not run take their place when they start.
 * @param before - null for a new cluster, in which nothing moves
 * @param sources - whom nodes really follow, as far as that was looked at: somebody may have told them by hand, or a change
 * may have been cut off
 * @param awake - the nodes that run, or go on running, and so keep their role unless they are told another one
 */
export function moversOf(
  before: ClusterRecord | null,
  { cluster }: ClusterRecord,
  awake: readonly string[],
  sources: ReadonlyMap<string, Address> = new Map(),
): ReadonlySet<string> {
  const movers = cluster.nodes.filter(({ name, source }) => {
    const was = before ? findNode(before.cluster, name)?.source : undefined;
    const now = sources.get(name);
    const above = source === null ? undefined : findNode(cluster, source)?.address;
    const isElsewhere = now !== undefined && above !== undefined && !sameAddress(now, above);
    return source !== null && typeof was === 'string' && (was !== source || isElsewhere) && awake.includes(name);
  });
  return new Set(movers.map(({ name }) => name));
}

/**
 * From the master down: whoever is above a node has its own new place before the node follows it, so that no cycle can
 * come up on the way. One after the other, so that it can be told how each of them came to its new source.
 * @param movers - see `moversOf`
 * @param sources - see `moversOf`
 * @param steps - what else is done: a move waits for the role of its node, and for both nodes to run
 */
export function planMoves(
  before: ClusterRecord | null,
  { cluster }: ClusterRecord,
  movers: ReadonlySet<string>,
  steps: Plan,
  sources: ReadonlyMap<string, Address> = new Map(),
): Plan {
  const moves: PlannedStep[] = [];
  for (const { name, source: above } of topDown(cluster)) {
    const source = above === null ? undefined : findNode(cluster, above);
    const real = sources.get(name);
    const instead = real
      ? (nodeAt(before?.cluster ?? cluster, real)?.name ?? formatAddress(real))
      : before && findNode(before.cluster, name)?.source;
    if (!movers.has(name) || !source || !instead) continue;
    const waits = [
      `conf ${name}`,
      `unpause ${name}`,
      ...['start', 'head-start', 'unpause'].map((verb) => `${verb} ${source.name}`),
    ];
    const ids = [
      ...steps.map(({ id }) => id).filter((id) => waits.includes(id)),
      ...moves.slice(-1).map(({ id }) => id),
    ];
    const step = { op: 'follow', node: name, source: source.name, address: source.address, instead } as const;
    moves.push({ id: `follow ${name}`, step, because: 'it has another source now', after: ids });
  }
  return moves;
}
