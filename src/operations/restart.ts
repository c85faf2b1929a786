import { masterOf } from '../domain/cluster.ts';
import { joinErrors, RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerOf } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { planRestart, restartWarnings } from '../plan/restart.ts';
import {
  type LifecycleOptions,
  type LifecyclePlan,
  type LifecycleResult,
  type LifecycleVerb,
  runLifecycle,
} from './lifecycle.ts';
import { type LifecycleWork, startNamed } from './lifecycle-steps.ts';
import { lookOn } from './look-on.ts';
import { observeEngine } from './observe-engine.ts';
import { refuseOldSnapshot } from './old-snapshot.ts';
import { startFacts } from './start.ts';

/**
 * Restarts nodes one after the other, replicas before the master, each of them in sync before the next one stops. Roles
 * and data stay. Where it is cut off, nobody stays stopped who ran before.
 * @param nodes - names; all of them where none is named
 * @throws RmsxError `not-found`, `unsafe` where the master would come back without its data, `conflict` where another rmsx
 * is at work, `timeout` or `failed` with what was restarted by then
 * @example
 * await restart('demo', ['slave-1'], {}, ports);
 */
export async function restart(
  name: string,
  nodes: readonly string[],
  options: Pick<LifecycleOptions, 'dryRun'>,
  ports: Ports,
): Promise<LifecycleResult> {
  const look = async (): Promise<LifecyclePlan> => {
    const facts = await startFacts(name, nodes, ports);
    return { known: facts.known, plan: planRestart(facts), warnings: restartWarnings(facts) };
  };
  const { progress, engine } = ports;
  const verb: LifecycleVerb = {
    words: ['restarting', 'restarted'],
    ops: ['start'],
    look,
    begin: ({ warnings }) => {
      for (const { message } of warnings) progress.warn(message);
    },
    beforeStart: async (node, { record: { cluster } }) => {
      progress.begin(`restarting ${name}: ${node}`);
      if (node === masterOf(cluster).name) await refuseOldSnapshot(cluster, engine);
    },
    makeGood: async (error, work) => {
      const errors = [error, await startAgain(work)].filter((each) => each instanceof RmsxError);
      return errors.length > 1 ? joinErrors(errors) : error;
    },
  };
  return runLifecycle(name, verb, options, ports);
}

/**
 * Whoever ran before must run again, whatever went wrong. A call to the engine is bounded by its own deadline and goes on
 * after a signal.
 * @returns what went wrong with that; undefined where nobody is left behind
 */
async function startAgain(work: LifecycleWork): Promise<RmsxError | undefined> {
  const { known, ports, stopping } = work;
  const { cluster } = known.record;
  const ran = known.containers.filter(({ state }) => state !== 'stopped').map(({ node }) => node ?? '');
  try {
    const now = await lookOn(ports.signal, () => observeEngine(ports.engine));
    const containers = now.containers.filter((container) => container.cluster === known.name);
    for (const node of ran) {
      const container = containerOf({ containers }, node);
      if (!container || (container.state !== 'stopped' && !stopping.underWay().has(container.id))) continue;
      await stopping.awaitEnd(container.id);
      if (node === masterOf(cluster).name) await refuseOldSnapshot(cluster, ports.engine);
      await startNamed(node, container.id, work);
      ports.progress.note(`${node} runs again`);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof RmsxError)) throw error;
    if (error.reason === 'old-snapshot') return error; // perhaps the very one that ended the restart
    const start = rmsxCommand(known.name, 'start');
    return retold(error, `A node that ran before may be stopped. ${error.message} To start it: ${start}`);
  }
}
