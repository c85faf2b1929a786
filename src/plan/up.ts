import { type ClusterSpec, imageOf, type NodeSpec, sameSource, sourceOf, topDown } from '../domain/cluster.ts';
import { confDirectory, containerName, dataDirectory, networkName, volumeName } from '../domain/names.ts';
import { containerOf, type NodeConf, type ObservedContainer, type ObservedEngine } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { CarrierSpec, ContainerSpec, VolumeMount } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { dynamicRange, gatewayIp, parseSubnet } from '../domain/subnet.ts';
import { renderConf, renderRole, serverCommand } from '../render/conf-files.ts';
import { refuseEmptyMaster } from './empty-master.ts';
import { planMoves } from './moves.ts';

/** Everything that the plan of `up` follows from. */
export interface UpFacts {
  /** The newest record before this change; null for a new cluster. */
  readonly before: ClusterRecord | null;
  /** What is wanted; written to every node whose own record is older. */
  readonly record: ClusterRecord;
  readonly engine: ObservedEngine;
  readonly confs: ReadonlyMap<string, NodeConf>;
  readonly password: string;
  /** Images that are to be fetched. */
  readonly pull: readonly string[];
  /** Whether nodes that are stopped or paused are to run again, besides those that are new. */
  readonly revive: boolean;
  /** Marks what this run makes. */
  readonly run: string;
  /** The text of templates/redis.conf. */
  readonly template: string;
  readonly nowMs: number;
}

const leftoverAfterMs = 120_000;

/**
 * The smallest change from what is there to what is wanted. Sources start before the nodes that follow them: a replica
 * that finds its source closed tries again a second later only.
 * @returns nothing when all is there and runs
 * @throws RmsxError `unsafe` where the master would start without its data
 */
export function planUp(facts: UpFacts): Plan {
  const { cluster } = facts.record;
  refuseEmptyMaster(cluster, facts.engine);
  const own = facts.engine.containers.filter((container) => container.cluster === cluster.name);
  const containers = new Map(cluster.nodes.map((node) => [node.name, containerOf({ containers: own }, node.name)]));
  const missing = cluster.nodes.filter((node) => !containers.get(node.name));
  const hasNetwork = facts.engine.networks.some((network) => network.name === networkName(cluster.name));
  const first: PlannedStep[] = [];
  for (const image of facts.pull) {
    first.push({ id: `pull ${image}`, step: { op: 'pull-image', image }, because: 'it is not here', after: [] });
  }
  const pulled = first.map(({ id }) => id);
  if (!hasNetwork) first.push(createNetwork(cluster, facts.run, pulled));
  const ready = first.map(({ id }) => id);
  if (missing.length > 0 && cluster.persistence !== 'none') first.push(...writeVolumes(missing, facts, pulled));
  first.push(...own.filter((container) => isLeftover(container, facts.nowMs)).map(removeLeftover));
  const nodes = topDown(cluster).flatMap((node) => planNode(node, facts, ready, containers));
  return [...first, ...nodes, ...planMoves(facts.before, facts.record, containers, nodes)];
}

/** A carrier lives for a second; one that is older belongs to a run that was killed. */
const isLeftover = (container: ObservedContainer, nowMs: number): boolean =>
  container.node === null && nowMs - container.createdAtMs > leftoverAfterMs;

const removeLeftover = ({ id, name }: ObservedContainer): PlannedStep => ({
  id: `leftover ${id}`,
  step: { op: 'remove-container', node: name, id },
  because: 'a run that was killed left it behind',
  after: [],
});

/** The conf of all new nodes at once, before their containers are there: writing into each of them is slow. */
function writeVolumes(nodes: readonly NodeSpec[], facts: UpFacts, after: readonly string[]): readonly PlannedStep[] {
  const { cluster } = facts.record;
  const pathOf = (node: NodeSpec): string => `/rmsx/${node.name}`;
  const carrier: CarrierSpec = {
    cluster: cluster.name,
    run: facts.run,
    image: cluster.image,
    volumes: nodes.map((node) => ({ ...mount(cluster, node, 'conf', pathOf(node)), node: node.name })),
  };
  const starts = nodes.map((node) => `start ${node.name}`); // the engine has more urgent things to do before
  const directories = nodes.map((node) => ({
    path: pathOf(node),
    files: renderConf(facts.record, node, facts.password, facts.template),
  }));
  return [
    { id: 'conf', step: { op: 'write-volumes', carrier, directories }, because: 'new nodes', after },
    { id: 'carrier', step: { op: 'remove-carrier' }, because: 'it has done its work', after: [...starts, 'conf'] },
  ];
}

