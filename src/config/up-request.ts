import { isIPv4 } from 'node:net';
import type { ClusterSpec, Directives, Persistence, Topology } from '../domain/cluster.ts';
import { counted } from '../domain/names.ts';
import { formatProblems, type Locate, type Problem } from '../domain/problem.ts';
import { tooOld } from '../domain/server-version.ts';
import { maxNodes, nodeCapacity, parseSubnet } from '../domain/subnet.ts';
import { checkCluster, maxPort } from './check-cluster.ts';
import { clusterNameProblem } from './cluster-name.ts';
import { draftCluster } from './cluster-spec.ts';
import { checkAllowed, checkDisabled } from './commands.ts';
import { defaults } from './defaults.ts';
import { flagOf } from './flag-of.ts';
import { impliedReplicas } from './node-names.ts';
import { passwordProblem } from './password.ts';
import { timezoneProblem } from './timezone.ts';

/** When to fetch an image. */
export type PullPolicy = 'missing' | 'never' | 'always';

/** What a user asks of one node. What is left out follows from the cluster. */
export interface NodeRequest {
  /** The node it follows; null for the master. */
  readonly source?: string | null | undefined;
  readonly image?: string | undefined;
  readonly ip?: string | undefined;
  readonly port?: number | undefined;
  readonly directives?: Directives | undefined;
}

/**
 * What a user asks of `up`. What is left out keeps the value that the cluster has, or gets the default where it is new.
 */
export interface UpRequest {
  readonly name: string;
  readonly topology?: Topology | undefined;
  readonly replicas?: number | undefined;
  /** How many nodes follow one node of a tree. */
  readonly fanout?: number | undefined;
  readonly image?: string | undefined;
  /** CIDR, or `auto` for one that is free. */
  readonly subnet?: string | undefined;
  /** Port of the first master, or `auto` for ports that are free. */
  readonly basePort?: number | 'auto' | undefined;
  readonly bind?: string | undefined;
  readonly timezone?: string | undefined;
  readonly persistence?: Persistence | undefined;
  /** All commands that are to be disabled. */
  readonly disabledCommands?: readonly string[] | undefined;
  /** Commands that are not to be disabled. */
  readonly allowCommands?: readonly string[] | undefined;
  /** Directives of all nodes, by modern name; see `readDirective`. */
  readonly directives?: Directives | undefined;
  /** What is special about single nodes, by their name. */
  readonly nodes?: Readonly<Record<string, NodeRequest>> | undefined;
  /**
   * Whether directives and nodes are all there are, as in a file. Otherwise they come on top of what the cluster has.
   * @default false
   */
  readonly complete?: boolean | undefined;
  /** Marks a new cluster as one that is thrown away, so that `rmsx gc` may take it when it is old. */
  readonly isolated?: boolean | undefined;
  /** Marks a new cluster as one that this process takes down, so that `rmsx gc` knows what it means when that has ended. */
  readonly held?: boolean | undefined;
  readonly password?: string | undefined;
  /** Where the user finds what a problem is about. @default the flags */
  readonly locate?: Locate | undefined;
  readonly pull?: PullPolicy | undefined;
}

