import type { ObservedNetwork } from './observed.ts';

/** A way from a host to a part of the IPv4 address space. */
export interface HostRoute {
  /** `tun0`. */
  readonly device: string;
  /** CIDR. */
  readonly to: string;
}

const isUp = 0x1;
const isRejected = 0x200;
/** A default route, and the two halves in which some VPNs write theirs, lead everywhere: they claim nothing. */
const leastPrefix = 2;

/**
 * Reads the table of routes of a Linux host.
 * @param text - /proc/net/route: addresses in hexadecimal, the first byte last
 * @returns the routes that claim a part of the address space; lines that say something else are left out
 */
export function parseRoutes(text: string): readonly HostRoute[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', destination = '', , flags = '', , , , mask = ''] = line.trim().split(/\s+/);
    if (!isHex(destination) || !isHex(mask)) return [];
    const state = Number.parseInt(flags, 16);
    const prefix = prefixOf(bytesOf(mask));
    if (!(state & isUp) || state & isRejected || prefix < leastPrefix) return [];
    return [{ device, to: `${bytesOf(destination).join('.')}/${prefix}` }];
  });
}

/** @returns the routes that do not lead to the networks of the engine themselves */
export function routesOfOthers(
  routes: readonly HostRoute[],
  networks: readonly ObservedNetwork[],
): readonly HostRoute[] {
  const own = new Set(networks.flatMap(({ subnets }) => subnets));
  return routes.filter(({ to }) => !own.has(to));
}

const isHex = (text: string): boolean => /^[\da-f]{8}$/i.test(text);

const bytesOf = (hex: string): readonly number[] =>
  [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** How many ones a mask has. */
const prefixOf = (mask: readonly number[]): number =>
  mask
    .map((byte) => byte.toString(2))
    .join('')
    .replaceAll('0', '').length;
