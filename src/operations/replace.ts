import { joinErrors, RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { ContainerWithConf, Step } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import { hintFromLogs } from '../plan/older-server.ts';
import { awaitBack } from './come-back.ts';
import type { Connections } from './connections.ts';
import { collectLogs, throwIfEnded } from './evidence.ts';
import { lookOn } from './look-on.ts';
import { type Making, makeContainer, startMade } from './make-container.ts';
import { Stopping } from './stopping.ts';
import { waitUntil } from './wait-until.ts';

/** What a node is replaced with. */
export interface Replacing extends Making {
  readonly ports: Ports;
  readonly connections: Connections;
}

const pauseMs = 50;

/**
 * Gives a node another container on the same volumes, and waits until its server is in sync, or is the master again. The
 * conf is written after the old container is gone: what a node knows of itself is never newer than its container, so
 * that a change which is cut off is seen, and done again.
 * @throws RmsxError where the new container does not get that far; the old one is back then, unless the error says otherwise
 */
export async function replace(step: Extract<Step, { op: 'replace' }>, replacing: Replacing): Promise<void> {
  const { node, id, graceSeconds, now, before } = step;
  const { engine, connections } = replacing;
  const stopping = new Stopping(engine);
  let isLeaving = false;
  connections.drop(node);
  try {
    await stopping.stop(id, graceSeconds);
    isLeaving = true;
    await engine.removeContainer(id);
    await make(now, replacing);
    await awaitSync(node, now.container.cluster, replacing, replacing.ports.signal).catch(async (error: unknown) => {
      throw await withLogs(error, now, replacing); // before its container is removed
    });
  } catch (error) {
    connections.drop(node);
    const goBack = async (): Promise<void> => {
      if (isLeaving) return comeBack(step, replacing);
      await stopping.awaitEnd(id);
      await engine.start(id);
    };
    await goBack().catch((again: unknown) => {
      throw explained(error, before, again);
    });
    throw explained(error, before);
  }
}

/** Why a node is not in sync when the time is up, in its own words; they may be out of reach. */
async function withLogs(error: unknown, { container }: ContainerWithConf, replacing: Replacing): Promise<unknown> {
  const { engine, connections } = replacing;
  if (!(error instanceof RmsxError) || error.code !== 'timeout') return error;
  const { node, cluster } = container;
  const containers = await engine.listContainers(cluster).catch(() => []);
  const logs = await collectLogs(engine, containers, [node], connections);
  return retold(error, error.message, { logs, hint: hintFromLogs(cluster, logs) ?? error.hint });
}

/**
 * In the time that is left for it: whoever waits has waited for long. What was cut off goes on in the engine, a removal as
 * well as the making of a container that nobody was told of. The conf becomes the old one before the new container goes:
 * where this is cut off, too, it is seen that there is something to do.
 */
async function comeBack({ id, now, before }: Extract<Step, { op: 'replace' }>, replacing: Replacing): Promise<void> {
  const { node, cluster } = before.container;
  const { engine, ids, ports, writer } = replacing;
  try {
    const containers = await lookOn(ports.signal, () => engine.listContainers(cluster));
    const own = containers.filter((container) => container.node === node);
    for (const container of own) {
      if (container.id !== id) await writer.write(container.id, now.container.image, before.files);
      await engine.removeContainer(container.id);
    }
  } catch (error) {
    if (ids.get(node) !== id) throw error;
    return engine.start(id); // the engine does not let it go
  }
  await make(before, replacing);
  await awaitBack(node, (signal) => awaitSync(node, cluster, replacing, signal), ports.progress);
}

async function make({ container, files }: ContainerWithConf, making: Making): Promise<void> {
  await makeContainer(container, making);
  await making.writer.write(making.ids.get(container.node) ?? '', container.image, files);
  await startMade(container.node, { container, files }, making);
}

async function awaitSync(
  node: string,
  cluster: string,
  { engine, connections }: Replacing,
  signal: AbortSignal,
): Promise<void> {
  let looks = 0;
  await waitUntil(
    async () => {
      const probe = await connections.probe(node);
      if ('info' in probe) {
        const { role, loading, link } = probe.info;
        return !loading && (role === 'master' || link === 'up') ? true : undefined;
      }
      looks += 1;
      if (looks % 10 === 0) await throwIfEnded(engine, cluster, node, connections);
      return undefined;
    },
    { pauseMs, signal },
  );
}

/** @param again - why the node is not what it was */
function explained(error: unknown, { container: { node, cluster } }: ContainerWithConf, again?: unknown): unknown {
  if (!(error instanceof RmsxError)) return error;
  if (again !== undefined && !(again instanceof RmsxError)) return again;
  const finish = `Bring ${node} back, with its data: ${rmsxCommand(cluster, 'up')}`;
  const hint = again === undefined ? error.hint : [finish, ...(error.hint ? [error.hint] : [])].join('\n');
  const isBack = again === undefined ? ', and is as it was' : '';
  const failed = retold(error, `${node} could not be changed${isBack}. ${error.message}`, { node, hint });
  if (again === undefined) return failed;
  const lost = `${node} could not be made what it was, and may be stopped. ${again.message}`;
  return joinErrors([failed, retold(again, lost)]);
}
