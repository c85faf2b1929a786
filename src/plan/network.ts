import { type ClusterSpec, findNode } from '../domain/cluster.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { networkName } from '../domain/names.ts';
import { attachedTo, type ObservedContainer, type ObservedEngine, type ObservedNetwork } from '../domain/observed.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { dynamicRange, gatewayIp, parseSubnet, type Subnet, subnetsOverlap } from '../domain/subnet.ts';
import type { Conflict } from './conflicts.ts';
import type { UpFacts } from './up-facts.ts';

/**
 * The networks of a cluster, the one to go on with first: that with most containers, then that with the lowest id, so that
 * everybody who looks chooses the same. There is more than one only where somebody made another one on an engine that allows
 * that: the lock keeps two runs apart.
 */
export function ownNetworks(name: string, engine: ObservedEngine): readonly ObservedNetwork[] {
  const users = (network: ObservedNetwork): number => attachedTo(network, engine.containers).length;
  return engine.networks
    .filter((network) => network.name === networkName(name) && network.cluster === name)
    .sort((a, b) => users(b) - users(a) || (a.id < b.id ? -1 : 1));
}

/** @returns what a network has, and what the cluster needs in its place; what an engine does not tell is no difference */
function differencesOf(network: ObservedNetwork, cluster: ClusterSpec): readonly string[] {
  const subnet = subnetOf(cluster);
  if (!network.subnets.includes(subnet.cidr)) {
    return [`with the subnet ${network.subnets.join(', ') || 'none'} instead of ${subnet.cidr}`];
  }
  const pairs = [
    ['driver', network.driver, 'bridge'],
    ['dynamic range', network.dynamicRange, dynamicRange(subnet)],
    ['gateway', network.gateway, gatewayIp(subnet)],
  ] as const;
  return pairs
    .filter(([, has, needs]) => has !== null && has !== needs)
    .map(([what, has, needs]) => `with the ${what} ${has} instead of ${needs}`);
}

/**
 * What is in the way of the network of a cluster. One of ours that is not as it should be is made anew where nobody is
 * attached to it; nodes that run on it already go on with it, as long as its subnet is theirs.
 * @param own - the containers of the nodes
 * @param mayLeave - whether they may be taken down for another subnet
 */
export function networkConflicts(
  cluster: ClusterSpec,
  engine: ObservedEngine,
  own: readonly ObservedContainer[],
  mayLeave = false,
): readonly Conflict[] {
  const name = networkName(cluster.name);
  const alien = engine.networks.find((network) => network.name === name && network.cluster !== cluster.name);
  if (alien) {
    return [
      {
        problem: `The network ${name} is there, and rmsx did not make it (${alien.id.slice(0, 12)}).`,
        hint: `Remove it if nobody needs it: docker network rm ${name}   or choose another cluster name: -n NAME`,
      },
    ];
  }
  const networks = ownNetworks(cluster.name, engine);
  const [same] = networks;
  const awake = own.filter(({ state }) => state === 'running' || state === 'paused').map((container) => container.name);
  if (awake.length > 0 && !same) {
    return [
      {
        problem: `The network ${name} is gone, and ${awake.join(', ')} still ${awake.length === 1 ? 'runs' : 'run'}.`,
        hint: `Stop them, and they come back on a new network: docker stop ${awake.join(' ')} && rmsx up -n ${cluster.name}`,
      },
    ];
  }
  const isKept = same?.subnets.includes(cluster.subnet) ?? false;
  const leaving = mayLeave && !isKept ? own.filter(({ node }) => findNode(cluster, node ?? '')) : [];
  const blocked = same ? blockedBy(same, cluster, engine.containers, leaving) : undefined;
  if (blocked) return [blocked];
  const others = isKept ? [] : engine.networks.filter((network) => !networks.includes(network));
  return others
    .filter((network) => network.subnets.some((subnet) => subnetsOverlap(subnet, cluster.subnet)))
    .map((network) => ({
      problem: `The subnet ${cluster.subnet} overlaps with the network ${network.name} (${network.subnets.join(', ')})${usersOf(network, engine)}.`,
      hint: `Choose another one: --subnet 172.30.7.0/24${mayLeave ? '' : '   or let rmsx choose: --subnet auto'}`,
    }));
}

