import { findNode, plannedRole, type Role } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { networkName } from '../domain/names.ts';
import { containerOf, isOnNetwork, type ObservedContainer } from '../domain/observed.ts';
import type { Plan, Step } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { NodeState, Notice } from '../domain/status.ts';
import { newRun } from '../files/process-owner.ts';
import { isAwake } from '../plan/linked.ts';
import { beginWork, type LifecycleWork, lifecycleRunner, withBegun } from './lifecycle-steps.ts';
import { lookUnlocked, withLock } from './lock.ts';
import { allNodes, imageHere, type KnownCluster } from './observe.ts';
import { refuseToLoseOwn } from './own-writes.ts';
import { runPlan, telling } from './run-plan.ts';
import { refuseSecondMaster } from './second-master.ts';

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
  /** Whether its container is on the network of the cluster. */
  readonly onNetwork: boolean;
}

/** What `start`, `stop` or `restart` did. */
export interface LifecycleResult {
  /** The name of the cluster. */
  readonly cluster: string;
  readonly plan: Plan;
  readonly changed: boolean;
  readonly nodes: readonly LifecycleNode[];
  /** What it means for the nodes that were not touched. */
  readonly warnings: readonly Notice[];
}

/** What is to be done, from one look at the cluster. */
export interface LifecyclePlan {
  readonly known: KnownCluster;
  readonly plan: Plan;
  readonly warnings: readonly Notice[];
}

/** What each of `start`, `stop`, `restart`, `fault` and `heal` has of its own. */
export interface LifecycleVerb {
  /** For people: `starting`, `started`. */
  readonly words: readonly [string, string];
  /** The steps whose nodes are named there. */
  readonly ops: readonly Step['op'][];
  /** Decides; what it sees without the lock may be old, so it looks again with it. */
  readonly look: () => Promise<LifecyclePlan>;
  /** Called before anything is done. */
  readonly begin?: (planned: LifecyclePlan) => void;
  /** Called before a node is started; throws where it must not be. */
  readonly beforeStart?: (node: string, known: KnownCluster) => Promise<void>;
  /** Waits, once the containers are as planned; where there was nothing to do, too. */
  readonly settle?: ((known: KnownCluster) => Promise<void>) | undefined;
  /** Called after a failure; gives the error to throw. */
  readonly makeGood?: (error: unknown, work: LifecycleWork) => Promise<unknown>;
}

/**
 * The frame of `start`, `stop`, `restart`, `fault` and `heal`: looks, and carries out what follows from that while nobody else changes the
 * cluster.
 * @throws RmsxError what the look throws, `conflict` where another rmsx is at work, or a failure with what was done by then
 */
export async function runLifecycle(
  name: string,
  verb: LifecycleVerb,
  { dryRun = false }: LifecycleOptions,
  ports: Ports,
): Promise<LifecycleResult> {
  const { look } = verb;
  const run = newRun();
  const first = dryRun ? await look() : await lookUnlocked(name, run, ports, look);
  if (dryRun) return { ...resultOf(await losingNothing(first, ports), first.known.containers), changed: false };
  if (first.plan.length === 0) return carryOut(first, verb, ports);
  const request = { cluster: name, image: imageHere(first.known), run };
  return withLock(request, ports, async () => carryOut(await losingNothing(await look(), ports), verb, ports));
}

/** @throws RmsxError `unsafe` where writes would be lost that can be saved */
async function losingNothing(planned: LifecyclePlan, ports: Ports): Promise<LifecyclePlan> {
  await refuseSecondMaster(planned.known, planned.plan, ports);
  const notices = await refuseToLoseOwn(planned.known, planned.plan, ports);
  return { ...planned, warnings: [...planned.warnings, ...notices] };
}

async function carryOut(planned: LifecyclePlan, verb: LifecycleVerb, ports: Ports): Promise<LifecycleResult> {
  const { known, plan } = planned;
  const { engine, progress } = ports;
  const { settle, makeGood = async (error) => error } = verb;
  const work = beginWork(known, ports);
  let { containers } = known;
  try {
    if (plan.length > 0) containers = await apply(planned, verb, work);
    if (settle) {
      await settle({ ...known, containers });
      containers = await engine.listContainers(known.name);
    }
  } catch (error) {
    progress.fail('failed');
    throw withBegun(await makeGood(error, work), work);
  } finally {
    work.connections.close();
  }
  return resultOf(planned, containers);
}

/** @returns the containers afterwards */
async function apply(
  planned: LifecyclePlan,
  { words: [doing, done], ops, begin, beforeStart }: LifecycleVerb,
  work: LifecycleWork,
): Promise<readonly ObservedContainer[]> {
  const { known, plan } = planned;
  const { engine, progress, signal } = work.ports;
  const told = `${known.name}: ${nodesOf(plan, ops).join(', ')}`;
  begin?.(planned);
  progress.begin(`${doing} ${told}`);
  await runPlan(plan, telling(progress, lifecycleRunner(work, beforeStart)), signal);
  const containers = await engine.listContainers(known.name);
  refuseAwake(plan, containers);
  progress.succeed(`${done} ${told}`);
  return containers;
}

/** What answers in the place of an engine may say anything: what is stopped is what does not run any more. */
function refuseAwake(plan: Plan, containers: readonly ObservedContainer[]): void {
  const started = nodesOf(plan, ['start']);
  const stopped = nodesOf(plan, ['stop', 'kill']).filter((node) => !started.includes(node));
  const awake = stopped.filter((node) => isAwake(containerOf({ containers }, node)));
  if (awake.length === 0) return;
  throw new RmsxError('failed', `The engine said that it stopped them, and they still run: ${awake.join(', ')}.`, {
    hint: 'Type the same command again, and look at the engine: docker info',
  });
}

const nodesOf = (plan: Plan, ops: readonly Step['op'][]): readonly string[] => [
  ...new Set(plan.flatMap(({ step }) => (ops.includes(step.op) && 'node' in step ? [step.node] : []))),
];

function resultOf({ known, plan, warnings }: LifecyclePlan, containers: readonly ObservedContainer[]): LifecycleResult {
  const nodes = allNodes(known).map((name): LifecycleNode => {
    const spec = findNode(known.record.cluster, name);
    const container = containerOf({ containers }, name);
    return {
      name,
      role: spec ? plannedRole(spec) : null,
      source: spec?.source ?? null,
      state: container?.state ?? 'missing',
      onNetwork: container !== undefined && isOnNetwork(container, networkName(known.name)),
    };
  });
  return { cluster: known.name, plan, changed: plan.length > 0, nodes, warnings };
}
