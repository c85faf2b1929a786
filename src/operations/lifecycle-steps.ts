import { RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { confDirectory } from '../domain/names.ts';
import { containerOf } from '../domain/observed.ts';
import { type Ports, rootUser } from '../domain/ports.ts';
import { awaitUsable } from './await-usable.ts';
import { type Connections, connectionsTo } from './connections.ts';
import { awaitLink } from './follow.ts';
import { namingHolder, waysOutOf } from './holders.ts';
import type { KnownCluster } from './observe.ts';
import { reconnect } from './reconnect.ts';
import type { StepRunner } from './run-plan.ts';
import { Stopping } from './stopping.ts';
import { pause } from './wait-until.ts';

/** A plan of `start`, `stop`, `restart`, `fault` or `heal` under way. */
export interface LifecycleWork {
  readonly known: KnownCluster;
  readonly ports: Ports;
  readonly connections: Connections;
  readonly stopping: Stopping;
  /** Names of the nodes that were stopped so far, in the order in which it happened; likewise `started`. */
  readonly stopped: string[];
  readonly started: string[];
}

/** @returns what carrying out a plan begins with */
export const beginWork = (known: KnownCluster, ports: Ports): LifecycleWork => ({
  known,
  ports,
  connections: connectionsTo(known, ports),
  stopping: new Stopping(ports.engine),
  stopped: [],
  started: [],
});

/**
 * @param beforeStart - called before a node is started; throws where it must not be
 * @returns what carries out a step of `start`, `stop` or `restart`
 */
export function lifecycleRunner(
  work: LifecycleWork,
  beforeStart?: (node: string, known: KnownCluster) => Promise<void>,
): StepRunner {
  const { known, ports, connections } = work;
  const { engine, signal } = ports;
  const idOf = (node: string): string => {
    const id = containerOf(known, node)?.id;
    if (id === undefined) throw new RangeError(`no container for ${node}`);
    return id;
  };
  return async ({ step }) => {
    switch (step.op) {
      case 'stop':
        await named(step.node, 'stopped', work.stopping.stop(step.id, step.graceSeconds));
        return void work.stopped.push(step.node);
      case 'kill':
        await named(step.node, 'killed', engine.kill(step.id));
        return void work.stopped.push(step.node);
      case 'pause':
        return named(step.node, 'paused', engine.pause(step.id));
      case 'disconnect':
      case 'connect':
      case 'relink':
        return named(
          step.node,
          step.op === 'disconnect' ? 'cut off' : 'put back on its network',
          reconnect(step, { ports, cluster: known.record.cluster, connections, changed: [] }),
        );
      case 'unpause':
        return named(step.node, 'woken', engine.unpause(idOf(step.node)));
      case 'write-conf':
        return engine.writeFiles(
          idOf(step.node),
          [{ path: confDirectory, files: step.files, isThere: true }],
          rootUser,
        );
      case 'start':
        await beforeStart?.(step.node, known);
        return startNamed(step.node, idOf(step.node), work);
      case 'give-head-start':
        return pause(step.timeMs, signal);
      case 'await-link':
        return awaitLink(step, connections, signal);
      case 'await-usable': {
        const lonely = step.among.length > 0 ? [] : [step.node];
        const { cluster } = known.record;
        return void (await awaitUsable({ cluster, linked: step.among, lonely, connections }, ports));
      }
      default:
        throw new RangeError(`there is no step ${step.op} in the life of a container`);
    }
  };
}

/**
 * Starts a node of a cluster that is there.
 * @throws RmsxError that names who holds what the node needs, and the way out
 */
export async function startNamed(node: string, id: string, { known, ports, started }: LifecycleWork): Promise<void> {
  const { engine } = ports;
  const { cluster } = known.record;
  const starting = engine.start(id).catch(async (error: unknown) => {
    if (!(error instanceof RmsxError)) throw error;
    throw await namingHolder(error, { engine, cluster, node, id, made: {}, waysOut: waysOutOf(known.name) });
  });
  await named(node, 'started', starting);
  started.push(node);
}

/** The engine speaks of ids. */
async function named(node: string, what: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RmsxError) || error.node !== undefined) throw error;
    throw retold(error, `${node} could not be ${what}. ${error.message}`, { node });
  }
}

/** @returns the error of a change that was cut off, with what it had done by then */
export function withBegun(error: unknown, { known, stopped, started }: LifecycleWork): unknown {
  if (!(error instanceof RmsxError) || stopped.length + started.length === 0) return error;
  const told = [
    ...(stopped.length > 0 ? [`stopped by then: ${stopped.join(', ')}`] : []),
    ...(started.length > 0 ? [`started by then: ${started.join(', ')}`] : []),
  ];
  return retold(error, error.message, {
    problems: [...error.problems, ...told],
    hint: error.hint || `See how it is: ${rmsxCommand(known.name, 'status')}`,
  });
}
