import { maxMemoryBytes } from '../config/memory.ts';
import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';

/** What the nodes of a host may take of its memory; the rest is for the child that writes snapshots, and for buffers. */
const share = 0.7;

/**
 * A full synchronisation or a rewrite of the append-only file copies pages while clients write: without memory left for
 * that, the system ends a server. The engine is asked only where a limit is set.
 * @throws RmsxError `unsafe` with the numbers
 */
export async function refuseScarceMemory(cluster: ClusterSpec, engine: Engine): Promise<void> {
  const wanted = cluster.nodes.reduce((sum, node) => sum + maxMemoryBytes(cluster, node), 0);
  if (wanted === 0) return;
  const there = await engine.memoryBytes();
  if (!(wanted > there * share)) return;
  const each = Math.floor((there * share) / cluster.nodes.length / 2 ** 20);
  throw new RmsxError(
    'unsafe',
    `The nodes of ${cluster.name} may take ${mib(wanted)} together, and the host has ${mib(there)}: 30 % of it must stay free for snapshots and buffers.`,
    { hint: `Give each node at most ${each} MB: --set maxmemory=${each}mb, or memory.max in rmsx.yaml` },
  );
}

const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
