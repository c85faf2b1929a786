import { compareNodeNames } from '../domain/names.ts';
import type { ObservedContainer, ObservedEngine, ObservedVolume } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';

/** How long a server has to write its data down; one whose data goes too is not waited for. */
const graceSeconds = 10;

/**
 * Removes what rmsx made for a cluster and nothing else. All servers stop at the same time, so that no replica sees its
 * source go and no source waits for its replicas. Where there are no volumes, the network goes beside the containers: an
 * engine lets go of an endpoint when its server has ended, and takes as long to remove a network as to tidy up behind the
 * containers. Where there are, it waits for all of them: where a removal fails, `gc` knows by the network whose volumes are left.
 * @param volumes - whether the data goes too
 */
export function planDown(cluster: string, engine: ObservedEngine, { volumes }: { readonly volumes: boolean }): Plan {
  const containers = engine.containers
    .filter((container) => container.cluster === cluster)
    .sort((a, b) => compareNodeNames(a.node ?? '', b.node ?? ''));
  const networks = engine.networks.filter((network) => network.cluster === cluster);
  const owned = volumes ? engine.volumes.filter((volume) => volume.cluster === cluster) : [];
  const because = 'down removes it';
  const isEmpty = !engine.volumes.some((volume) => volume.cluster === cluster);
  const steps = removeContainers(containers, engine, volumes, because, isEmpty);
  const removed = containers.map((container) => `remove ${container.id}`);
  const ended = steps.filter(({ after }) => after.length === 0).map(({ id }) => id);
  return [
    ...steps,
    ...networks.map(
      (network): PlannedStep => ({
        id: `network ${network.id}`,
        step: { op: 'remove-network', name: network.name, id: network.id },
        because,
        after: isEmpty ? ended : removed,
      }),
    ),
    ...removeVolumes(owned, removed),
  ];
}

/**
 * Removes one node of a cluster: its container, and its volumes where that is asked for. The network stays.
 * @param volumes - whether the data goes too
 */
export function planRemoval(
  cluster: string,
  node: string,
  engine: ObservedEngine,
  { volumes }: { readonly volumes: boolean },
): Plan {
  const isOurs = (object: { readonly cluster: string | null; readonly node: string | null }): boolean =>
    object.cluster === cluster && object.node === node;
  const containers = engine.containers.filter(isOurs);
  const removed = containers.map((container) => `remove ${container.id}`);
  return [
    ...removeContainers(containers, engine, volumes, 'the cluster goes on without it', false),
    ...removeVolumes(volumes ? engine.volumes.filter(isOurs) : [], removed),
  ];
}

/**
 * A server whose data stays has time to write it down.
 * @param endsFirst - whether something waits for the end of the servers, and not for the removal of their containers
 */
function removeContainers(
  containers: readonly ObservedContainer[],
  engine: ObservedEngine,
  volumes: boolean,
  because: string,
  endsFirst: boolean,
): readonly PlannedStep[] {
  return containers.flatMap((container): PlannedStep[] => {
    const node = container.node ?? container.name;
    const remove = `remove ${container.id}`;
    const step = { op: 'remove-container', node, id: container.id } as const;
    const hasData = engine.volumes.some(
      (volume) => volume.node === container.node && volume.cluster === container.cluster,
    );
    const { id, state } = container;
    const isKept = !volumes && hasData;
    if (state !== 'running' || !(isKept || endsFirst)) return [{ id: remove, step, because, after: [] }];
    const end: PlannedStep = isKept
      ? { id: `stop ${id}`, step: { op: 'stop', node, id, graceSeconds }, because: 'its data stays', after: [] }
      : { id: `kill ${id}`, step: { op: 'kill', node, id }, because: 'no data of it stays', after: [] };
    return [end, { id: remove, step, because, after: [end.id] }];
  });
}

const removeVolumes = (volumes: readonly ObservedVolume[], after: readonly string[]): readonly PlannedStep[] =>
  volumes.map((volume) => ({
    id: `volume ${volume.name}`,
    step: { op: 'remove-volume', name: volume.name },
    because: '--volumes takes the data too',
    after,
  }));
