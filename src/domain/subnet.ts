/** An IPv4 subnet in CIDR notation, taken apart. */
export interface Subnet {
  /** As it is written, with the network address: `172.19.0.0/24`. */
  readonly cidr: string;
  /** The network address as a 32-bit number. */
  readonly first: number;
  readonly prefix: number;
  /** How many addresses it has, network and broadcast included. */
  readonly size: number;
}

/** Nodes start at .10; .1 is the gateway, the rest is left for people. */
const firstNodeOffset = 10;
/** The last /28 is for addresses that the engine hands out by itself: it would give away those of nodes that are down. */
const dynamicSize = 16;
const sentinelCount = 10;
const smallestPrefix = 26;
const largestPrefix = 8;
/** A Linux bridge has 1024 ports (BR_MAX_PORTS in net/bridge/br_private.h); some are left for other containers. */
export const maxNodes: number = 1000;

/**
 * Reads `a.b.c.d/n`.
 * @returns the subnet, or a sentence that says what is wrong with the text
 */
export function parseSubnet(text: string): Subnet | string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return `"${text}" is not an IPv4 subnet such as 172.19.0.0/24`;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((byte) => byte > 255)) return `"${text}" has a number above 255`;
  if (prefix > 32) return `"${text}" has a prefix above 32`;
  if (prefix > smallestPrefix) {
    const needed = `${2 ** (32 - smallestPrefix)} or more (a /${smallestPrefix})`;
    return `"${text}" is too small: it has ${2 ** (32 - prefix)} addresses, and rmsx needs ${needed}`;
  }
  if (prefix < largestPrefix) return `"${text}" is too large: the largest is a /${largestPrefix}`;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  const first = address - (address % size);
  if (first !== address) return `"${text}" has host bits set: write ${formatIp(first)}/${prefix}`;
  const use = specialUse(a);
  if (use !== undefined) return `"${text}" is ${use}: no network can have it; take a private one, such as 10.99.0.0/24`;
  return { cidr: text, first, prefix, size };
}

/** Blocks from which no host can have an address (RFC 6890, RFC 5771). */
function specialUse(firstByte: number): string | undefined {
  if (firstByte === 0) return '"this network"';
  if (firstByte === 127) return 'the loopback of every host';
  if (firstByte >= 240) return 'reserved';
  return firstByte >= 224 ? 'for multicast' : undefined;
}

/** How many nodes, master included, a subnet can hold. */
export const nodeCapacity = (subnet: Subnet): number =>
  Math.min(maxNodes, subnet.size - dynamicSize - sentinelCount - firstNodeOffset);

/** The address of the i-th node, the first master being number 0. */
export const nodeIp = (subnet: Subnet, index: number): string => formatIp(subnet.first + firstNodeOffset + index);

/** The gateway of the network: the first address. */
export const gatewayIp = (subnet: Subnet): string => formatIp(subnet.first + 1);

/** The range from which the engine may hand out addresses by itself, clear of every fixed one. */
export const dynamicRange = (subnet: Subnet): string =>
  `${formatIp(subnet.first + subnet.size - dynamicSize)}/${32 - Math.log2(dynamicSize)}`;

/** @returns why a node cannot have an address, or undefined where it can */
export function nodeIpProblem(subnet: Subnet, ip: string): string | undefined {
  const range = /^\d+\.\d+\.\d+\.\d+$/.test(ip) ? rangeOf(`${ip}/32`) : undefined;
  if (!range || formatIp(range[0]) !== ip) return `"${ip}" is not an IPv4 address`;
  const offset = range[0] - subnet.first;
  if (offset < 0 || offset >= subnet.size) return `${ip} is outside of ${subnet.cidr}`;
  if (offset === 0) return `${ip} is the address of the network ${subnet.cidr} itself`;
  if (offset === 1) return `${ip} is the gateway of ${subnet.cidr}`;
  if (offset === subnet.size - 1) return `${ip} is the broadcast address of ${subnet.cidr}`;
  if (offset >= subnet.size - dynamicSize) {
    return `${ip} is in ${dynamicRange(subnet)}, from which the engine hands out addresses by itself`;
  }
  const firstSentinel = subnet.size - dynamicSize - sentinelCount;
  return offset >= firstSentinel
    ? `${ip} is kept for a sentinel, as are all from ${formatIp(subnet.first + firstSentinel)} on`
    : undefined;
}

/** Whether two subnets share an address. Unreadable text (IPv6, for one) shares none. */
export function subnetsOverlap(a: string, b: string): boolean {
  const one = rangeOf(a);
  const other = rangeOf(b);
  return one !== undefined && other !== undefined && one[0] <= other[1] && other[0] <= one[1];
}

/** First and last address of any IPv4 CIDR, whatever its size. */
function rangeOf(cidr: string): readonly [number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  const first = address - (address % size);
  return [first, first + size - 1];
}

function formatIp(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
