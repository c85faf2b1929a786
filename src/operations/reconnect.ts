import { type Address, type ClusterSpec, findNode } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Step } from '../domain/plan.ts';
import { type Ports, stopGraceSeconds } from '../domain/ports.ts';
import type { Connections } from './connections.ts';
import { namingHolder, waysOutOf } from './holders.ts';
import { followInside, insideOf } from './inside.ts';
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

/** Why redis-cli cannot be started in a container that runs. */
const unable: readonly string[] = ['no-redis-cli', 'no-shell', 'engine-error'];

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
  const comes = (): Promise<void> => engine.connect(network, id, step.ip, node);
  try {
    if (step.source) await asReplica(step.source, { node, id }, comes, { engine, cluster, connections });
    else await comes();
  } catch (error) {
    throw error instanceof RmsxError
      ? await namingHolder(error, { engine, cluster, node, id, made: {}, waysOut: waysOutOf(cluster.name) })
      : error;
  }
  changed.push(node);
}

/** A server of an image without redis-cli cannot be told before it is seen: it starts with what its conf says. */
async function asReplica(
  source: Address,
  { node, id }: { readonly node: string; readonly id: string },
  comes: () => Promise<void>,
  { engine, cluster, connections }: Pick<Reconnecting, 'cluster' | 'connections'> & Pick<Ports, 'engine'>,
): Promise<void> {
  const spec = findNode(cluster, node);
  if (!spec) throw new RangeError(`unknown node ${node}`);
  try {
    await followInside(insideOf(spec, id, connections), source, engine);
  } catch (error) {
    if (!(error instanceof RmsxError) || !unable.includes(error.reason ?? '')) throw error;
    await engine.stop(id, stopGraceSeconds);
    await comes();
    return engine.start(id);
  }
  return comes();
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
