import { findNode, sourceOf, topDown } from '../domain/cluster.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { ClusterRecord } from '../domain/record.ts';

/**
 * Replicas that run and get another source, from the master down: whoever is above a node has its own new place before
 * the node follows it, so that no cycle can come up on the way. One after the other, so that it can be told how each of them
 * came to its new source. Nodes that do not run take their place when they start.
 * @param before - null for a new cluster, in which nothing moves
 * @param containers - of the cluster, by node
 * @param steps - what else is done: a move waits for the role of its node, and for its source to run
 */
export function planMoves(
  before: ClusterRecord | null,
  { cluster }: ClusterRecord,
  containers: ReadonlyMap<string, ObservedContainer | undefined>,
  steps: Plan,
): Plan {
  const moves: PlannedStep[] = [];
  for (const node of before ? topDown(cluster) : []) {
    const source = sourceOf(cluster, node);
    const instead = before && findNode(before.cluster, node.name)?.source;
    if (!source || instead === null || instead === undefined || instead === source.name) continue;
    if (containers.get(node.name)?.state !== 'running') continue;
    const step = { op: 'follow', node: node.name, source: source.name, address: source.address, instead } as const;
    const waits = [`conf ${node.name}`, `start ${source.name}`, `head-start ${source.name}`];
    const after = [
      ...steps.map(({ id }) => id).filter((id) => waits.includes(id)),
      ...moves.slice(-1).map(({ id }) => id),
    ];
    moves.push({ id: `follow ${node.name}`, step, because: 'it has another source now', after });
  }
  return moves;
}
