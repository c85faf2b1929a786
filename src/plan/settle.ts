import { checkCluster } from '../config/check-cluster.ts';
import { followersAsMaster, minReplicas } from '../config/check-directives.ts';
import { describeDifferences, ownPorts, wantedCluster } from '../config/cluster-spec.ts';
import { defaults } from '../config/defaults.ts';
import { flagOf } from '../config/flag-of.ts';
import { impliedReplicas, unnamedNodes } from '../config/node-names.ts';
import { flagsOfRequest } from '../config/request-flags.ts';
import { checkFanout, type UpRequest } from '../config/up-request.ts';
import { type ClusterSpec, findNode, masterOf, sameAddress, sameCluster } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { promoteCommand } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { HostRoute } from '../domain/host-route.ts';
import { counted, masterName } from '../domain/names.ts';
import { isMadeByCompose, nodeContainers, type ObservedEngine } from '../domain/observed.ts';
import { formatProblems, type Problem } from '../domain/problem.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { parseSubnet } from '../domain/subnet.ts';
import { chooseBasePort, chooseSubnet } from './choose.ts';
import { composeChange } from './compose-change.ts';
import { refuseConflicts } from './conflicts.ts';
import { ownNetworks } from './network.ts';
import { refuseOtherPersistence } from './other-persistence.ts';

/** What a choice follows from, besides the request and the engine. */
export interface SettleOptions {
  readonly timezone: string;
  /** Grows when the engine refused the last choice. */
  readonly attempt: number;
  /** Where the host has somebody else to reach. @default nowhere */
  readonly routes?: readonly HostRoute[];
}

/**
 * Settles what `up` is to reach: chooses what is left open, and refuses what is in the way.
 * @param existing - the newest record of the cluster, or null
 * @returns the record that every node should have; the existing one where nothing changes
 * @throws RmsxError `conflict` or `bad-spec`
 */
export function settleCluster(
  request: UpRequest,
  existing: ClusterRecord | null,
  engine: ObservedEngine,
  { timezone, attempt, routes = [] }: SettleOptions,
): ClusterRecord {
  const before = existing?.cluster ?? null;
  const count = 1 + (request.replicas ?? (before ? before.nodes.length - 1 : impliedReplicas(request)));
  const cluster = wantedCluster(request, before, {
    subnet: settleSubnet(request, before?.subnet, engine, { attempt, routes }),
    basePort: settleBasePort(request, before?.basePort, count, engine, attempt),
    timezone,
  });
  if (before) {
    refuseRemoval(request, before);
    refuseUnnamed(request, before);
    refuseOtherMaster(before, cluster);
  }
  refuseUnsound(cluster, request);
  if (before) {
    refuseOtherPersistence(before, cluster, engine);
    refuseOtherWay(request, before, cluster, engine);
  }
  refuseConflicts(cluster, engine, before ? movedIn(before, cluster) : undefined);
  if (existing && sameCluster(cluster, existing.cluster)) return existing;
  return { schemaVersion: 1, epoch: (existing?.epoch ?? 0) + 1, cluster };
}

/**
 * What is sound by itself may not be sound together with what is there.
 * @param request - what was asked for, where that alone may be wrong for the cluster
 * @throws RmsxError `bad-spec` with every problem; `unsafe` where a change of the shape alone would leave the master too
 * few replicas to take writes
 */
export function refuseUnsound(cluster: ClusterSpec, request: Partial<UpRequest> = {}): void {
  const problems = [...checkFanout(request.fanout, cluster.topology), ...checkCluster(cluster)];
  if (problems.length === 0) return;
  const isTooFew = request.name === undefined && problems.every(({ path }) => path.endsWith(`redis.${minReplicas}`));
  throw new RmsxError(isTooFew ? 'unsafe' : 'bad-spec', `The cluster ${cluster.name} cannot be like this.`, {
    problems: formatProblems(problems, request.locate ?? (request.name === undefined ? inItsWords : flagOf)),
    ...(isEmpty(request.nodes) && isEmpty(request.directives) ? wayOut(cluster, problems, request.fanout) : {}),
  });
}

const isEmpty = (asked: object | undefined): boolean => Object.keys(asked ?? {}).length === 0;

/** Nobody has typed it: it is what the cluster has. */
const inItsWords = (path: string): string => path.replace(/(^|\.)redis\./, '$1');

/**
 * A fanout alone; a shape that only a file can tell; a node that cannot have its usual place, or has too few beside it, as
 * somebody asked for that once.
 */
function wayOut(
  { name, nodes }: ClusterSpec,
  problems: readonly Problem[],
  fanout: number | undefined,
): { readonly hint?: string } {
  if (problems.some(({ path }) => path === 'fanout')) {
    return { hint: `Ask for a tree: ${rmsxCommand(name, `up --topology tree --fanout ${fanout}`)}` };
  }
  if (problems.some(({ path }) => path.endsWith('.source'))) {
    return { hint: `Name the sources in a file, which this writes: ${rmsxCommand(name, 'init --topology custom')}` };
  }
  const [, node, key] = problems.map(({ path }) => /^nodes\.(.+)\.(ip|port)$/.exec(path)).find(Boolean) ?? [];
  if (node !== undefined) {
    const change = rmsxCommand(name, 'up -f FILE');
    return {
      hint: `Describe the cluster in a file that gives ${node} another ${key} (rmsx init writes one): ${change}`,
    };
  }
  if (!problems.some(({ path }) => path === `redis.${minReplicas}`)) return {};
  const master = nodes.find(({ source }) => source === null)?.name;
  const followers = followersAsMaster(nodes, master, master);
  return { hint: `Ask for fewer first: ${rmsxCommand(name, `up --set ${minReplicas}=${followers}`)}` };
}

