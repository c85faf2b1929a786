import type { ClusterSpec } from '../domain/cluster.ts';
import type { HostRoute } from '../domain/host-route.ts';
import { subnetsOverlap } from '../domain/subnet.ts';

/** @returns what to say where nobody here can know the routes of the host of an engine */
export const unseenRoutes = ({ subnet }: ClusterSpec): string =>
  `the routes of the host of the engine cannot be looked at from here: whether ${subnet} hides one is not checked`;

/**
 * What a new network would hide from the host: engines take such a subnet, and then a VPN or a part of the office is out
 * of reach, for no reason that anybody sees.
 * @param routes - none where the network is there already
 */
export function routeWarnings({ subnet }: ClusterSpec, routes: readonly HostRoute[]): readonly string[] {
  const hidden = routes.filter(({ to }) => subnetsOverlap(to, subnet));
  return hidden.map(
    ({ to, device }) =>
      `The subnet ${subnet} overlaps with the route to ${to} over ${device}: what is there cannot be reached from this host while the network is there. Let rmsx choose: --subnet auto`,
  );
}
