import { messageOf, RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import { type FaultKind, planFault } from '../plan/fault.ts';
import { heal } from './heal.ts';
import { type LifecycleOptions, type LifecyclePlan, runLifecycle } from './lifecycle.ts';
import { observeCluster } from './observe.ts';
import { type FaultResult, targetsMeant } from './targets.ts';
import { pause } from './wait-until.ts';

/** What each fault is called while it happens, and when it has. */
const words: Readonly<Record<FaultKind, readonly [string, string]>> = {
  kill: ['killing', 'killed'],
  stop: ['stopping', 'stopped'],
  pause: ['pausing', 'paused'],
  partition: ['cutting off', 'cut off'],
};

/**
 * Breaks nodes on purpose. `kill` ends the server as a crash does, and no restart policy starts it again; `stop` lets it
 * end in peace; `pause` holds its process; `partition` takes its container off the network, where it goes on running.
 * @param targets - nodes, `master`, `replicas`, `all`: see `nodesOfTarget`
 * @throws RmsxError `not-found`, `conflict` where another rmsx is at work, or `failed` with what was done by then
 * @example
 * await fault('demo', 'partition', ['master'], {}, ports);
 */
export async function fault(
  name: string,
  kind: FaultKind,
  targets: readonly string[],
  { dryRun = false }: Pick<LifecycleOptions, 'dryRun'>,
  ports: Ports,
): Promise<FaultResult> {
  return breakNodes(name, kind, targets, dryRun, ports);
}

/** @param onBegin - told of the nodes that are about to be broken */
async function breakNodes(
  name: string,
  kind: FaultKind,
  targets: readonly string[],
  dryRun: boolean,
  ports: Ports,
  onBegin: (nodes: readonly string[]) => void = () => undefined,
): Promise<FaultResult> {
  let nodes: readonly string[] = [];
  const look = async (): Promise<LifecyclePlan> => {
    const known = await observeCluster(ports, name);
    nodes = targetsMeant(known, targets);
    return { known, ...planFault(known.record.cluster, known.containers, kind, nodes) };
  };
  const ops = ['kill', 'stop', 'pause', 'disconnect'] as const;
  const begin = ({ plan }: LifecyclePlan): void => onBegin(nodesIn(plan));
  const result = await runLifecycle(name, { words: words[kind], ops, look, begin }, { dryRun }, ports);
  return { ...result, fault: kind, targets: nodes, healed: false };
}

const nodesIn = (plan: Plan): readonly string[] => plan.flatMap(({ step }) => ('node' in step ? [step.node] : []));

/**
 * Breaks nodes for some time, and brings those back that it broke, also where it fails or is interrupted half way. While it
 * waits, other verbs may change the cluster.
 * @param forMs - how long; an abort ends it early, and they are brought back all the same
 * @param healing - the world for that: the signal of the other one may be aborted by then
 * @throws RmsxError what `fault` and `heal` throw, and the reason of the signal when all is well again
 */
export async function faultFor(
  name: string,
  kind: FaultKind,
  targets: readonly string[],
  forMs: number,
  ports: Ports,
  healing: () => Promise<Ports>,
): Promise<FaultResult> {
  const { signal, progress } = ports;
  let begun: readonly string[] = [];
  const onBegin = (hit: readonly string[]): void => {
    begun = hit;
  };
  const broken = await breakNodes(name, kind, targets, false, ports, onBegin).catch(async (error: unknown) => {
    throw begun.length === 0 ? error : await undone(error, name, begun, healing);
  });
  const nodes = nodesIn(broken.plan);
  if (nodes.length === 0) return broken;
  for (const { message } of broken.warnings) progress.warn(message);
  progress.note(`healing after ${forMs / 1000} s`);
  await pause(forMs, signal);
  const healed = await heal(name, nodes, { waitsForOthers: true }, await healing());
  signal.throwIfAborted();
  return {
    ...healed,
    fault: kind,
    targets: broken.targets,
    plan: [...broken.plan, ...healed.plan],
    changed: true,
    healed: true,
  };
}

/** Brings back what a fault has hit that failed half way. @returns the error to throw */
async function undone(
  error: unknown,
  name: string,
  nodes: readonly string[],
  healing: () => Promise<Ports>,
): Promise<unknown> {
  try {
    await heal(name, nodes, { waitsForOthers: true }, await healing());
    return error;
  } catch (again) {
    if (!(error instanceof RmsxError)) return error;
    const problems = [...error.problems, `not brought back: ${messageOf(again)}`];
    return retold(error, error.message, { problems, hint: rmsxCommand(name, 'fault heal') });
  }
}
