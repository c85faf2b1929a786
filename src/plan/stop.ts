import { type ClusterSpec, findNode, followersOf, masterOf, topDown } from '../domain/cluster.ts';
import { heirAmong, promoteCommand } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { stopGraceSeconds } from '../domain/ports.ts';
import type { Notice } from '../domain/status.ts';
import { isAwake } from './linked.ts';

/**
 * Stops sources before the nodes that follow them, the master first: it waits until its replicas have everything, and from
 * then on all offsets stand still, so that nobody needs a full synchronisation afterwards: docs/decisions/025. What is
 * paused is woken before the first one stops, as its source would wait for it. For the engine that is a stop by hand:
 * `restart: always` starts them again only when the engine itself is started anew.
 * @param nodes - names; those that are no part of the cluster any more stop at once
 * @returns nothing where all of them are stopped
 */
export function planStop(
  cluster: ClusterSpec,
  containers: readonly ObservedContainer[],
  nodes: readonly string[],
): Plan {
  const strays = nodes.filter((name) => !findNode(cluster, name));
  const members = topDown(cluster).filter(({ name }) => nodes.includes(name));
  const found = [...strays, ...members.map(({ name }) => name)].map((name) => containerOf({ containers }, name));
  const wakes = found.flatMap((container) => (isAwake(container) ? wakeSteps(container, []) : []));
  const stops: PlannedStep[] = [];
  for (const container of found) {
    if (!isAwake(container)) continue;
    const source = `stop ${findNode(cluster, container.node ?? '')?.source}`;
    const after = [...wakes, ...stops.filter(({ id }) => id === source)].map(({ id }) => id);
    stops.push(stopStep(container, after));
  }
  return [...wakes, ...stops];
}

/**
 * How one node is stopped. A paused one is woken first: Docker 20.10 waits for the whole grace and kills it then (tried:
 * 30 s, exit code 137), and a server that keeps snapshots would lose the last one.
 */
export function stopSteps(container: ObservedContainer, after: readonly string[]): readonly PlannedStep[] {
  const wakes = wakeSteps(container, after);
  return [...wakes, stopStep(container, wakes.length > 0 ? wakes.map(({ id }) => id) : after)];
}

function wakeSteps({ node, state }: ObservedContainer, after: readonly string[]): readonly PlannedStep[] {
  if (state !== 'paused' || node === null) return [];
  const because = 'a paused server cannot end in peace';
  return [{ id: `unpause ${node}`, step: { op: 'unpause', node }, because, after }];
}

function stopStep({ node, id, state }: ObservedContainer, after: readonly string[]): PlannedStep {
  const name = node ?? '';
  const step = { op: 'stop', node: name, id, graceSeconds: stopGraceSeconds } as const;
  return { id: `stop ${name}`, step, because: `it is ${state}`, after };
}

/**
 * What it means that some nodes are stopped while others go on.
 * @param stopping - the nodes that run and are to be stopped
 * @param staying - the nodes that go on running
 */
export function stopWarnings(
  cluster: ClusterSpec,
  stopping: readonly string[],
  staying: readonly string[],
): readonly Notice[] {
  const { name, persistence } = cluster;
  const master = masterOf(cluster).name;
  const warnings: Notice[] = [];
  if (persistence === 'none' && stopping.length > 0 && staying.length === 0) {
    const message = `${name} is ephemeral: with its last node its data is gone`;
    warnings.push({ code: 'data-gone', node: null, message, hint: null });
  }
  for (const node of stopping) {
    const left = followersOf(cluster, node).filter((follower) => staying.includes(follower.name));
    if (left.length === 0) continue;
    const names = left.map((follower) => follower.name).join(', ');
    if (node !== master) {
      const message = `${names} followed ${node}: nothing new gets there until it runs again`;
      warnings.push({ code: 'source-stopped', node, message, hint: rmsxCommand(name, `start ${node}`) });
      continue;
    }
    const heir = heirAmong(
      cluster,
      topDown(cluster).flatMap((other) => (staying.includes(other.name) ? [other.name] : [])),
    );
    const promote = heir && `let a replica take over: ${promoteCommand(cluster, heir)}`;
    const anew = `begin anew without the data: ${rmsxCommand(name, 'down')} && ${rmsxCommand(name, 'up')}`;
    warnings.push({
      code: 'master-stopped',
      node,
      message: `${node} was the master: nothing can be written; ${names} can be read, and stay${left.length > 1 ? '' : 's'} as ${left.length > 1 ? 'they are' : 'it is'}`,
      hint:
        persistence === 'none'
          ? `It would come back empty; ${promote ?? anew}`
          : `Bring it back: ${rmsxCommand(name, `start ${node}`)}${promote ? `   or ${promote}` : ''}`,
    });
  }
  return warnings;
}
