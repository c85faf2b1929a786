import { hostname } from 'node:os';
import { defaults } from '../config/defaults.ts';
import type { UpRequest } from '../config/up-request.ts';
import { type HostRoute, routesOfOthers } from '../domain/host-route.ts';
import { networkName } from '../domain/names.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';
import { subnetsOverlap } from '../domain/subnet.ts';
import { readHostRoutes } from '../files/host-routes.ts';
import { autoRanges } from '../plan/choose.ts';

/**
 * The routes of the host that a new network could get in the way of: the engine looks at them only where it chooses a
 * subnet by itself. A socket may lead to another machine, and this process may be in a container
 * of its own: the engine must say that it is on the host on which the routes are read.
 * @returns those that matter; none where the network of the cluster is there and stays; null where they cannot be known
 */
export async function observeRoutes(
  { name, subnet }: Pick<UpRequest, 'name' | 'subnet'>,
  { networks }: ObservedEngine,
  engine: Engine,
  read: () => Promise<readonly HostRoute[] | null> = readHostRoutes,
): Promise<readonly HostRoute[] | null> {
  const own = networks.find((network) => network.name === networkName(name));
  const isKept = own !== undefined && (subnet === undefined || subnet === 'auto' || own.subnets.includes(subnet));
  if (isKept) return [];
  const table = engine.isLocal ? await read() : null;
  if (table === null) return null;
  const eligible = subnet === undefined || subnet === 'auto' ? [defaults.subnet, ...autoRanges] : [subnet];
  const isInTheWay = ({ to }: HostRoute): boolean => eligible.some((cidr) => subnetsOverlap(cidr, to));
  const routes = routesOfOthers(table, networks).filter(isInTheWay);
  if (routes.length === 0) return [];
  const host = await engine.hostName().catch(() => undefined); // whatever is wrong with it, the next call will tell
  return host === hostname() ? routes : null;
}
