import { maxMemoryBytes } from '../config/memory.ts';
import type { ClusterSpec, NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { snapshotShare } from '../domain/memory-share.ts';
import { containerName } from '../domain/names.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';
import { formatMemory } from '../domain/quantities.ts';
import type { BoundedNode } from '../plan/diagnose-host.ts';
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
  const [there, running] = await Promise.all([engine.memoryBytes(), runningClusters(engine, cluster.name)]);
  const taken = limitsOfAll(running);
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

const limitsOfAll = (clusters: readonly RunningCluster[]): number =>
  clusters.reduce(
    (sum, { spec, nodes }) =>
      sum +
      limitsOf(
        spec,
        nodes.map(([node]) => node),
      ),
    0,
  );

/** What the running nodes of all clusters on a host may take. */
export interface RunningMemory {
  /** Together, as far as they have a limit. */
  readonly limitsBytes: number;
  /** Those whose containers have a limit on memory of their own. */
  readonly bounded: readonly BoundedNode[];
}

/** @returns what the running nodes of all clusters on a host may take */
export async function memoryOfRunning(engine: Engine): Promise<RunningMemory> {
  const clusters = await runningClusters(engine);
  return { limitsBytes: limitsOfAll(clusters), bounded: await boundedNodes(clusters, engine) };
}

async function boundedNodes(clusters: readonly RunningCluster[], engine: Engine): Promise<readonly BoundedNode[]> {
  const found = clusters.flatMap(({ spec, nodes }) =>
    nodes.map(async ([node, { id }]): Promise<readonly BoundedNode[]> => {
      const limitBytes = await engine.memoryLimitOf(id).catch(noneIfGone);
      const [cluster, container] = [spec.name, containerName(spec.name, node.name)];
      return limitBytes === null
        ? []
        : [{ cluster, container, limitBytes, maxMemoryBytes: maxMemoryBytes(spec, node) }];
    }),
  );
  return (await Promise.all(found)).flat();
}

/** It has ended since the list was made. */
function noneIfGone(error: unknown): null {
  if (error instanceof RmsxError && error.reason === 'gone') return null;
  throw error;
}

interface RunningCluster {
  readonly spec: ClusterSpec;
  /** The nodes that run, each with its container. */
  readonly nodes: readonly (readonly [NodeSpec, ObservedContainer])[];
}

async function runningClusters(engine: Engine, except?: string): Promise<readonly RunningCluster[]> {
  const containers = (await engine.listContainers()).filter(
    ({ cluster, node }) => cluster !== null && cluster !== except && node !== null,
  );
  const running = containers.filter(({ state }) => state !== 'stopped');
  const clusters = [...new Set(running.map((container) => container.cluster))];
  const found = clusters.map(async (other): Promise<readonly RunningCluster[]> => {
    const own = running.filter((container) => container.cluster === other);
    const spec = (await readRecord(engine, own))?.cluster;
    if (!spec) return [];
    const nodes = spec.nodes.flatMap((node) => {
      const container = own.find((each) => each.node === node.name);
      return container ? [[node, container] as const] : [];
    });
    return [{ spec, nodes }];
  });
  return (await Promise.all(found)).flat();
}
