import { type ClusterSpec, masterOf, type NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { missingForReplication, type NotReady } from '../domain/replication.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { type Connections, infosOf } from './connections.ts';
import { untilAborted, waitUntil } from './wait-until.ts';

/** What a wait for replication needs. */
export interface AwaitOptions {
  readonly cluster: ClusterSpec;
  /** The nodes that must be ready, the master among them. */
  readonly nodes: readonly NodeSpec[];
  readonly connections: Connections;
  readonly signal: AbortSignal;
  /** Told what is missing, whenever that changes. */
  readonly onMissing?: (missing: readonly NotReady[]) => void;
  /** Called with each look; throws to end the wait early, for a cause that does not pass. */
  readonly failFast?: (infos: ReadonlyMap<string, ServerInfo>) => Promise<void>;
}

/** How long one round of acknowledgements may take before the nodes are looked at again. */
const markTimeoutMs = 2000;

/**
 * Waits until every link is up and every replica online at its source, then proves it: a marker is published on the
 * master, and every node must have acknowledged the offset that the master had after it. That offset is above 0, which a
 * new cluster does not reach by itself before the first PING of its master.
 * @returns what every node said last
 * @throws RmsxError the reason of the signal, at once: no look that is under way is waited for
 */
export async function awaitReplication(options: AwaitOptions): Promise<ReadonlyMap<string, ServerInfo>> {
  const master = masterOf(options.cluster).name;
  await awaitNothingMissing(options, 0);
  const direct = options.nodes.filter((node) => node.source === master).length;
  const marked = await waitUntil(async () => {
    const offset = await untilAborted(mark(options.connections, master, direct), options.signal);
    // A node may have ended since: then there is no use in asking for another marker.
    if (offset === undefined) await awaitNothingMissing(options, 0);
    return offset;
  }, pacing(options));
  return awaitNothingMissing(options, marked);
}

/** @returns the offset of the master after the marker, or undefined where not all of its replicas acknowledged it */
async function mark(connections: Connections, master: string, direct: number): Promise<number | undefined> {
  try {
    const connection = await connections.to(master);
    const { offset, acknowledged } = await connection.mark(`${Date.now()}`, direct, markTimeoutMs);
    return acknowledged >= direct ? offset : undefined;
  } catch (error) {
    connections.drop(master);
    throwIfLasting(error);
    return undefined;
  }
}

function awaitNothingMissing(options: AwaitOptions, reached: number): Promise<ReadonlyMap<string, ServerInfo>> {
  const names = options.nodes.map((node) => node.name);
  let told = '';
  return waitUntil(async () => {
    const probes = await untilAborted(options.connections.probeAll(names), options.signal);
    const infos = infosOf(probes);
    for (const probe of probes.values()) if ('error' in probe) throwIfLasting(probe.error);
    const missing = missingForReplication(options.cluster, infos, reached, options.nodes);
    if (missing.length === 0) return infos;
    await options.failFast?.(infos);
    const text = missing.map((each) => each.text).join();
    if (text !== told) options.onMissing?.(missing);
    told = text;
    return undefined;
  }, pacing(options));
}

/** A large cluster is asked less often, so that asking does not slow down what is awaited. */
const pacing = ({ nodes, signal }: AwaitOptions): { readonly pauseMs: number; readonly signal: AbortSignal } => ({
  pauseMs: 10 + 2 * nodes.length,
  signal,
});

/** A server that starts or loads refuses for a while; one that does not take the password will never. */
function throwIfLasting(error: unknown): void {
  if (!(error instanceof RmsxError) || error.reason === 'wrong-password' || error.reason === 'reply') throw error;
}
