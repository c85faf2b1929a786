import type { ClusterSpec, NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { containerName, volumeName } from '../domain/names.ts';
import { containerOf, nodeContainers, type ObservedContainer, type ObservedEngine } from '../domain/observed.ts';
import { composeConflicts } from './compose-conflicts.ts';
import { networkConflicts } from './network.ts';
import { placeConflicts } from './reconnect.ts';

/** A conflict, and what solves it. */
export interface Conflict {
  readonly problem: string;
  readonly hint: string;
}

/**
 * Looks for everything on the engine that is in the way of a cluster: foreign objects under our names, addresses and
 * ports that are taken. Nothing of it is ever touched.
 * @param moved - the nodes that get another address, where the containers of all may be taken down for that
 * @throws RmsxError `conflict` with all of them
 */
export function refuseConflicts(cluster: ClusterSpec, engine: ObservedEngine, moved?: readonly string[]): void {
  const own = nodeContainers(cluster.name, engine);
  const missing = cluster.nodes.filter((node) => !containerOf({ containers: own }, node.name));
  const staying = { ...cluster, nodes: cluster.nodes.filter(({ name }) => !moved?.includes(name)) };
  const conflicts = [
    ...composeConflicts(cluster, engine),
    ...missing.flatMap((node) => nameConflicts(containerName(cluster.name, node.name), engine.containers)),
    ...cluster.nodes
      .filter((node) => missing.includes(node) || moved?.includes(node.name))
      .flatMap((node) => portConflicts(cluster, node, engine.containers, moved !== undefined)),
    ...placeConflicts(staying, own, engine),
    ...networkConflicts(cluster, engine, own, moved !== undefined),
    ...(cluster.persistence !== 'none' ? volumeConflicts(cluster, engine) : []),
  ];
  const [first] = conflicts;
  if (!first) return;
  if (conflicts.length === 1) throw new RmsxError('conflict', first.problem, { hint: first.hint });
  throw new RmsxError(
    'conflict',
    `The cluster ${cluster.name} cannot be made: ${conflicts.length} things are in the way.`,
    {
      problems: conflicts.map(({ problem }) => problem),
      hint: [...new Set(conflicts.map(({ hint }) => hint))].join('\n'),
    },
  );
}

function nameConflicts(name: string, containers: readonly ObservedContainer[]): readonly Conflict[] {
  const holder = containers.find((container) => container.name === name);
  if (!holder) return [];
  const age = `${holder.image}, ${holder.statusText || holder.state}`;
  return [
    {
      problem: `The name ${name} belongs to a container that rmsx did not make (${holder.id.slice(0, 12)}, ${age}).`,
      hint: `Rename it: docker rename ${name} ${name}-old   or choose another cluster name: -n NAME`,
    },
  ];
}

function portConflicts(
  cluster: ClusterSpec,
  { name, address: { port } }: NodeSpec,
  containers: readonly ObservedContainer[],
  isKnown: boolean,
): readonly Conflict[] {
  const clashes = (host: string): boolean => host === cluster.bind || cluster.bind === '0.0.0.0' || host === '0.0.0.0';
  const holder = containers.find(
    (container) =>
      !isOwn(container, cluster) && container.ports.some((taken) => taken.port === port && clashes(taken.host)),
  );
  if (!holder) return [];
  return [
    {
      problem: `Port ${port} of ${name} is already published by the container ${holder.name}.`,
      hint: `Choose other ports: --base-port 7379${isKnown ? '' : '   or let rmsx choose: --base-port auto'}`,
    },
  ];
}

/** What a node of the cluster holds itself, it gives up when it moves. */
const isOwn = (container: ObservedContainer, { name, nodes }: ClusterSpec): boolean =>
  container.cluster === name && nodes.some((node) => node.name === container.node);

function volumeConflicts(cluster: ClusterSpec, engine: ObservedEngine): readonly Conflict[] {
  const names = new Set(
    cluster.nodes.flatMap((node) => [
      volumeName(cluster.name, node.name, 'data'),
      volumeName(cluster.name, node.name, 'conf'),
    ]),
  );
  return engine.volumes
    .filter((volume) => names.has(volume.name) && volume.cluster !== cluster.name)
    .map((volume) => ({
      problem: `The volume ${volume.name} is there, and rmsx did not make it.`,
      hint: 'Choose another cluster name: -n NAME',
    }));
}
