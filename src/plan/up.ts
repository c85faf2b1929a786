import { type ClusterSpec, type NodeSpec, topDown } from '../domain/cluster.ts';
import { confDirectory, containerName, dataDirectory, networkName, volumeName } from '../domain/names.ts';
import { containerOf, type NodeConf, type ObservedContainer, type ObservedEngine } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { ContainerSpec, VolumeMount } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { dynamicRange, gatewayIp, parseSubnet } from '../domain/subnet.ts';
import { renderConf, renderRole, serverCommand } from '../render/conf-files.ts';
import { refuseEmptyMaster } from './empty-master.ts';

/** Everything that the plan of `up` follows from. */
export interface UpFacts {
  /** What is wanted; written to every node whose own record is older. */
  readonly record: ClusterRecord;
  readonly engine: ObservedEngine;
  readonly confs: ReadonlyMap<string, NodeConf>;
  readonly password: string;
  readonly pullImage: boolean;
  /** Marks what this run makes. */
  readonly run: string;
  /** The text of templates/redis.conf. */
  readonly template: string;
}

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
  const isMissing = [...containers.values()].some((container) => !container);
  const hasNetwork = facts.engine.networks.some((network) => network.name === networkName(cluster.name));
  const first: PlannedStep[] = [];
  if (isMissing && facts.pullImage) {
    first.push({
      id: 'pull',
      step: { op: 'pull-image', image: cluster.image },
      because: 'the image is not here',
      after: [],
    });
  }
  if (!hasNetwork) first.push(createNetwork(cluster, facts.run));
  const ready = first.map(({ id }) => id);
  return [
    ...first,
    ...topDown(cluster).flatMap((node) => planNode(node, containers.get(node.name), facts, ready, containers)),
  ];
}

function createNetwork(cluster: ClusterSpec, run: string): PlannedStep {
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
  return { id: 'network', step: { op: 'create-network', network }, because: 'it is not there', after: [] };
}

function planNode(
  node: NodeSpec,
  container: ObservedContainer | undefined,
  facts: UpFacts,
  ready: readonly string[],
  containers: ReadonlyMap<string, ObservedContainer | undefined>,
): readonly PlannedStep[] {
  const name = node.name;
  const steps: PlannedStep[] = [];
  const add = (verb: string, step: PlannedStep['step'], because: string, after: readonly string[]): void => {
    steps.push({ id: `${verb} ${name}`, step, because, after });
  };
  const last = (): readonly string[] => steps.slice(-1).map(({ id }) => id);
  if (!container) {
    // The source goes first: it is the one that the others wait for, and the engine has little to do while it starts.
    const first = node.source !== null && !containers.get(node.source) ? [`conf ${node.source}`] : [];
    const container = containerSpec(node, facts);
    add('create', { op: 'create-container', node: name, container }, 'it is not there', [...ready, ...first]);
  }
  const files = filesFor(node, container, facts);
  if (files)
    add(
      'conf',
      { op: 'write-conf', node: name, files },
      container ? 'it is older than the change' : 'it is new',
      last(),
    );
  if (!container || container.state === 'stopped') {
    const waits = node.source !== null && willStart(containers.get(node.source)) ? [`answer ${node.source}`] : [];
    add('start', { op: 'start', node: name }, container ? 'it is stopped' : 'it is new', [...last(), ...waits]);
    const isSource = facts.record.cluster.nodes.some((other) => other.source === name);
    if (isSource) add('answer', { op: 'await-answer', node: name }, 'others follow it', last());
  } else if (container.state === 'paused') {
    add('unpause', { op: 'unpause', node: name }, 'it is paused', last());
  }
  return steps;
}

const willStart = (source: ObservedContainer | undefined): boolean => !source || source.state === 'stopped';

/** A new container gets everything, one that is there only a newer role, and only where it has an older one. */
function filesFor(
  node: NodeSpec,
  container: ObservedContainer | undefined,
  facts: UpFacts,
): ReturnType<typeof renderConf> | undefined {
  const conf = facts.confs.get(node.name);
  if (!container || !conf) return renderConf(facts.record, node, facts.password, facts.template);
  const isCurrent = conf.record?.epoch === facts.record.epoch && conf.source !== undefined;
  return isCurrent ? undefined : renderRole(facts.record, node);
}

function containerSpec(node: NodeSpec, facts: UpFacts): ContainerSpec {
  const { cluster } = facts.record;
  const mount = (purpose: VolumeMount['purpose'], target: string): VolumeMount => ({
    name: volumeName(cluster.name, node.name, purpose),
    purpose,
    target,
    readOnly: false,
  });
  const isEphemeral = cluster.persistence === 'none';
  return {
    name: containerName(cluster.name, node.name),
    cluster: cluster.name,
    node: node.name,
    run: facts.run,
    topology: cluster.topology,
    image: cluster.image,
    command: serverCommand,
    network: networkName(cluster.name),
    address: node.address,
    bind: cluster.bind,
    timezone: cluster.timezone,
    volumes: isEphemeral ? [] : [mount('data', dataDirectory), mount('conf', confDirectory)],
    ephemeral: isEphemeral,
    sysctls: { 'net.core.somaxconn': '511' },
  };
}
