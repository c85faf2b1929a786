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
  let nodes: readonly string[] = [];
  const look = async (): Promise<LifecyclePlan> => {
    const known = await observeCluster(ports, name);
    nodes = targetsMeant(known, targets);
    return { known, ...planFault(known.record.cluster, known.containers, kind, nodes) };
  };
  const ops = ['kill', 'stop', 'pause', 'disconnect'] as const;
  const result = await runLifecycle(name, { words: words[kind], ops, look }, { dryRun }, ports);
  return { ...result, fault: kind, targets: nodes, healed: false };
}

/**
 * Breaks nodes for some time, and brings those back that it broke. While it waits, other verbs may change the cluster.
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
  const broken = await fault(name, kind, targets, {}, ports);
  const nodes = broken.plan.flatMap(({ step }) => ('node' in step ? [step.node] : []));
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
