import { type ClusterSpec, masterOf, topDown } from '../domain/cluster.ts';
import { heirAmong, promoteCommand } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { canonicalNodeName, containerName, networkName } from '../domain/names.ts';
import { containerOf, isOnNetwork, type ObservedContainer } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { Notice } from '../domain/status.ts';
import { isAwake } from './linked.ts';
import { planStop, stopWarnings } from './stop.ts';

/** What can be done to a node on purpose. */
export type FaultKind = 'kill' | 'stop' | 'pause' | 'partition';

/** Every kind, for whoever reads one. */
export const faultKinds: readonly FaultKind[] = ['kill', 'stop', 'pause', 'partition'];

/**
 * The nodes that a target stands for. `master` is whoever has that role by now; the node that is called so is meant by the
 * name of its container.
 * @param typed - a node, `master`, `replicas`, `all`, or the name of a container
 * @returns names of nodes; where it is none of these, the name that was typed
 */
export function nodesOfTarget(cluster: ClusterSpec, typed: string): readonly string[] {
  const names = (nodes: ClusterSpec['nodes']): readonly string[] => nodes.map(({ name }) => name);
  if (typed === 'all') return names(cluster.nodes);
  if (typed === 'master') return [masterOf(cluster).name];
  if (typed === 'replicas') return names(cluster.nodes.filter(({ source }) => source !== null));
  const named = cluster.nodes.find(({ name }) => containerName(cluster.name, name) === typed);
  return [named?.name ?? canonicalNodeName(typed)];
}

/** What a fault does, and what it means for the others. */
export interface FaultPlan {
  readonly plan: Plan;
  readonly warnings: readonly Notice[];
}

/**
 * Breaks nodes on purpose, all of them at once; one that is like that already is left alone, and so is one that does not run.
 * @param nodes - names, of this cluster
 */
export function planFault(
  cluster: ClusterSpec,
  containers: readonly ObservedContainer[],
  kind: FaultKind,
  nodes: readonly string[],
): FaultPlan {
  const hit = topDown(cluster).flatMap(({ name }) => {
    const container = containerOf({ containers }, name);
    return nodes.includes(name) && isAwake(container) && !isLikeThat(container, kind, cluster.name) ? [container] : [];
  });
  const names = hit.map(({ node }) => node ?? '');
  const plan = kind === 'stop' ? planStop(cluster, containers, names) : hit.map((own) => faultStep(own, kind, cluster));
  const staying = containers
    .filter((own) => isAwake(own) && !names.includes(own.node ?? ''))
    .map(({ node }) => node ?? '');
  const ends = kind === 'stop' || kind === 'kill';
  return {
    plan,
    warnings: [
      ...(ends ? stopWarnings(cluster, names, staying) : cutOffWarnings(cluster, names, staying)),
      ...(ends ? [] : nodes.flatMap((name) => sleeping(cluster.name, name, kind, containerOf({ containers }, name)))),
    ],
  };
}

function isLikeThat(container: ObservedContainer, kind: FaultKind, cluster: string): boolean {
  if (kind === 'pause') return container.state === 'paused';
  return kind === 'partition' && !isOnNetwork(container, networkName(cluster));
}

function faultStep(
  { node, id }: ObservedContainer,
  kind: Exclude<FaultKind, 'stop'>,
  cluster: ClusterSpec,
): PlannedStep {
  const name = node ?? '';
  const because = 'a fault was asked for';
  if (kind !== 'partition') return { id: `${kind} ${name}`, step: { op: kind, node: name, id }, because, after: [] };
  const step = { op: 'disconnect', node: name, id, network: networkName(cluster.name) } as const;
  return { id: `disconnect ${name}`, step, because, after: [] };
}

function sleeping(
  cluster: string,
  node: string,
  kind: FaultKind,
  container: ObservedContainer | undefined,
): readonly Notice[] {
  if (isAwake(container)) return [];
  const what = container ? 'is stopped' : 'has no container';
  const hint = rmsxCommand(cluster, container ? `start ${node}` : 'up');
  return [{ code: 'not-running', node, message: `${node} ${what}: there is nothing to ${kind}`, hint }];
}

function cutOffWarnings(cluster: ClusterSpec, hit: readonly string[], staying: readonly string[]): readonly Notice[] {
  const master = masterOf(cluster).name;
  if (!hit.includes(master)) return [];
  const heir = heirAmong(cluster, staying);
  const heal = `Bring it back: ${rmsxCommand(cluster.name, 'fault heal')}`;
  const hint = heir ? `${heal}   or let a replica take over: ${promoteCommand(cluster, heir)}` : heal;
  return [{ code: 'master-cut-off', node: master, message: `${master} is the master: nothing can be written`, hint }];
}
