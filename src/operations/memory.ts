import { maxMemoryBytes } from '../config/memory.ts';
import type { ClusterSpec, NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { snapshotShare } from '../domain/memory-share.ts';
import type { Engine } from '../domain/ports.ts';
import { formatMemory } from '../domain/quantities.ts';
import { readRecord } from './read-confs.ts';

/**
 * A full synchronisation or a rewrite of the append-only file copies pages while clients write: without memory left for
 * that, the system ends a server. The other clusters of rmsx that run on the host count, too. The engine is asked only
 * where a limit is set.
 * @throws RmsxError `unsafe` with the numbers
 */
export async function refuseScarceMemory(cluster: ClusterSpec, engine: Engine): Promise<void> {
  const wanted = limitsOf(cluster, cluster.nodes);
  if (wanted === 0) return;
  const [there, taken] = await Promise.all([engine.memoryBytes(), limitsOfRunning(engine, cluster.name)]);
  const room = there * (1 - snapshotShare) - taken;
  if (wanted <= room) return;
  const others = taken > 0 ? `, other clusters may take ${formatMemory(taken)}` : '';
  const each = Math.floor(room / cluster.nodes.length / 2 ** 20);
  throw new RmsxError(
    'unsafe',
    `The nodes of ${cluster.name} may take ${formatMemory(wanted)} together${others}, and the host has ${formatMemory(there)}: 30 % of it must stay free for snapshots and buffers.`,
    {
      hint:
        each > 0
          ? `Give each node at most ${each} MB: --set maxmemory=${each}mb, or memory.max in rmsx.yaml`
          : 'See what else runs: rmsx ls',
    },
  );
}

const limitsOf = (cluster: ClusterSpec, nodes: readonly NodeSpec[]): number =>
  nodes.reduce((sum, node) => sum + maxMemoryBytes(cluster, node), 0);

/**
 * What the running nodes of the clusters on a host may take together, in bytes, as far as they have a limit.
 * @param except - a cluster that does not count. @default none
 */
export async function limitsOfRunning(engine: Engine, except?: string): Promise<number> {
  const containers = (await engine.listContainers()).filter(
    ({ cluster, node }) => cluster !== null && cluster !== except && node !== null,
  );
  const running = containers.filter(({ state }) => state !== 'stopped');
  const clusters = [...new Set(running.map((container) => container.cluster))];
  const limits = clusters.map(async (other) => {
    const own = running.filter((container) => container.cluster === other);
    const record = await readRecord(engine, own);
    const nodes = record?.cluster.nodes.filter((node) => own.some((container) => container.node === node.name)) ?? [];
    return record ? limitsOf(record.cluster, nodes) : 0;
  });
  return (await Promise.all(limits)).reduce((sum, limit) => sum + limit, 0);
}
