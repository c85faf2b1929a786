import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Step } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { Connections } from './connections.ts';
import { namingHolder } from './holders.ts';
import { waitUntil } from './wait-until.ts';

/** What putting nodes back on their network works with. */
export interface Reconnecting {
  readonly ports: Ports;
  readonly cluster: ClusterSpec;
  readonly connections: Connections;
  /** The nodes that were changed, and stay so whatever comes; filled here. */
  readonly changed: string[];
}

/** A port that was published just now may take a moment to lead somewhere. */
const answerTimeoutMs = 2000;

const pauseMs = 10;

/**
 * Carries out a step that puts a node where the others look for it.
 * @throws RmsxError that names who holds its address
 */
export async function reconnect(
  step: Extract<Step, { op: 'disconnect' | 'connect' | 'relink' }>,
  { ports: { engine, signal }, cluster, connections, changed }: Reconnecting,
): Promise<void> {
  const { op, node } = step;
  if (op === 'relink') return relink(node, connections, signal);
  const { id, network } = step;
  connections.drop(node);
  if (op === 'disconnect') return engine.disconnect(network, id);
  try {
    await engine.connect(network, id, step.ip, node);
  } catch (error) {
    throw error instanceof RmsxError ? await namingHolder(error, { engine, cluster, node, id, made: {} }) : error;
  }
  changed.push(node);
}

/** Has a replica open its link anew. Whether it answers at all, somebody else says. */
async function relink(node: string, connections: Connections, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + answerTimeoutMs;
  await waitUntil(
    async () => {
      try {
        await (await connections.to(node)).relink();
        return true;
      } catch (error) {
        connections.drop(node);
        if (!(error instanceof RmsxError)) throw error;
        return performance.now() > endMs ? true : undefined;
      }
    },
    { pauseMs, signal },
  );
}
