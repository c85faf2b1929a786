import { compareNodeNames } from '../domain/names.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';

/** How long a server has to write its data down; removing without volumes needs no care. */
const graceSeconds = 10;

/**
 * Removes what rmsx made for a cluster and nothing else. All servers stop at the same time, so that no replica sees its
 * source go and no source waits for its replicas.
 * @param volumes - whether the data goes too
 */
export function planDown(cluster: string, engine: ObservedEngine, { volumes }: { readonly volumes: boolean }): Plan {
  const containers = engine.containers
    .filter((container) => container.cluster === cluster)
    .sort((a, b) => compareNodeNames(a.node ?? '', b.node ?? ''));
  const networks = engine.networks.filter((network) => network.cluster === cluster);
  const owned = volumes ? engine.volumes.filter((volume) => volume.cluster === cluster) : [];
  const because = 'down removes it';
  const steps: PlannedStep[] = containers.flatMap((container): PlannedStep[] => {
    const node = container.node ?? container.name;
    const remove = `remove ${container.id}`;
    const step = { op: 'remove-container', node, id: container.id } as const;
    const hasData = engine.volumes.some((volume) => volume.node === container.node && volume.cluster === cluster);
    if (container.state !== 'running' || volumes || !hasData) return [{ id: remove, step, because, after: [] }];
    const stop = { op: 'stop', node, id: container.id, graceSeconds } as const;
    return [
      { id: `stop ${container.id}`, step: stop, because: 'its data stays', after: [] },
      { id: remove, step, because, after: [`stop ${container.id}`] },
    ];
  });
  const removed = containers.map((container) => `remove ${container.id}`);
  return [
    ...steps,
    ...networks.map(
      (network): PlannedStep => ({
        id: `network ${network.id}`,
        step: { op: 'remove-network', name: network.name, id: network.id },
        because,
        after: removed,
      }),
    ),
    ...owned.map(
      (volume): PlannedStep => ({
        id: `volume ${volume.name}`,
        step: { op: 'remove-volume', name: volume.name },
        because: '--volumes takes the data too',
        after: removed,
      }),
    ),
  ];
}
