import { RmsxError } from '../domain/errors.ts';
import type { ContainerWithConf, Step } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { Connections } from './connections.ts';
import { throwIfEnded } from './evidence.ts';
import { type Making, makeContainer, start } from './make-container.ts';
import { waitUntil } from './wait-until.ts';

/** What a node is replaced with. */
export interface Replacing extends Making {
  readonly ports: Ports;
  readonly connections: Connections;
}

const pauseMs = 50;
const comeBackMs = 10_000;

/**
 * Gives a node another container on the same volumes, and waits until its server is in sync, or is the master again. The
 * conf is written after the old container is gone: what a node knows of itself is never newer than its container, so
 * that a change which is cut off is seen, and done again.
 * @throws RmsxError where the new container does not get that far; the old one is back then
 */
export async function replace(step: Extract<Step, { op: 'replace' }>, replacing: Replacing): Promise<void> {
  const { node, id, graceSeconds, now, before } = step;
  const { engine, connections, ids } = replacing;
  connections.drop(node);
  try {
    await engine.stop(id, graceSeconds);
    await engine.removeContainer(id);
    ids.delete(node);
    await make(now, replacing);
    await awaitSync(node, now.container.cluster, replacing, replacing.ports.signal);
  } catch (error) {
    connections.drop(node);
    const left = ids.get(node);
    if (left === id) await engine.start(id);
    else await comeBack(left, before, replacing);
    throw explained(error, node);
  }
}

/** In the time that is left for it: whoever waits has waited for long. */
async function comeBack(left: string | undefined, before: ContainerWithConf, replacing: Replacing): Promise<void> {
  const { node, cluster } = before.container;
  if (left !== undefined) await replacing.engine.removeContainer(left);
  await make(before, replacing);
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), comeBackMs);
  await awaitSync(node, cluster, replacing, tooLate.signal).catch(() => replacing.connections.drop(node));
  clearTimeout(timer);
}

async function make({ container, files }: ContainerWithConf, making: Making): Promise<void> {
  await makeContainer(container, making);
  await making.writer.write(making.ids.get(container.node) ?? '', container.image, files);
  await start(container.node, { container, files }, making);
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

function explained(error: unknown, node: string): unknown {
  if (!(error instanceof RmsxError)) return error;
  const { code, message, hint, logs, reason } = error;
  return new RmsxError(code, `${node} could not be changed, and is as it was. ${message}`, {
    node,
    cause: error,
    logs,
    ...(hint === undefined ? {} : { hint }),
    ...(reason === undefined ? {} : { reason }),
  });
}