function refuseRemoval({ name, replicas }: UpRequest, before: ClusterSpec): void {
  const there = before.nodes.length - 1;
  if (replicas === undefined || replicas >= there) return;
  throw new RmsxError(
    'conflict',
    `The cluster ${name} has ${counted(there, 'replica')}, and up never removes a node.`,
    {
      hint: `Remove them: ${rmsxCommand(name, `scale --replicas ${replicas}`)}   or keep them: ${rmsxCommand(name, `up --replicas ${there}`)}`,
    },
  );
}

/** A file that names every node is a lower number of replicas where it leaves one out. */
function refuseUnnamed(request: UpRequest, before: ClusterSpec): void {
  const missing = unnamedNodes(request, before);
  if (missing.length === 0) return;
  const { name } = request;
  const master = masterOf(before).name;
  const names = missing.join(', ');
  const removal = missing.map((node) => rmsxCommand(name, `remove ${node}`)).join(' && ');
  const hint = missing.includes(master)
    ? `Put back into the file: ${names}; ${master} is the master.`
    : `Remove with: ${removal}   or put back into the file: ${names}`;
  const message = `The cluster ${name} has ${names}, which the file does not name, and up never removes a node.`;
  throw new RmsxError('conflict', message, { hint });
}

/**
 * Another master is a promotion, which nothing does by the way.
 * @throws RmsxError `conflict`
 */
export function refuseOtherMaster(before: ClusterSpec, after: ClusterSpec): void {
  const was = masterOf(before).name;
  if (findNode(after, was)?.source === null) return;
  const { name } = after;
  const source = after.asked[was];
  if (typeof source === 'string' && !findNode(before, source)) throw noSuchSource(before, was, source);
  const will = typeof source === 'string' ? source : (after.nodes.find((node) => node.source === null)?.name ?? '');
  const wish = typeof source === 'string' ? `is asked to follow ${source}` : `${will} is asked for`;
  throw new RmsxError('conflict', `${was} is the master of ${name}, and ${wish}.`, {
    node: will,
    hint: `See how it is: ${rmsxCommand(name, 'status')}   Where ${was} is gone: ${promoteCommand(before, will)}`,
  });
}

/** Nothing can bring such a source back: what asks for it has to be changed. */
function noSuchSource({ name }: ClusterSpec, master: string, source: string): RmsxError {
  const why = source === masterName ? 'which was removed' : 'which is no node of it';
  const message = `${master} is the master of ${name}, and is asked to follow ${source}, ${why}.`;
  return new RmsxError('conflict', message, {
    node: master,
    hint: `In the file, take "source: ${source}" out of ${master}, and let every other node that follows ${source} follow ${master}.`,
  });
}

const movedIn = (before: ClusterSpec, { nodes }: ClusterSpec): readonly string[] =>
  nodes
    .filter(({ name, address }) => {
      const was = findNode(before, name)?.address;
      return was !== undefined && !sameAddress(was, address);
    })
    .map(({ name }) => name);

/** Data that is kept in another way, and anything at all for Docker Compose. */
function refuseOtherWay(request: UpRequest, before: ClusterSpec, cluster: ClusterSpec, engine: ObservedEngine): void {
  const own = nodeContainers(cluster.name, engine);
  const compose = own.find(isMadeByCompose);
  const { name } = cluster;
  if (compose) {
    const problems = describeDifferences(before, cluster);
    if (problems.length === 0) return;
    throw new RmsxError('conflict', `Docker Compose owns ${name}, and made it in another way.`, {
      problems,
      hint: composeChange(name, compose, flagsOfRequest(request)),
    });
  }
  if (own.length === 0 || before.persistence === cluster.persistence) return;
  const [was, will] = [before.persistence, cluster.persistence];
  throw new RmsxError('conflict', `The cluster ${name} is there with persistence ${was}, and ${will} is asked for.`, {
    hint: `Begin anew without the data: ${rmsxCommand(name, 'down --volumes')} && ${rmsxCommand(name, 'up …')}`,
  });
}

function settleSubnet(
  request: UpRequest,
  before: string | undefined,
  engine: ObservedEngine,
  { attempt, routes }: Required<Pick<SettleOptions, 'attempt' | 'routes'>>,
): string {
  if (request.subnet !== undefined && request.subnet !== 'auto') return request.subnet;
  if (before !== undefined) return before;
  if (request.subnet === undefined) return defaults.subnet;
  const usable = ownNetworks(request.name, engine)[0]?.subnets.find((cidr) => typeof parseSubnet(cidr) !== 'string');
  const chosen = usable ?? chooseSubnet(request.name, engine.networks, attempt, routes);
  if (chosen !== undefined) return chosen;
  throw new RmsxError(
    'conflict',
    'Every subnet that rmsx chooses from is taken by another network or a route of this host.',
    {
      hint: 'Remove networks that nobody needs (docker network prune), or name a subnet: --subnet 10.99.0.0/24',
    },
  );
}

function settleBasePort(
  request: UpRequest,
  before: number | undefined,
  count: number,
  engine: ObservedEngine,
  attempt: number,
): number {
  if (typeof request.basePort === 'number') return request.basePort;
  if (before !== undefined) return before;
  if (request.basePort === undefined) return defaults.basePort;
  return chooseBasePort(request.name, count, engine.containers, attempt, ownPorts(request));
}