function createNetwork(cluster: ClusterSpec, run: string, after: readonly string[]): PlannedStep {
  const subnet = parseSubnet(cluster.subnet);
  if (typeof subnet === 'string') throw new RangeError(subnet);
  const network = {
    name: networkName(cluster.name),
    cluster: cluster.name,
    run,
    subnet: subnet.cidr,
    gateway: gatewayIp(subnet),
    dynamicRange: dynamicRange(subnet),
  };
  return { id: 'network', step: { op: 'create-network', network }, because: 'it is not there', after };
}

function planNode(
  node: NodeSpec,
  facts: UpFacts,
  ready: readonly string[],
  containers: ReadonlyMap<string, ObservedContainer | undefined>,
): readonly PlannedStep[] {
  const { cluster } = facts.record;
  const name = node.name;
  const container = containers.get(name);
  const onVolume = !container && cluster.persistence !== 'none';
  const steps: PlannedStep[] = [];
  const add = (verb: string, step: PlannedStep['step'], because: string, after: readonly string[]): void => {
    steps.push({ id: `${verb} ${name}`, step, because, after });
  };
  const last = (): readonly string[] => steps.slice(-1).map(({ id }) => id);
  if (!container) {
    const step = { op: 'create-container', node: name, container: containerSpec(node, facts) } as const;
    add('create', step, 'it is not there', ready);
  }
  const files = onVolume ? undefined : filesFor(node, container, facts);
  if (files)
    add(
      'conf',
      { op: 'write-conf', node: name, files },
      container ? 'it is older than the change' : 'it is new',
      last(),
    );
  if (!container || (facts.revive && container.state === 'stopped')) {
    const waits = node.source !== null && willStart(containers.get(node.source)) ? [`head-start ${node.source}`] : [];
    const after = [...last(), ...(onVolume ? ['conf'] : []), ...waits];
    add('start', { op: 'start', node: name }, container ? 'it is stopped' : 'it is new', after);
    if (cluster.nodes.some((other) => other.source === name && willStart(containers.get(other.name)))) {
      // From a master others get data as soon as it is up, from a replica as soon as it is in sync itself.
      if (node.source === null) {
        add('head-start', { op: 'give-head-start', node: name, timeMs: headStartMs }, 'others follow it', after);
      } else {
        add('head-start', { op: 'await-link', node: name, timeMs: linkTimeMs }, 'others follow it', [`start ${name}`]);
      }
    }
  } else if (facts.revive && container.state === 'paused') {
    add('unpause', { op: 'unpause', node: name }, 'it is paused', last());
  }
  return steps;
}

/**
 * A replica that finds its source closed tries again a second later only. A container takes a quarter of a second to
 * start, and the server in it some milliseconds: with this advance the source is there when the replica asks.
 */
const headStartMs = 100;

/** A first synchronisation that takes longer is one of much data: a second more does not matter to those below. */
const linkTimeMs = 2000;

const willStart = (source: ObservedContainer | undefined): boolean => !source || source.state === 'stopped';

/** A new container gets everything, one that is there only a newer role, and only where it has an older one. */
function filesFor(
  node: NodeSpec,
  container: ObservedContainer | undefined,
  facts: UpFacts,
): ReturnType<typeof renderConf> | undefined {
  const conf = facts.confs.get(node.name);
  if (!container || !conf) return renderConf(facts.record, node, facts.password, facts.template);
  const source = sourceOf(facts.record.cluster, node)?.address ?? null;
  const isCurrent = conf.record?.epoch === facts.record.epoch && sameSource(conf.source, source);
  return isCurrent ? undefined : renderRole(facts.record, node);
}

function mount(cluster: ClusterSpec, node: NodeSpec, purpose: VolumeMount['purpose'], target: string): VolumeMount {
  return { name: volumeName(cluster.name, node.name, purpose), purpose, target, readOnly: false };
}

function containerSpec(node: NodeSpec, facts: UpFacts): ContainerSpec {
  const { cluster } = facts.record;
  const isEphemeral = cluster.persistence === 'none';
  const volumes = [mount(cluster, node, 'data', dataDirectory), mount(cluster, node, 'conf', confDirectory)];
  return {
    name: containerName(cluster.name, node.name),
    cluster: cluster.name,
    node: node.name,
    run: facts.run,
    topology: cluster.topology,
    image: imageOf(cluster, node),
    command: serverCommand,
    network: networkName(cluster.name),
    address: node.address,
    bind: cluster.bind,
    timezone: cluster.timezone,
    volumes: isEphemeral ? [] : volumes,
    ephemeral: isEphemeral,
    restart: cluster.persistence === 'aof' ? 'always' : 'no',
    sysctls: { 'net.core.somaxconn': '511' },
  };
}
