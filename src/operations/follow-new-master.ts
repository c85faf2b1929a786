import { findNode, sameAddress, sourceOf } from '../domain/cluster.ts';
import { messageOf, RmsxError } from '../domain/errors.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { NotReady } from '../domain/replication.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { awaitReplication } from './await-replication.ts';
import type { Connections } from './connections.ts';
import { releaseAllLeft } from './release-left.ts';
import { setBackMasterauth } from './set-back-masterauth.ts';
import { untilAborted, waitUntil } from './wait-until.ts';

/** How long a new master may refuse writes. */
const writableTimeoutMs = 2000;
const pauseMs = 200;

/** A master that has just become one, and those who are to hang below it. */
export interface NewMaster {
  readonly record: ClusterRecord;
  readonly target: string;
  /** Everybody else who answers. */
  readonly survivors: readonly string[];
  /** What every node said last before. */
  readonly before: ReadonlyMap<string, ServerInfo>;
  readonly connections: Connections;
  /** Told of what was not as the conf of a node has it. */
  readonly warn: (message: string) => void;
}

/**
 * Lets the nodes follow a new master, each at its place, and proves that they do and that it takes writes.
 * @param signal - when it is aborted, what is missing by then is the answer
 * @returns what is missing: nothing of it is taken back
 */
export async function followNewMaster(scene: NewMaster, signal: AbortSignal): Promise<readonly NotReady[]> {
  const { record, target, survivors, connections } = scene;
  const { cluster } = record;
  const nodes = cluster.nodes.filter((node) => node.name === target || survivors.includes(node.name));
  let missing: readonly NotReady[] = [];
  const onMissing = (now: readonly NotReady[]): void => {
    missing = now;
  };
  try {
    const left = untilAborted(releaseAllLeft(cluster, [target, ...survivors], connections), signal);
    await Promise.all([...survivors.map((node) => repoint(node, scene)), left]);
    await awaitReplication({ cluster, nodes, connections, signal, onMissing });
    return await proveWritable(target, connections, signal);
  } catch (error) {
    const text = messageOf(error);
    const named = error instanceof RmsxError && error.node ? [{ node: error.node, text }] : [];
    return missing.length + named.length > 0 ? [...named, ...missing] : survivors.map((node) => ({ node, text }));
  }
}

/** A master that wants a number of replicas takes writes a moment after they have come. */
async function proveWritable(
  target: string,
  connections: Connections,
  signal: AbortSignal,
): Promise<readonly NotReady[]> {
  const endMs = performance.now() + writableTimeoutMs;
  return waitUntil<readonly NotReady[]>(
    async () => {
      try {
        const connection = await connections.to(target);
        await untilAborted(connection.proveWritable(), signal);
        return [];
      } catch (error) {
        if (!(error instanceof RmsxError)) throw error;
        return performance.now() > endMs ? [{ node: target, text: error.message }] : undefined;
      }
    },
    { pauseMs, signal },
  );
}

async function repoint(node: string, { record: { cluster }, before, connections, warn }: NewMaster): Promise<void> {
  await setBackMasterauth([node], connections, warn);
  const spec = findNode(cluster, node);
  const source = spec ? sourceOf(cluster, spec) : null;
  const current = before.get(node)?.source;
  if (!source || (current && sameAddress(current, source.address))) return;
  await (await connections.to(node)).follow(source.address);
}
