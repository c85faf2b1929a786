import { rmsxCommand } from '../domain/hints.ts';
import type { Ports } from '../domain/ports.ts';
import { newRun } from '../files/process-owner.ts';
import type { RepairStep } from '../plan/repair.ts';
import { connectionsTo } from './connections.ts';
import { withLock } from './lock.ts';
import { imageHere, type KnownCluster, observeCluster } from './observe.ts';
import { promote } from './promote.ts';
import { rejoin } from './rejoin.ts';
import { releaseAllLeft } from './release-left.ts';
import { remove } from './remove.ts';
import { writeRoles } from './roles.ts';
import { switchover } from './switchover.ts';
import { up } from './up.ts';

/** A node that a repair does not bring back. */
export interface LeftAlone {
  readonly node: string;
  /** Why, as a sentence. */
  readonly message: string;
  /** The command that helps. */
  readonly hint: string | null;
}

/** What a step of a repair did. */
export interface StepTaken {
  readonly changed: boolean;
  readonly left: readonly LeftAlone[];
}

/**
 * Takes one step of a repair.
 * @param left - the nodes that steps before it have left as they are
 * @throws RmsxError what the operation behind it throws
 */
export async function takeRepairStep(
  name: string,
  step: RepairStep,
  left: readonly LeftAlone[],
  ports: Ports,
): Promise<StepTaken> {
  switch (step.op) {
    case 'promote':
      return following(name, await promote(name, step.node, { force: false, dryRun: false }, ports));
    case 'hand-over':
      return following(name, await switchover(name, step.node, {}, ports));
    case 'write-roles':
      return alone(name, ports, (cluster) => writeRoles(ports.engine, cluster, cluster.record, step.nodes));
    case 'set-back':
      return alone(name, ports, (cluster) => setBack(cluster, step.nodes, ports));
    case 'rejoin':
      return { changed: (await rejoin(name, step.node, {}, ports)).changed, left: [] };
    case 'remove':
      return { changed: (await remove(name, step.node, { volumes: false, dryRun: false }, ports)).changed, left: [] };
    case 'up':
      return bringUp(name, step.nodes, left, ports);
    default:
      return step satisfies never;
  }
}

interface NewMaster {
  readonly changed: boolean;
  readonly promoted: string;
  readonly incomplete: readonly string[];
}

const following = (name: string, { changed, promoted, incomplete }: NewMaster): StepTaken => ({
  changed,
  left: incomplete.map((node) => ({
    node,
    message: `${node} does not follow ${promoted} yet.`,
    hint: rmsxCommand(name, 'status'),
  })),
});

/** What no operation does by itself happens under the lock, from one more look. */
async function alone(name: string, ports: Ports, work: (cluster: KnownCluster) => Promise<void>): Promise<StepTaken> {
  const { record, containers } = await observeCluster(ports, name);
  await withLock({ cluster: name, image: imageHere({ record, containers }), run: newRun() }, ports, async () =>
    work(await observeCluster(ports, name)),
  );
  return { changed: true, left: [] };
}

async function setBack(cluster: KnownCluster, nodes: readonly string[], ports: Ports): Promise<void> {
  const connections = connectionsTo(cluster, ports);
  try {
    await releaseAllLeft(cluster.record.cluster, nodes, connections);
  } finally {
    connections.close();
  }
}

/** @returns that a node stays as it is, as another one does that comes back together with it */
export const waiting = (cluster: string, node: string, other: string): LeftAlone => ({
  node,
  message: `${node} is not at work, and waits for ${other}.`,
  hint: rmsxCommand(cluster, 'repair'),
});

/** It starts all nodes, and would start those that were left as they are, too. */
async function bringUp(
  name: string,
  nodes: readonly string[],
  left: readonly LeftAlone[],
  ports: Ports,
): Promise<StepTaken> {
  const [first] = left;
  if (first) return { changed: false, left: nodes.map((node) => waiting(name, node, first.node)) };
  const options = { wait: true, retain: false, dryRun: false, timezone: 'UTC' };
  return { changed: (await up({ name }, options, ports)).changed, left: [] };
}
