import { type ClusterSpec, type Directives, imageOf, masterOf, type NodeSpec } from '../domain/cluster.ts';
import { mergeDirectives } from '../domain/merge-directives.ts';
import { masterName, nodeIndex } from '../domain/names.ts';
import { nextSource, type Placed, shapeOf } from '../domain/shape.ts';
import { nodeIp, parseSubnet } from '../domain/subnet.ts';
import { defaults } from './defaults.ts';
import { knowsNoMaster, namesOf } from './node-names.ts';
import type { UpRequest } from './up-request.ts';

/** What a request leaves open, once it is settled. */
export interface Choices {
  /** CIDR. */
  readonly subnet: string;
  readonly basePort: number;
  readonly timezone: string;
}

/** The cluster that a request alone describes, to look at it as a whole before anything else is known. */
export function draftCluster(request: UpRequest): ClusterSpec {
  const subnet = request.subnet === undefined || request.subnet === 'auto' ? defaults.subnet : request.subnet;
  const draft = wantedCluster(request, null, { subnet, basePort: draftBasePort(request), timezone: 'UTC' });
  return knowsNoMaster(request) ? { ...draft, nodes: draft.nodes.filter(({ name }) => name !== masterName) } : draft;
}

/** `auto` keeps clear of the ports that single nodes have. */
function draftBasePort(request: UpRequest): number {
  const { basePort = defaults.basePort } = request;
  if (basePort !== 'auto') return basePort;
  const count = namesOf(request, null).length;
  const ports = ownPorts(request).toSorted((a, b) => a - b);
  return ports.reduce((base, port) => (port >= base && port < base + count ? port + 1 : base), defaults.basePort);
}

/** @returns the ports that single nodes are asked to have */
export const ownPorts = ({ nodes = {} }: UpRequest): readonly number[] =>
  Object.values(nodes).flatMap(({ port }) => (port === undefined ? [] : [port]));

/**
 * The cluster that is wanted: the request, then what the cluster has been, then the defaults. Roles are kept: `up` after
 * a promotion brings back the promoted master. It may be unsound: see `checkCluster`.
 * @param existing - what the newest record says; null for a new cluster
 */
export function wantedCluster(request: UpRequest, existing: ClusterSpec | null, choices: Choices): ClusterSpec {
  const names = namesOf(request, existing);
  const topology = request.topology ?? existing?.topology ?? defaults.topology;
  const fanout = request.fanout ?? existing?.fanout ?? defaults.fanout;
  const asked = { ...keptSources(request, existing), ...askedSources(request, names) };
  const sources = sourcesOf({ topology, fanout, asked }, existing, names);
  return {
    name: request.name,
    topology,
    fanout,
    image: request.image ?? existing?.image ?? defaults.image,
    subnet: choices.subnet,
    bind: request.bind ?? existing?.bind ?? defaults.bind,
    timezone: request.timezone ?? existing?.timezone ?? choices.timezone,
    persistence: request.persistence ?? existing?.persistence ?? defaults.persistence,
    disabledCommands: disabledCommandsOf(request, existing),
    directives: mergeDirectives(request.complete ? {} : existing?.directives, request.directives),
    basePort: choices.basePort,
    nodes: names.map((name) => ({
      ...wantedNode(name, request, existing, choices),
      source: sources.get(name) ?? null,
    })),
    asked,
  };
}

function wantedNode(name: string, request: UpRequest, existing: ClusterSpec | null, choices: Choices): NodeSpec {
  const wish = request.nodes?.[name] ?? {};
  const known = request.complete ? undefined : existing?.nodes.find((node) => node.name === name);
  const subnet = parseSubnet(choices.subnet);
  const usualHost = typeof subnet === 'string' ? '' : nodeIp(subnet, nodeIndex(name));
  const keptHost = existing?.subnet === choices.subnet ? known?.address.host : undefined;
  const keptPort = existing?.basePort === choices.basePort ? known?.address.port : undefined;
  return {
    name,
    address: {
      host: wish.ip ?? keptHost ?? usualHost,
      port: wish.port ?? keptPort ?? choices.basePort + nodeIndex(name),
    },
    source: null,
    image: wish.image ?? known?.image ?? null,
    directives: mergeDirectives(known?.directives, wish.directives),
  };
}

/** Another topology, asked for without a file, puts an end to the sources that a file has named. */
function keptSources({ complete, topology }: UpRequest, existing: ClusterSpec | null): ClusterSpec['asked'] {
  const isOther = topology !== undefined && topology !== existing?.topology;
  return complete || isOther || !existing ? {} : existing.asked;
}

