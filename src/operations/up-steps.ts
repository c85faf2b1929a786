import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError, retold } from '../domain/errors.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import type { Plan, PlannedStep, Step } from '../domain/plan.ts';
import type { ContainerSpec, Ports } from '../domain/ports.ts';
import type { Resync } from '../plan/resync.ts';
import { changeNode, isChange } from './change-node.ts';
import type { ConfWriter } from './conf-writer.ts';
import type { Connections } from './connections.ts';
import { awaitLink, follow } from './follow.ts';
import type { WaysOut } from './holders.ts';
import { pullTelling } from './images.ts';
import { type Made, type Making, makeContainer, startMade } from './make-container.ts';
import { refuseOldSnapshot } from './old-snapshot.ts';
import { reconnect } from './reconnect.ts';
import { removeNetwork } from './remove-network.ts';
import type { StepRunner } from './run-plan.ts';
import type { Stopping } from './stopping.ts';
import { pause } from './wait-until.ts';

/** What the steps of `up` work with. */
export interface UpContext {
  readonly ports: Ports;
  readonly cluster: ClusterSpec;
  /** What was on the engine before. */
  readonly observed: ObservedEngine;
  readonly writer: ConfWriter;
  /** Ids of the containers, by node: what was there, and then what is made. */
  readonly ids: Map<string, string>;
  readonly plan: Plan;
  readonly connections: Connections;
  /** How each node that was moved came to its new source; filled while the plan is carried out. */
  readonly resyncs: Map<string, Resync>;
  /** The nodes that were changed, and stay so whatever comes; filled while the plan is carried out. */
  readonly changed: string[];
  readonly stopping: Stopping;
  /** Told of every container that is made. */
  readonly onMade: (container: ContainerSpec) => void;
  readonly warn: (message: string) => void;
  /** Where the cluster was there before: those of a new one would choose the same again. */
  readonly waysOut: WaysOut | undefined;
}

/**
 * @returns a plan without what tidies up behind it, and that alone: it waits for all the rest, and nobody for it
 */
export function tidyingApart(plan: Plan): { readonly work: Plan; readonly tidying: Plan } {
  const isTidying = ({ step }: PlannedStep): boolean => step.op === 'remove-carriers';
  return {
    work: plan.filter((step) => !isTidying(step)),
    tidying: plan.filter(isTidying).map((step) => ({ ...step, after: [] })),
  };
}

/** @returns what carries out a step of `up` */
export function upStepRunner(context: UpContext): StepRunner {
  const { cluster, writer, warn, ids, onMade, waysOut } = context;
  const { engine } = context.ports;
  const idOf = (node: string): string => {
    const id = ids.get(node);
    if (id === undefined) throw new RangeError(`no container for ${node}`);
    return id;
  };
  const making: Making = { engine, writer, cluster, ids, onMade, warn, waysOut };
  const made = (node: string): Made => madeIn(context.plan, node);
  const run = async (step: Step): Promise<void> => {
    switch (step.op) {
      case 'pull-image':
        return pullTelling(step.image, context.ports);
      case 'remove-network':
        return removeNetwork(engine, step, context.observed);
      case 'create-network':
        return void (await engine.createNetwork(step.network));
      case 'create-container':
        return makeContainer(step.container, making);
      case 'write-conf':
        return writer.write(idOf(step.node), made(step.node).container?.image ?? idOf(step.node), step.files);
      case 'write-volumes':
        return writer.writeVolumes(step);
      case 'remove-carriers':
        return writer.removeCarriers();
      case 'start':
        return startMade(step.node, made(step.node), making);
      case 'stop':
        context.connections.drop(step.node);
        return context.stopping.stop(step.id, step.graceSeconds);
      case 'check-snapshot':
        return refuseOldSnapshot(cluster, engine);
      case 'remove-container':
        return engine.removeContainer(step.id);
      case 'await-link':
        return awaitLink(step, context.connections, context.ports.signal);
      case 'give-head-start':
        return pause(step.timeMs, context.ports.signal);
      case 'follow':
        return void context.resyncs.set(step.node, await follow(step, context.connections, context.ports.signal));
      case 'unpause':
        return engine.unpause(idOf(step.node));
      case 'disconnect':
      case 'connect':
      case 'relink':
        return reconnect(step, context);
      default:
        throw new RangeError(`up has no step ${step.op}`);
    }
  };
  return ({ step }: PlannedStep) => {
    if (isChange(step)) return changeNode(step, { ...context, ...making, idOf });
    return step.op === 'follow' ? run(step) : explaining(step, run(step));
  };
}

/** An error of a step says what to do about it, and that of one that starts a node names it. */
async function explaining(step: Step, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw 'node' in step ? explained(error, `${step.node} could not be ${whatOf(step)}.`, step.node) : explained(error);
  }
}

function madeIn(plan: Plan, node: string): Made {
  const steps: readonly Step[] = plan.map(({ step }) => step);
  const created = steps.find((step) => step.op === 'create-container' && step.node === node);
  const conf = steps.find((step) => step.op === 'write-conf' && step.node === node);
  return {
    ...(created?.op === 'create-container' ? { container: created.container } : {}),
    ...(conf?.op === 'write-conf' ? { files: conf.files } : {}),
  };
}

const hints: Readonly<Record<string, string>> = {
  'subnet-overlap': 'Choose another one: --subnet 172.30.7.0/24   or let rmsx choose: --subnet auto',
  'port-taken': 'Choose other ports: --base-port 7379   or let rmsx choose: --base-port auto',
  'name-taken': 'Somebody made it just now. Run the same command again: it finishes what is not there yet.',
  'bind-not-ours': 'Name an address of the machine on which the engine runs: --bind 127.0.0.1',
};

const whatOf = ({ op }: Step): string =>
  ({
    stop: 'stopped',
    'remove-container': 'removed',
    'check-snapshot': 'stopped in peace',
    disconnect: 'taken off its network',
    connect: 'put back on its network',
  })[op as string] ?? 'started';

function explained(error: unknown, what?: string, node?: string): unknown {
  if (
    !(error instanceof RmsxError) ||
    error.node !== undefined ||
    ['timeout', 'interrupted', 'terminated'].includes(error.code)
  )
    return error;
  const message = what === undefined ? error.message : `${what} ${error.message}`;
  return retold(error, message, { node, hint: error.hint ?? hints[error.reason ?? ''] });
}
