import { findNode, plannedRole, type Role } from '../domain/cluster.ts';
import { RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { canonicalNodeName, compareNodeNames } from '../domain/names.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { NodeState, Warning } from '../domain/status.ts';
import { newRun } from '../files/process-owner.ts';
import type { Begun } from './lifecycle-steps.ts';
import { lookUnlocked, withLock } from './lock.ts';
import { type KnownCluster, observeCluster, requireNode } from './observe.ts';

/** How nodes are started, stopped or restarted. */
export interface LifecycleOptions {
  /** Return when replication is usable among the nodes that run. @default true */
  readonly wait?: boolean;
  /** Only say what would be done. @default false */
  readonly dryRun?: boolean;
}

/** A node afterwards, as the engine and the record know it. */
export interface LifecycleNode {
  readonly name: string;
  /** The role that it has or comes back with; null for a node that is no part of the cluster any more. */
  readonly role: Role | null;
  readonly source: string | null;
  readonly state: Exclude<NodeState, 'unreachable'>;
}

/** What `start`, `stop` or `restart` did. */
export interface LifecycleResult {
  /** The name of the cluster. */
  readonly cluster: string;
  readonly plan: Plan;
  readonly changed: boolean;
  readonly nodes: readonly LifecycleNode[];
  /** What it means for the nodes that were not touched. */
  readonly warnings: readonly Warning[];
}

/** What is to be done, from one look at the cluster. */
export interface LifecyclePlan {
  readonly known: KnownCluster;
  readonly plan: Plan;
  readonly warnings: readonly Warning[];
}

/**
 * Looks, and carries out what follows from that while nobody else changes the cluster.
 * @param look - decides; what it saw without the lock may be old, so it looks again with it
 * @param carryOut - called where there is something to do
 */
export async function underLock(
  name: string,
  look: () => Promise<LifecyclePlan>,
  carryOut: (planned: LifecyclePlan) => Promise<void>,
  { dryRun = false }: LifecycleOptions,
  ports: Ports,
): Promise<LifecycleResult> {
  const run = newRun();
  const first = dryRun ? await look() : await lookUnlocked(name, run, ports, look);
  if (dryRun || first.plan.length === 0) return resultOf(first, first.known.containers, false);
  const image = first.known.containers[0]?.image ?? first.known.record.cluster.image;
  return withLock({ cluster: name, image, run }, ports, async () => {
    const planned = await look();
    await carryOut(planned);
    return resultOf(planned, await ports.engine.listContainers(name), planned.plan.length > 0);
  });
}

function resultOf(
  { known, plan, warnings }: LifecyclePlan,
  containers: readonly ObservedContainer[],
  changed: boolean,
): LifecycleResult {
  const nodes = allNodes(known).map((name): LifecycleNode => {
    const spec = findNode(known.record.cluster, name);
    const state = containerOf({ containers }, name)?.state ?? 'missing';
    return { name, role: spec ? plannedRole(spec) : null, source: spec?.source ?? null, state };
  });
  return { cluster: known.name, plan, changed, nodes, warnings };
}

/**
 * Finds the cluster and the nodes that are meant.
 * @param typed - names as people type them; nobody stands for all nodes, those that left the cluster included
 * @throws RmsxError `not-found`
 */
export async function findNodes(
  name: string,
  typed: readonly string[],
  ports: Ports,
): Promise<{ readonly known: KnownCluster; readonly nodes: readonly string[] }> {
  const known = await observeCluster(ports, name);
  if (typed.length === 0) return { known, nodes: allNodes(known) };
  const nodes = [...new Set(typed.map(canonicalNodeName))];
  for (const node of nodes) if (!allNodes(known).includes(node)) requireNode(known, node);
  return { known, nodes };
}

const allNodes = ({ record, containers }: KnownCluster): readonly string[] => {
  const names = [...record.cluster.nodes.map((node) => node.name), ...containers.map(({ node }) => node ?? '')];
  return [...new Set(names)].sort(compareNodeNames);
};

/** @returns the error of a change that was cut off, with what it had done by then */
export function reportBegun(error: unknown, { stopped, started }: Begun, name: string): unknown {
  if (!(error instanceof RmsxError) || stopped.length + started.length === 0) return error;
  const told = [
    ...(stopped.length > 0 ? [`stopped by then: ${stopped.join(', ')}`] : []),
    ...(started.length > 0 ? [`started by then: ${started.join(', ')}`] : []),
  ];
  return retold(error, error.message, {
    problems: [...error.problems, ...told],
    hint: error.hint || `See how it is: ${rmsxCommand(name, 'status')}`,
  });
}
