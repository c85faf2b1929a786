import { type Address, type ClusterSpec, findNode, masterOf, sameAddress } from '../domain/cluster.ts';
import { attachedTo, containerOf, type ObservedContainer } from '../domain/observed.ts';
import { ownNetworks } from './network.ts';
import type { UpFacts } from './up-facts.ts';

/** That all nodes of a cluster go to other addresses together, as each of them knows the others by theirs. */
export interface Relocation {
  /** What changes, for people. */
  readonly because: string;
  /** The containers that give way: those of all nodes that have one. */
  readonly leaving: readonly ObservedContainer[];
}

/** What it follows from. */
export type RelocationFacts = Pick<UpFacts, 'before' | 'record' | 'confs' | 'engine'>;

/** A node, and the cluster as it was when its container was made. */
interface Place {
  readonly name: string;
  readonly has: ClusterSpec;
  readonly container: ObservedContainer | undefined;
}

/**
 * Whether the nodes have to be taken down together to become what is wanted. A replica that nobody follows and whose new
 * address is free needs nobody else: it is replaced like one that gets another image (`changesOf`).
 * @returns null where nobody has to move, and where no container is there
 */
export function relocationOf(facts: RelocationFacts): Relocation | null {
  const { before, record } = facts;
  const { cluster } = record;
  if (!before) return null;
  const places = placesOf(facts, before.cluster);
  const leaving = places.flatMap(({ container }) => container ?? []);
  if (leaving.length === 0) return null;
  const subnets = otherSubnets(cluster, facts, places);
  const isTogether =
    subnets.length > 0 ||
    places.some((place) => losesItsSource(place, cluster) || isInTheWay(place, cluster)) ||
    (cluster.nodes.length > 1 &&
      places.some((place) => place.name === masterOf(cluster).name && moves(place, cluster)));
  if (!isTogether) return null;
  const reasons = [
    ...subnets.map((subnet) => `subnet: ${cluster.subnet} instead of ${subnet}`),
    ...portReasons(places, cluster),
    ...(subnets.length > 0 ? [] : hostReasons(places, cluster)),
  ];
  return { because: inFew(reasons), leaving };
}

/** @returns the nodes that are to get another address than they have, whether that takes all nodes or not */
export function movedNodes(facts: RelocationFacts): readonly string[] {
  const { before, record } = facts;
  if (!before) return [];
  const places = placesOf(facts, before.cluster);
  return places.filter((place) => moves(place, record.cluster)).map(({ name }) => name);
}

/** What a container was made for stands in its own conf; where it has none, in what the others know. */
function placesOf({ record: { cluster }, confs, engine }: RelocationFacts, before: ClusterSpec): readonly Place[] {
  const containers = engine.containers.filter((container) => container.cluster === cluster.name);
  return cluster.nodes.map(({ name }) => {
    const container = containerOf({ containers }, name);
    const own = container && confs.get(name)?.record?.cluster;
    return { name, has: own && findNode(own, name) ? own : before, container };
  });
}

/** @returns the subnets in which containers are, by their conf or by their network, and should not be */
function otherSubnets(
  { name, subnet }: ClusterSpec,
  { engine }: RelocationFacts,
  places: readonly Place[],
): readonly string[] {
  const there = places.filter(({ container }) => container);
  const [network] = ownNetworks(name, engine);
  const users = network
    ? attachedTo(
        network,
        there.flatMap(({ container }) => container ?? []),
      )
    : [];
  const isOther = network !== undefined && users.length > 0 && !network.subnets.includes(subnet);
  const known = [...there.map(({ has }) => has.subnet), ...(isOther ? network.subnets.slice(0, 1) : [])];
  return [...new Set(known)].filter((other) => other !== subnet);
}

/** @returns the address that a node has and the one that it is to get; undefined for one that is new */
function addressesOf(name: string, has: ClusterSpec, will: ClusterSpec): readonly [Address, Address] | undefined {
  const [was, wanted] = [findNode(has, name)?.address, findNode(will, name)?.address];
  return was && wanted && [was, wanted];
}

function moves({ name, has }: Pick<Place, 'name' | 'has'>, cluster: ClusterSpec): boolean {
  const addresses = addressesOf(name, has, cluster);
  return addresses !== undefined && !sameAddress(...addresses);
}

/** Whoever follows a node that moves would look for it where it was. */
function losesItsSource({ name, has, container }: Place, cluster: ClusterSpec): boolean {
  const source = findNode(has, name)?.source;
  return container !== undefined && typeof source === 'string' && moves({ name: source, has }, cluster);
}

/** A node cannot go alone where another one is to have what it still has. */
function isInTheWay({ name, has, container }: Place, cluster: ClusterSpec): boolean {
  const own = container && findNode(has, name)?.address;
  if (!own) return false;
  const others = cluster.nodes.filter((node) => node.name !== name);
  return others.some(({ address }) => address.host === own.host || address.port === own.port);
}

function portReasons(places: readonly Place[], cluster: ClusterSpec): readonly string[] {
  const moved = places.flatMap(({ name, has }) => {
    const [was, will] = addressesOf(name, has, cluster) ?? [];
    return was && will && was.port !== will.port
      ? [{ has, text: `port of ${name}: ${will.port} instead of ${was.port}` }]
      : [];
  });
  const first = moved.find(({ has }) => has.basePort !== cluster.basePort)?.has.basePort;
  return first === undefined ? moved.map(({ text }) => text) : [`first port: ${cluster.basePort} instead of ${first}`];
}

function hostReasons(places: readonly Place[], cluster: ClusterSpec): readonly string[] {
  return places.flatMap(({ name, has }) => {
    const [was, will] = addressesOf(name, has, cluster) ?? [];
    return was && will && was.host !== will.host ? [`address of ${name}: ${will.host} instead of ${was.host}`] : [];
  });
}

const few = 3;

/** It stands beside every step of the plan. */
const inFew = (reasons: readonly string[]): string =>
  [...reasons.slice(0, few), ...(reasons.length > few ? [`and ${reasons.length - few} more`] : [])].join(', ');
