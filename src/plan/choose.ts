import { createHash } from 'node:crypto';
import type { HostRoute } from '../domain/host-route.ts';
import type { ObservedContainer, ObservedNetwork } from '../domain/observed.ts';
import { subnetsOverlap } from '../domain/subnet.ts';

/**
 * `--subnet auto` takes one of the 256 /24 in here, from the second where nothing in the first is free: private, and in none
 * of Docker's own address pools.
 */
export const autoRanges: readonly string[] = ['172.16.0.0/16', '10.201.0.0/16'];
const autoSubnets = 256;
/** `--base-port auto`: below the range from which systems take ports by themselves. */
const firstAutoPort = 10_000;
const lastAutoPort = 31_000;

/**
 * A free subnet. The search starts at a place that follows from the name, so that clusters rarely meet.
 * @param attempt - grows when the engine refused the last choice
 * @param routes - where the host has somebody else to reach
 * @returns CIDR, or undefined where all are taken
 */
export function chooseSubnet(
  name: string,
  networks: readonly ObservedNetwork[],
  attempt: number,
  routes: readonly HostRoute[] = [],
): string | undefined {
  const taken = [...networks.flatMap((network) => network.subnets), ...routes.map(({ to }) => to)];
  const known = new Map<string, boolean>();
  const isFree = (candidate: string): boolean => {
    const free = known.get(candidate) ?? !taken.some((subnet) => subnetsOverlap(candidate, subnet));
    known.set(candidate, free);
    return free;
  };
  return choices(attempt, (before, i) => {
    const start = hash(name, i) % autoSubnets;
    const order = Array.from({ length: autoSubnets }, (_, j) => (start + j) % autoSubnets);
    return autoRanges
      .flatMap((range) => order.map((third) => range.replace('.0.0/16', `.${third}.0/24`)))
      .find((candidate) => !before.includes(candidate) && isFree(candidate));
  });
}

/**
 * What is chosen at the last of several attempts: none is like one before.
 * @param choose - told what was chosen before
 */
function choices<T>(
  attempt: number,
  choose: (before: readonly (T | undefined)[], attempt: number) => T | undefined,
): T | undefined {
  const chosen: (T | undefined)[] = [];
  for (let i = 0; i <= attempt; i++) chosen.push(choose(chosen, i));
  return chosen.at(-1);
}

/**
 * The first of a run of ports that no container publishes. Whether another program holds one of them shows at the start.
 * @param count - how many ports
 * @param attempt - grows when the engine refused the last choice
 * @param others - ports that are not to be among them
 */
export function chooseBasePort(
  name: string,
  count: number,
  containers: readonly ObservedContainer[],
  attempt: number,
  others: readonly number[] = [],
): number {
  const taken = new Set([...containers.flatMap((container) => container.ports.map(({ port }) => port)), ...others]);
  const blocks = Math.floor((lastAutoPort - firstAutoPort) / count);
  const isFree = (base: number): boolean =>
    !Array.from({ length: count }, (_, j) => base + j).some((port) => taken.has(port));
  const chosen = choices<number>(attempt, (before, i) => {
    const start = hash(name, i) % blocks;
    const bases = Array.from({ length: blocks }, (_, j) => firstAutoPort + ((start + j) % blocks) * count);
    return bases.find((base) => !before.includes(base) && isFree(base));
  });
  return chosen ?? firstAutoPort;
}

const hash = (name: string, attempt: number): number =>
  createHash('sha256').update(`${name}/${attempt}`).digest().readUInt32BE(0);
