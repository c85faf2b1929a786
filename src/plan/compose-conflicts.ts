import type { ClusterSpec } from '../domain/cluster.ts';
import { describePlace, misplacedNodes, placeCommand } from '../domain/misplaced.ts';
import { containerOf, isMadeByCompose, nodeContainers, type ObservedEngine } from '../domain/observed.ts';
import { composeChange, madeIn } from './compose-change.ts';
import type { Conflict } from './conflicts.ts';

/** Everything in which rmsx and Docker Compose would get into each other's way: one of them owns a cluster. */
export function composeConflicts(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  return [
    ...madeByCompose(cluster, engine),
    ...misplacedOfCompose(cluster, engine),
    ...dataOfCompose(cluster, engine),
    ...sameProject(cluster, engine),
  ];
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

/** Compose puts containers on networks when it makes them, and only then. */
function misplacedOfCompose(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  const made = engine.containers.filter(
    (container) => container.cluster === cluster.name && isMadeByCompose(container),
  );
  return [...misplacedNodes(cluster, made).values()].map((place) => ({
    problem: `Docker Compose owns ${cluster.name}: it made ${place.container.name}${madeIn(place.container)}, which ${describePlace(cluster.name, place)}.`,
    hint: `Put it back by hand: ${placeCommand(cluster.name, place)}`,
  }));
}

/** Containers are gone, volumes are not: rmsx would start other volumes, empty, under the same name. */
function dataOfCompose(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  if (nodeContainers(cluster.name, engine).length > 0) return [];
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

/** @returns a warning where `down` has kept volumes of rmsx, and Compose made all nodes that are there now */
export function keptBesideCompose({ name }: ClusterSpec, engine: ObservedEngine): readonly string[] {
  const own = nodeContainers(name, engine);
  if (own.length === 0 || !own.every(isMadeByCompose)) return [];
  const kept = engine.volumes
    .filter((volume) => volume.cluster === name && volume.run !== null)
    .map((volume) => volume.name);
  if (kept.length === 0) return [];
  return [
    `Docker Compose owns ${name}; rmsx made volumes of ${name}, too, and their data is kept and not used. To give it up: docker volume rm ${kept.join(' ')}`,
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
