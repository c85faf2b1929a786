import { joinErrors, RmsxError, retold } from '../domain/errors.ts';
import { containerOf } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterStatus, NodeStatus } from '../domain/status.ts';
import { newRun } from '../files/process-owner.ts';
import { asleepIn, planRepair, type RepairStep } from '../plan/repair.ts';
import { lastPartOf } from './last-role.ts';
import { lookUnlocked } from './lock.ts';
import { lookAtServers, type Seen } from './look-at-servers.ts';
import { observeCluster } from './observe.ts';
import { nodesWithLeft } from './release-left.ts';
import { type LeftAlone, takeRepairStep, waiting } from './repair-steps.ts';
import { status } from './status.ts';
import { waitUntil } from './wait-until.ts';

/** A link that was given its source takes a second or two; one that is still down then has another reason. */
const linkTimeoutMs = 15_000;

/** How a cluster is repaired. */
export interface RepairOptions {
  /** Only say what would be done. @default false */
  readonly dryRun?: boolean;
}

/** What a repair did. */
export interface RepairResult {
  /** What was to be done, in that order. */
  readonly plan: readonly RepairStep[];
  readonly changed: boolean;
  /** Nodes that stay as they are, as something could be lost, each with the reason and the way out. */
  readonly left: readonly LeftAlone[];
  readonly status: ClusterStatus;
}

/**
 * Finishes a change that was cut off, or brings the nodes back to what the record says: every step is an operation of its
 * own, which looks again, and refuses what would lose a write (docs/decisions/032).
 * @throws RmsxError `not-found`; with nothing changed `unsafe`, or `conflict` where another rmsx is at work; what a step
 * throws, with what was done before it
 * @example
 * const { left } = await repair('redis-server', {}, ports);
 */
export async function repair(name: string, { dryRun = false }: RepairOptions, ports: Ports): Promise<RepairResult> {
  const plan = await lookUnlocked(name, newRun(), ports, () => planNow(name, ports));
  if (dryRun) return { plan, changed: false, left: [], status: await status(name, ports) };
  const left: LeftAlone[] = [];
  let changed = false;
  const refusals: RmsxError[] = [];
  for (const step of plan) {
    try {
      const taken = await takeRepairStep(name, step, left, ports);
      changed ||= taken.changed;
      left.push(...taken.left);
    } catch (error) {
      const node = error instanceof RmsxError && error.code === 'unsafe' ? nodeLeft(step, error) : undefined;
      if (!(error instanceof RmsxError) || node === undefined) throw error;
      refusals.push(error);
      left.push({ node, message: error.message, hint: error.hint ?? null });
      const others = step.op === 'up' ? step.nodes.filter((each) => each !== node) : [];
      left.push(...others.map((each) => waiting(name, each, node)));
    }
  }
  if (refusals.length > 0 && !changed) throw refusedBy(refusals, left);
  const now = await linked(name, ports);
  return { plan, changed, left: left.filter(({ node }) => !isBack(now, node)), status: now };
}

/** Whoever was told of its source a moment ago has no link yet. What it waits for in vain, the status tells. */
function linked(name: string, ports: Ports): Promise<ClusterStatus> {
  const endMs = performance.now() + linkTimeoutMs;
  let isTold = false;
  return waitUntil(
    async () => {
      const now = await status(name, ports);
      const awaited = now.nodes.filter((node) => isRight(node) && node.state === 'running' && node.link !== 'up');
      const isOver = performance.now() > endMs && !awaited.some(({ link }) => link === 'syncing');
      if (awaited.length === 0 || isOver) return now;
      if (!isTold) ports.progress.begin(`waiting for the links of ${awaited.map((node) => node.name).join(', ')}`);
      isTold = true;
      return undefined;
    },
    { pauseMs: 200, signal: ports.signal },
  );
}

/** Every node is named, with its ways out; those that only wait for one of them, too. */
function refusedBy(refusals: readonly RmsxError[], left: readonly LeftAlone[]): RmsxError {
  const joined = joinErrors(refusals);
  const waiting = left
    .map(({ message }) => message)
    .filter((text) => refusals.every(({ message }) => message !== text));
  const count = refusals.length + waiting.length;
  if (count === 1) return joined;
  const told = refusals.length > 1 ? joined.problems : [joined.message, ...joined.problems];
  return retold(joined, `${count} nodes stay as they are.`, { problems: [...told, ...waiting] });
}

/** What a step left as it was, a later one may have brought back. */
const isBack = ({ nodes }: ClusterStatus, name: string): boolean =>
  nodes.some((node) => node.name === name && isRight(node) && node.link === 'up');

/** Whether a node is the replica that it should be. */
const isRight = ({ role, plannedRole, source, plannedSource }: NodeStatus): boolean =>
  role === 'replica' && role === plannedRole && source === plannedSource;

/** The others go on without nodes that stay as they are; nothing goes on without a master. */
const nodeLeft = (step: RepairStep, error: RmsxError): string | undefined =>
  step.op === 'rejoin' || step.op === 'up' ? error.node : undefined;

async function planNow(name: string, ports: Ports): Promise<readonly RepairStep[]> {
  const cluster = await observeCluster(ports, name);
  const { plan, connections } = await lookAtServers(cluster, ports, async (seen) => {
    const [left, lastRoles] = await Promise.all([
      nodesWithLeft(cluster.record.cluster, [...seen.infos.keys()], seen.connections),
      lastRolesOf(seen, ports),
    ]);
    return { plan: planRepair({ ...cluster, infos: seen.infos, left, lastRoles }) };
  });
  connections.close();
  return plan;
}

async function lastRolesOf(
  { cluster }: Seen,
  { engine }: Ports,
): Promise<ReadonlyMap<string, 'master' | 'replica' | null>> {
  const roles = asleepIn(cluster).map(async (node) => {
    const id = containerOf(cluster, node)?.id;
    return [node, id === undefined ? null : (await lastPartOf(id, engine)).role] as const;
  });
  return new Map(await Promise.all(roles));
}