function askedSources({ nodes = {} }: UpRequest, names: readonly string[]): ClusterSpec['asked'] {
  const asked: Record<string, string | null> = {};
  for (const [name, { source }] of Object.entries(nodes)) {
    if (source !== undefined && names.includes(name)) asked[name] = source;
  }
  return asked;
}

type Shape = Pick<ClusterSpec, 'topology' | 'fanout' | 'asked'>;

/** Asking again for what was asked for before keeps what has become of it; new nodes come where they belong. */
function sourcesOf(
  shape: Shape,
  existing: ClusterSpec | null,
  names: readonly string[],
): ReadonlyMap<string, string | null> {
  const { topology, fanout, asked } = shape;
  if (!existing || isOtherShape(existing, shape)) {
    // A custom shape is what is there, but for what is named.
    const there =
      topology === 'custom' ? (existing?.nodes ?? []).map(({ name, source }) => [name, source] as const) : [];
    const master = existing ? masterOf(existing).name : masterName;
    const ordered = [master, ...names.filter((name) => name !== master)];
    return new Map([...shapeOf(topology, fanout, ordered), ...there, ...Object.entries(asked)]);
  }
  const placed: Placed[] = existing.nodes.map(({ name, source }) => ({ name, source }));
  for (const name of names) {
    if (placed.some((node) => node.name === name)) continue;
    placed.push({ name, source: asked[name] ?? nextSource(placed, topology, fanout) });
  }
  return new Map(placed.map(({ name, source }) => [name, source]));
}

function isOtherShape(existing: ClusterSpec, { topology, fanout, asked }: Shape): boolean {
  const hasOtherSource = existing.nodes.some(({ name }) => existing.asked[name] !== asked[name]);
  return topology !== existing.topology || (topology === 'tree' && fanout !== existing.fanout) || hasOtherSource;
}

function disabledCommandsOf(request: UpRequest, existing: ClusterSpec | null): readonly string[] {
  const allowed = (request.allowCommands ?? []).map((command) => command.toUpperCase());
  const before = request.allowCommands
    ? defaults.disabledCommands
    : (existing?.disabledCommands ?? defaults.disabledCommands);
  const disabled = request.disabledCommands?.map((command) => command.toUpperCase()) ?? before;
  return disabled.filter((command) => !allowed.includes(command));
}

/** @returns what differs between two descriptions of a cluster besides the roles of its nodes, as sentences */
export function describeDifferences(before: ClusterSpec, after: ClusterSpec): readonly string[] {
  const list = (cluster: ClusterSpec): string => [...cluster.disabledCommands].sort().join(' ') || 'none';
  const differences: readonly Difference[] = [
    ['subnet', before.subnet, after.subnet],
    ['first port', before.basePort, after.basePort],
    ['persistence', before.persistence, after.persistence],
    ...addressDifferences(before, after),
    ['image', before.image, after.image],
    ['published on', before.bind, after.bind],
    ['time zone', before.timezone, after.timezone],
    ['disabled commands', list(before), list(after)],
    ['directives', formatDirectives(before.directives), formatDirectives(after.directives)],
    ...before.nodes.flatMap((node) => nodeDifferences(node, before, after)),
  ];
  return differences
    .filter(([, was, will]) => was !== will)
    .map(([what, was, will]) => `${what}: ${was} is there, ${will} is asked for`);
}

type Difference = readonly [what: string, was: string | number, will: string | number];

/** Where subnet or first port differ, those of the nodes follow from that. */
function addressDifferences(before: ClusterSpec, after: ClusterSpec): readonly Difference[] {
  if (before.subnet !== after.subnet || before.basePort !== after.basePort) return [];
  return before.nodes.flatMap(({ name, address }): readonly Difference[] => {
    const other = after.nodes.find((node) => node.name === name)?.address;
    if (!other) return [];
    return [
      [`address of ${name}`, address.host, other.host],
      [`port of ${name}`, address.port, other.port],
    ];
  });
}

function nodeDifferences(node: NodeSpec, before: ClusterSpec, after: ClusterSpec): readonly Difference[] {
  const other = after.nodes.find(({ name }) => name === node.name);
  if (!other) return [];
  const images: readonly Difference[] =
    before.image === after.image ? [[`image of ${node.name}`, imageOf(before, node), imageOf(after, other)]] : [];
  const directives = [formatDirectives(node.directives), formatDirectives(other.directives)] as const;
  return [...images, [`directives of ${node.name}`, ...directives]];
}

const formatDirectives = (directives: Directives): string =>
  Object.keys(directives)
    .sort()
    .flatMap((name) => (directives[name] ?? []).map((value) => `${name} ${value}`))
    .join(', ') || 'none';