function blockedBy(
  network: ObservedNetwork,
  cluster: ClusterSpec,
  containers: readonly ObservedContainer[],
  leaving: readonly ObservedContainer[],
): Conflict | undefined {
  const [difference] = differencesOf(network, cluster);
  const users = attachedTo(network, containers).filter((container) => !leaving.includes(container));
  const ours = users.filter((container) => container.cluster === cluster.name);
  const isLivedWith = ours.length > 0 && network.subnets.includes(cluster.subnet);
  if (difference === undefined || users.length === 0 || isLivedWith) return undefined;
  const names = users.map((user) => user.name);
  return {
    problem: `The network ${network.name} is there ${difference}, and ${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} attached to it.`,
    hint:
      ours.length > 0 && leaving.length === 0
        ? `Remove it first: rmsx down -n ${cluster.name}`
        : users.map((user) => detaching(user, network, cluster)).join('\n'),
  };
}

/** What left the cluster and still has a container, a change that was cut off has left behind. */
const detaching = (user: ObservedContainer, network: ObservedNetwork, { name }: ClusterSpec): string =>
  user.cluster === name && user.node !== null
    ? rmsxCommand(name, `remove ${user.node}`)
    : `docker network disconnect ${network.name} ${user.name}`;

function usersOf(network: ObservedNetwork, { containers }: ObservedEngine): string {
  const names = attachedTo(network, containers).map(({ name }) => name);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return names.length === 0 ? ', which no container uses' : ` of ${names.slice(0, 3).join(', ')}${more}`;
}

/** What comes before a network is made. */
export interface BeforeNetwork {
  /** Ids of the steps that fetch images: what fails most often comes first. */
  readonly pulled: readonly string[];
  /** Containers that are gone by then. */
  readonly leaving?: readonly ObservedContainer[];
  /** Ids of the steps that remove them. */
  readonly gone?: readonly string[];
}

/** What the plan of a network follows from. */
export type NetworkFacts = Pick<UpFacts, 'record' | 'engine' | 'run' | 'isolated' | 'held'>;

/**
 * Makes the network of a cluster, in the place of an empty one that is not as it should be, and removes empty twins.
 */
export function planNetwork(
  { record: { cluster }, engine, run, isolated = false, held = false }: NetworkFacts,
  { pulled, leaving = [], gone = [] }: BeforeNetwork,
): readonly PlannedStep[] {
  const [same, ...twins] = ownNetworks(cluster.name, engine);
  const staying = engine.containers.filter((container) => !leaving.includes(container));
  const isEmpty = (network: ObservedNetwork): boolean => attachedTo(network, staying).length === 0;
  const [difference] = same && isEmpty(same) ? differencesOf(same, cluster) : [];
  const obsolete = difference === undefined ? [] : [same].filter((network) => network !== undefined);
  const steps = [
    ...obsolete.map((network) => removal(network, `it is there ${difference}`, gone)),
    ...twins.filter(isEmpty).map((network) => removal(network, 'there is another one of its name', gone)),
  ];
  if (same && difference === undefined) return steps;
  return [...steps, creation(cluster, { run, isolated, held }, [...pulled, ...steps.map(({ id }) => id)])];
}

const removal = ({ id, name }: ObservedNetwork, because: string, after: readonly string[]): PlannedStep => ({
  id: `remove network ${id}`,
  step: { op: 'remove-network', name, id },
  because,
  after,
});

function creation(
  cluster: ClusterSpec,
  { run, isolated, held }: { readonly run: string; readonly isolated: boolean; readonly held: boolean },
  after: readonly string[],
): PlannedStep {
  const subnet = subnetOf(cluster);
  const network = {
    name: networkName(cluster.name),
    cluster: cluster.name,
    run,
    ...(isolated ? { isolated } : {}),
    ...(held ? { held } : {}),
    subnet: subnet.cidr,
    gateway: gatewayIp(subnet),
    dynamicRange: dynamicRange(subnet),
  };
  return { id: 'network', step: { op: 'create-network', network }, because: 'it is not there', after };
}

function subnetOf(cluster: ClusterSpec): Subnet {
  const subnet = parseSubnet(cluster.subnet);
  if (typeof subnet === 'string') throw new RangeError(subnet);
  return subnet;
}