const maxFanout = 1000;
const imagePattern =
  /^(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Checks a request, with the defaults in the place of what it leaves open. Unless it is complete, that may be what the
 * cluster has: what would be wrong with a default alone is then left for the look at the cluster.
 * @returns every problem, as sentences that name their place; nothing when it is sound
 */
export function checkUpRequest(request: UpRequest): readonly string[] {
  const problems = fieldProblems(request);
  // What is wrong by itself is left out of the look at the whole: one mistake is told once.
  const draft = draftCluster(withoutWrong(request, problems));
  const all = [...problems, ...checkNames(request, draft), ...checkCluster(draft)];
  return all.every((problem) => mayBeRight(problem, request)) ? [] : formatProblems(all, request.locate ?? flagOf);
}

/** Whether it depends on what the cluster has. A complete request leaves nothing to that but its topology. */
function mayBeRight({ dependsOn }: Problem, request: UpRequest): boolean {
  if (dependsOn === 'topology') return request.topology === undefined;
  if (dependsOn === undefined || request.complete) return false;
  return dependsOn === 'directives' || request[dependsOn] === undefined;
}

function checkNames({ nodes = {} }: UpRequest, { nodes: there }: ClusterSpec): readonly Problem[] {
  return Object.keys(nodes)
    .filter((name) => !there.some((node) => node.name === name))
    .map((name) => ({
      path: `nodes.${name}`,
      message: `there is no such node: with ${counted(there.length - 1, 'replica')} they are ${there.map((node) => node.name).join(', ')}`,
    }));
}

function fieldProblems(request: UpRequest): readonly Problem[] {
  const { timezone, bind, fanout } = request;
  const nodes = Object.entries(request.nodes ?? {});
  const wrongTimezone = timezone === undefined ? undefined : timezoneProblem(timezone);
  const isFanout = fanout === undefined || (Number.isSafeInteger(fanout) && fanout >= 1 && fanout <= maxFanout);
  const wrongFanout = isFanout
    ? []
    : [{ path: 'fanout', message: `${fanout} is not a number of followers: 1 to ${maxFanout}` }];
  return [
    ...clusterNameProblem(request.name).map((message) => ({ path: 'name', message })),
    ...checkSize(request),
    ...wrongFanout,
    ...checkFanout(wrongFanout.length > 0 ? undefined : fanout, request.topology ?? defaults.topology),
    ...checkImage('image', request.image),
    ...nodes.flatMap(([name, node]) => checkImage(`nodes.${name}.image`, node.image)),
    ...(request.subnet === 'auto' ? nodes.flatMap(([name, { ip }]) => refuseIp(name, ip)) : []),
    ...nodes.flatMap(([name, { port }]) => checkPort(`nodes.${name}.port`, port)),
    ...(wrongTimezone === undefined ? [] : [{ path: 'timezone', message: wrongTimezone }]),
    ...(bind === undefined || isIPv4(bind)
      ? []
      : [{ path: 'ports.bind', message: `"${bind}" is not an IPv4 address` }]),
    ...checkDisabled(request.disabledCommands ?? []),
    ...checkAllowed(request.allowCommands ?? [], request.disabledCommands ?? defaults.disabledCommands),
    ...(request.password === undefined ? [] : passwordProblem(request.password)).map((message) => ({
      path: 'passwordFile',
      message,
    })),
  ];
}

/** A fanout means nothing to another shape than a tree; where no shape is asked for, it is the one that the cluster has. */
export function checkFanout(fanout: number | undefined, topology: Topology): readonly Problem[] {
  if (fanout === undefined || topology === 'tree') return [];
  return [{ path: 'fanout', message: `it is for a tree, and the topology is ${topology}`, dependsOn: 'topology' }];
}

function checkSize(request: UpRequest): readonly Problem[] {
  const { subnet = defaults.subnet, basePort } = request;
  const replicas = request.replicas ?? impliedReplicas(request);
  const parsed = parseSubnet(subnet === 'auto' ? defaults.subnet : subnet);
  const room = typeof parsed === 'string' ? maxNodes : nodeCapacity(parsed);
  const problems: Problem[] = [];
  if (typeof parsed === 'string') problems.push({ path: 'network.subnet', message: parsed });
  if (!Number.isSafeInteger(replicas) || replicas < 0) {
    problems.push({ path: 'replicas', message: `${replicas} is not a number of replicas: 0 or more` });
  } else if (replicas >= room) {
    const where = typeof parsed === 'string' ? 'any network' : parsed.cidr;
    problems.push({
      path: 'replicas',
      message: `${replicas} do not fit into ${where}, which has room for ${room - 1}`,
    });
  }
  const first = typeof basePort === 'number' ? basePort : defaults.basePort;
  const portProblems = checkPort('ports.base', first);
  problems.push(...portProblems);
  if (portProblems.length === 0 && first + replicas > maxPort) {
    const message = `${replicas + 1} nodes from port ${first} on end above ${maxPort}`;
    problems.push({ path: 'ports.base', message });
  }
  return problems;
}

/** Nobody knows it before the subnet is chosen. */
const refuseIp = (name: string, ip: string | undefined): readonly Problem[] =>
  ip === undefined
    ? []
    : [
        {
          path: `nodes.${name}.ip`,
          message: `${ip} cannot be in a subnet that is chosen later: name the subnet, not auto`,
        },
      ];

const checkPort = (path: string, port: number | undefined): readonly Problem[] =>
  port === undefined || (Number.isSafeInteger(port) && port >= 1 && port <= maxPort)
    ? []
    : [{ path, message: `${port} is not a port: 1 to ${maxPort}` }];

function checkImage(path: string, image: string | undefined): readonly Problem[] {
  if (image === undefined) return [];
  if (!imagePattern.test(image)) {
    return [{ path, message: `"${image}" is not the name of an image, such as redis:8.0` }];
  }
  const message = tooOld(image);
  return message === undefined ? [] : [{ path, message }];
}

/** Its version is not known, so that there is nothing to say against it. */
const anyImage = 'redis';

function withoutWrong(request: UpRequest, problems: readonly Problem[]): UpRequest {
  const isWrong = (path: string): boolean => problems.some((problem) => problem.path === path);
  const nodes = Object.entries(request.nodes ?? {}).map(([name, node]) => [
    name,
    {
      ...node,
      ip: isWrong('network.subnet') || isWrong(`nodes.${name}.ip`) ? undefined : node.ip,
      image: isWrong(`nodes.${name}.image`) ? anyImage : node.image,
      port: isWrong(`nodes.${name}.port`) ? undefined : node.port,
    },
  ]);
  return {
    ...request,
    nodes: Object.fromEntries(nodes),
    replicas: isWrong('replicas') ? undefined : request.replicas,
    fanout: isWrong('fanout') ? undefined : request.fanout,
    image: isWrong('image') ? anyImage : request.image,
    subnet: isWrong('network.subnet') ? undefined : request.subnet,
    basePort: isWrong('ports.base') ? undefined : request.basePort,
  };
}
