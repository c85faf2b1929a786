import { RmsxError } from '../domain/errors.ts';
import { type FaultKind, nodesOfTarget } from '../plan/fault.ts';
import type { LifecycleResult } from './lifecycle.ts';
import { type KnownCluster, requireNode } from './observe.ts';

/** What breaking nodes, or bringing them back, did. */
export interface FaultResult extends LifecycleResult {
  /** What was asked for. */
  readonly fault: FaultKind | 'heal';
  /** The nodes that were meant. */
  readonly targets: readonly string[];
  /** Whether they were brought back after a time that was asked for. */
  readonly healed: boolean;
}

/**
 * @returns names of nodes, each once
 * @throws RmsxError `not-found`
 */
export function targetsMeant(known: KnownCluster, targets: readonly string[]): readonly string[] {
  const { cluster } = known.record;
  const nodes = targets.flatMap((typed) => nodesOfTarget(cluster, typed));
  for (const node of nodes) requireNode(known, node);
  if (nodes.length > 0 || targets.length > 0) return [...new Set(nodes)];
  throw new RmsxError('bad-usage', 'A fault needs a target: a node, master, replicas or all.');
}
