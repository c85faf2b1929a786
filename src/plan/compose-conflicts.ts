import type { ClusterSpec } from '../domain/cluster.ts';
import { containerOf, isMadeByCompose, nodeContainers, type ObservedEngine } from '../domain/observed.ts';
import { composeChange, madeIn } from './compose-change.ts';
import type { Conflict } from './conflicts.ts';

/** Everything in which rmsx and Docker Compose would get into each other's way: one of them owns a cluster. */
export function composeConflicts(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  return [...madeByCompose(cluster, engine), ...dataOfCompose(cluster, engine), ...sameProject(cluster, engine)];
}

/** Compose would remove what rmsx adds, and miss what rmsx removes. */
function madeByCompose(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  const own = nodeContainers(cluster.name, engine);
  const [first] = own.filter(isMadeByCompose);
  const missing = cluster.nodes.filter((node) => !containerOf({ containers: own }, node.name)).map(({ name }) => name);
  if (!first || missing.length === 0) return [];
  return [
    {
      problem: `Docker Compose owns ${cluster.name}: it made ${first.name}${madeIn(first)}, and rmsx makes no nodes beside it (${missing.join(', ')}).`,
      hint: composeChange(cluster.name, first, `--replicas ${cluster.nodes.length - 1}`),
    },
  ];
}

/** Containers are gone, volumes are not: rmsx would start other volumes, empty, under the same name. */
function dataOfCompose(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  if (engine.containers.some((container) => container.cluster === cluster.name)) return [];
  const volumes = engine.volumes.filter((volume) => volume.cluster === cluster.name && volume.run === null);
  if (volumes.length === 0) return [];
  return [
    {
      problem: `Docker Compose owns ${cluster.name}: it made the volumes ${volumes.map(({ name }) => name).join(', ')}.`,
      hint: [
        'Bring it back where its compose.yaml lies: docker compose up -d',
        `Or give up what is in them: docker volume rm ${volumes.map(({ name }) => name).join(' ')}`,
        ...(engine.volumes.some((volume) => volume.cluster === cluster.name && volume.run !== null)
          ? [
              `rmsx made volumes of ${cluster.name}, too, and their data is kept: it is used again when those of Compose are gone.`,
            ]
          : []),
      ].join('\n'),
    },
  ];
}

/** `docker compose down` in the directory of somebody else would take the cluster along. */
function sameProject(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  const holder = engine.containers.find(
    (container) => container.composeProject === cluster.name && container.cluster !== cluster.name,
  );
  if (!holder) return [];
  return [
    {
      problem: `Docker Compose has a project called ${cluster.name}: ${holder.name}${madeIn(holder)} belongs to it.`,
      hint: 'Choose another cluster name: -n NAME',
    },
  ];
}
