import { RmsxError, retold } from '../domain/errors.ts';
import { confDirectory } from '../domain/names.ts';
import { containerOf } from '../domain/observed.ts';
import type { Step } from '../domain/plan.ts';
import { type Engine, type Ports, rootUser } from '../domain/ports.ts';
import type { Connections } from './connections.ts';
import { awaitLink } from './follow.ts';
import { namingHolder, waysOutOf } from './holders.ts';
import type { KnownCluster } from './observe.ts';
import type { StepRunner } from './run-plan.ts';
import { Stopping } from './stopping.ts';
import { pause } from './wait-until.ts';

/** What a plan has done so far: node names, in the order in which it happened. */
export interface Begun {
  readonly stopped: string[];
  readonly started: string[];
}

/** What the steps of `start`, `stop` and `restart` work with. */
export interface LifecycleContext {
  readonly cluster: KnownCluster;
  readonly ports: Ports;
  readonly connections: Connections;
  /** Filled while the plan is carried out. */
  readonly begun: Begun;
  /** @default one of its own, for who starts nobody again */
  readonly stopping?: Stopping;
  /** Called before a node is started; throws where it must not be. */
  readonly beforeStart: (node: string) => Promise<void>;
  readonly awaitUsable: (step: Extract<Step, { op: 'await-usable' }>) => Promise<void>;
}

/** @returns what carries out a step of `start`, `stop` or `restart` */
export function lifecycleRunner(context: LifecycleContext): StepRunner {
  const { ports, begun, stopping = new Stopping(ports.engine) } = context;
  const { engine, signal } = ports;
  const idOf = (node: string): string => {
    const id = containerOf(context.cluster, node)?.id;
    if (id === undefined) throw new RangeError(`no container for ${node}`);
    return id;
  };
  return async ({ step }) => {
    switch (step.op) {
      case 'stop':
        await named(step.node, 'stopped', stopping.stop(step.id, step.graceSeconds));
        return void begun.stopped.push(step.node);
      case 'unpause':
        return named(step.node, 'woken', engine.unpause(idOf(step.node)));
      case 'write-conf':
        return engine.writeFiles(
          idOf(step.node),
          [{ path: confDirectory, files: step.files, isThere: true }],
          rootUser,
        );
      case 'start':
        await context.beforeStart(step.node);
        await startNamed(step.node, idOf(step.node), context.cluster, engine);
        return void begun.started.push(step.node);
      case 'give-head-start':
        return pause(step.timeMs, signal);
      case 'await-link':
        return awaitLink(step, context.connections, signal);
      case 'await-usable':
        return context.awaitUsable(step);
      default:
        throw new RangeError(`start and stop have no step ${step.op}`);
    }
  };
}

/**
 * Starts a node of a cluster that is there.
 * @throws RmsxError that names who holds what the node needs, and the way out
 */
export const startNamed = (node: string, id: string, { name, record }: KnownCluster, engine: Engine): Promise<void> =>
  named(
    node,
    'started',
    engine.start(id).catch(async (error: unknown) => {
      if (!(error instanceof RmsxError)) throw error;
      const refused = { engine, cluster: record.cluster, node, id, made: {}, waysOut: waysOutOf(name) };
      throw await namingHolder(error, refused);
    }),
  );

/** The engine speaks of ids. */
async function named(node: string, what: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RmsxError) || error.node !== undefined) throw error;
    throw retold(error, `${node} could not be ${what}. ${error.message}`, { node });
  }
}
