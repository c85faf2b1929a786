import { masterOf } from '../domain/cluster.ts';
import { joinErrors, RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerOf } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { planRestart, restartWarnings } from '../plan/restart.ts';
import { awaitUsable } from './await-usable.ts';
import {
  type LifecycleOptions,
  type LifecyclePlan,
  type LifecycleResult,
  reportBegun,
  underLock,
} from './lifecycle.ts';
import { type Begun, lifecycleRunner, startNamed } from './lifecycle-steps.ts';
import { lookOn } from './look-on.ts';
import type { KnownCluster } from './observe.ts';
import { observeEngine } from './observe-engine.ts';
import { refuseOldSnapshot } from './old-snapshot.ts';
import { runPlan, telling } from './run-plan.ts';
import { startFacts } from './start.ts';
import { connectionsTo } from './status.ts';
import { Stopping } from './stopping.ts';

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
  return underLock(name, look, (planned) => carryOut(planned, ports), options, ports);
}

async function carryOut({ known, plan, warnings }: LifecyclePlan, ports: Ports): Promise<void> {
  const { progress, engine } = ports;
  for (const { message } of warnings) progress.warn(message); // before it happens
  const { cluster } = known.record;
  const begun: Begun = { stopped: [], started: [] };
  const stopping = new Stopping(engine);
  const connections = connectionsTo(known, ports);
  const nodes = plan.flatMap(({ step }) => (step.op === 'start' ? [step.node] : []));
  const run = lifecycleRunner({
    cluster: known,
    ports,
    connections,
    begun,
    stopping,
    beforeStart: async (node) => {
      progress.begin(`restarting ${known.name}: ${node}`);
      if (node === masterOf(cluster).name) await refuseOldSnapshot(cluster, engine);
    },
    awaitUsable: async ({ node, among }) => {
      await awaitUsable({ cluster, linked: among, lonely: among.length > 0 ? [] : [node], connections }, ports);
    },
  });
  progress.begin(`restarting ${known.name}: ${nodes.join(', ')}`);
  try {
    await runPlan(plan, telling(progress, run), ports.signal);
  } catch (error) {
    progress.fail('failed');
    const left = await startAgain(known, begun, stopping, ports);
    const errors = [error, left].filter((each) => each instanceof RmsxError);
    throw reportBegun(errors.length > 1 ? joinErrors(errors) : error, begun, known.name);
  } finally {
    connections.close();
  }
  progress.succeed(`restarted ${known.name}: ${nodes.join(', ')}`);
}

/**
 * Whoever ran before must run again, whatever went wrong. A call to the engine is bounded by its own deadline and goes on
 * after a signal.
 * @returns what went wrong with that; undefined where nobody is left behind
 */
async function startAgain(
  known: KnownCluster,
  begun: Begun,
  stopping: Stopping,
  ports: Ports,
): Promise<RmsxError | undefined> {
  const { cluster } = known.record;
  const ran = known.containers.filter(({ state }) => state !== 'stopped').map(({ node }) => node ?? '');
  try {
    const now = await lookOn(ports.signal, () => observeEngine(ports.engine));
    const containers = now.containers.filter((container) => container.cluster === known.name);
    for (const node of ran) {
      const container = containerOf({ containers }, node);
      if (!container || (container.state !== 'stopped' && !stopping.has(container.id))) continue;
      await stopping.awaitEnd(container.id);
      if (node === masterOf(cluster).name) await refuseOldSnapshot(cluster, ports.engine);
      await startNamed(node, container.id, known, ports.engine);
      begun.started.push(node);
      ports.progress.note(`${node} runs again`);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof RmsxError)) throw error;
    if (error.reason === 'old-snapshot') return error; // perhaps the very one that ended the restart
    const start = rmsxCommand(known.name, 'start');
    const message = `A node that ran before may be stopped. ${error.message} To start it: ${start}`;
    return retold(error, message);
  }
}
