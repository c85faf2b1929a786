import type { ClusterSpec } from './cluster.ts';
import { rmsxCommand } from './hints.ts';
import { networkName } from './names.ts';
import { containerOf, isMadeByCompose, type ObservedContainer } from './observed.ts';

/** A node that the others do not find where they look for it. */
export interface Misplaced {
  readonly node: string;
  readonly container: ObservedContainer;
  /** The address that it should have. */
  readonly wanted: string;
  /** The address that it has; empty where the engine will choose one, null where it is not on its network at all. */
  readonly ip: string | null;
}

/**
 * Finds the nodes whose container is not on the network of the cluster, or has another address there. What an engine does
 * not tell is no difference, and a container that is being removed has no place any more.
 * @param containers - of this cluster
 * @returns by name, in the order of the cluster
 */
export function misplacedNodes(
  { name, nodes }: Pick<ClusterSpec, 'name' | 'nodes'>,
  containers: readonly ObservedContainer[],
): ReadonlyMap<string, Misplaced> {
  const misplaced = nodes.flatMap(({ name: node, address: { host: wanted } }) => {
    const container = containerOf({ containers }, node);
    if (!container?.attachments || container.halfRemoved) return [];
    const own = container.attachments.find(({ network }) => network === networkName(name));
    if (own && (own.ip === null || own.ip === wanted)) return [];
    return [[node, { node, container, wanted, ip: own?.ip ?? null }] as const];
  });
  return new Map(misplaced);
}

/** @returns how a node is misplaced, to follow its name */
export function describePlace(cluster: string, { wanted, ip }: Misplaced): string {
  if (ip === null) return `is not on the network ${networkName(cluster)}`;
  return `has ${ip === '' ? 'no fixed address' : `the address ${ip}`} instead of ${wanted}`;
}

/** @returns what to type: Docker Compose leaves its containers where they are, and `up` leaves them to it */
export const placeHint = (cluster: string, place: Misplaced): string =>
  isMadeByCompose(place.container) ? placeCommand(cluster, place) : rmsxCommand(cluster, 'up');

/** @returns the commands that put a node back by hand */
export function placeCommand(cluster: string, { node, container, wanted, ip }: Misplaced): string {
  const place = `${networkName(cluster)} ${container.name}`;
  const leave = ip === null ? '' : `docker network disconnect ${place} && `;
  return `${leave}docker network connect --ip ${wanted} --alias ${node} ${place}`;
}
