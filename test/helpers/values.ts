import type { ClusterSpec, NodeSpec } from '../../src/domain/cluster.ts';
import { containerName, replicaName } from '../../src/domain/names.ts';
import type {
  Attachment,
  NodeConf,
  ObservedContainer,
  ObservedEngine,
  ObservedNetwork,
  ObservedVolume,
} from '../../src/domain/observed.ts';
import type { ClusterRecord } from '../../src/domain/record.ts';
import type { ServerInfo } from '../../src/domain/server-info.ts';
import { dynamicRange, gatewayIp, parseSubnet } from '../../src/domain/subnet.ts';

/** One history, as the nodes of a cluster share it. */
export const history = 'a'.repeat(40);

/** A node at .10, .11, … in the order of its name. */
export function node(name: string, source: string | null, changes: Partial<NodeSpec> = {}): NodeSpec {
  const index = name === 'master' ? 0 : Number(name.replace('slave-', ''));
  const address = { host: `172.19.0.${10 + index}`, port: 6379 + index };
  return { name, address, source, image: null, directives: {}, ...changes };
}

/** The nodes of a cluster, from `slave-1: master`; null for the master. */
const nodesFrom = (sources: Readonly<Record<string, string | null>>): readonly NodeSpec[] =>
  Object.entries(sources).map(([name, source]) => node(name, source));

/** Node -> source: the shape of a cluster, and nothing else of it. */
export const sourcesOf = (spec: Pick<ClusterSpec, 'nodes'>): Readonly<Record<string, string | null>> =>
  Object.fromEntries(spec.nodes.map(({ name, source }) => [name, source]));

/** A star of one master and some replicas. No source was named for any of them, unless told otherwise. */
export function cluster(replicas: number, changes: Partial<ClusterSpec> = {}): ClusterSpec {
  const names = Array.from({ length: replicas }, (_, i) => replicaName(i + 1));
  const nodes = changes.nodes ?? [node('master', null), ...names.map((name) => node(name, 'master'))];
  return {
    name: 'redis-server',
    topology: 'star',
    fanout: 2,
    image: 'redis:8.0',
    subnet: '172.19.0.0/24',
    bind: '127.0.0.1',
    timezone: 'UTC',
    persistence: 'aof',
    disabledCommands: ['KEYS', 'FLUSHALL', 'FLUSHDB'],
    directives: {},
    basePort: 6379,
    nodes,
    asked: {},
    ...changes,
  };
}

/** A cluster of another shape: node -> source, null for the master. */
export const shaped = (
  topology: ClusterSpec['topology'],
  sources: Readonly<Record<string, string | null>>,
  changes: Partial<ClusterSpec> = {},
): ClusterSpec => cluster(0, { topology, nodes: nodesFrom(sources), ...changes });

/** The record of a cluster. */
export const record = (spec: ClusterSpec, epoch = 1): ClusterRecord => ({ schemaVersion: 1, epoch, cluster: spec });

const silent: ServerInfo = {
  version: '8.0.2',
  runId: 'r'.repeat(40),
  uptimeSeconds: 100,
  loading: false,
  loadedPercent: null,
  role: 'master',
  replid: history,
  replid2: '0'.repeat(40),
  secondOffset: -1,
  offset: 1000,
  readOffset: 1000,
  keys: 20,
  changesSinceSave: 0,
  source: null,
  link: null,
  linkDownSeconds: null,
  lastIoSeconds: null,
  sync: null,
  readOnly: true,
  priority: 100,
  replicas: [],
  goodReplicas: null,
  fullSyncs: 0,
  partialSyncs: 0,
  backlog: { active: true, sizeBytes: 16 * 2 ** 20, firstOffset: 1, heldBytes: 0 },
  sentBytesPerSecond: 0,
  receivedBytesPerSecond: 0,
  persistence: { aofEnabled: true, aofWriteOk: true, aofRewriteOk: true, snapshotOk: true },
  memory: { countedBytes: 2 ** 20, limitBytes: 0, policy: 'noeviction' },
  refusals: { noReplicas: 0, disk: 0, memory: 0 },
};

/** What a master says: the replicas are online and have acknowledged its offset, unless told otherwise. */
export function masterInfo(replicas: readonly NodeSpec[], changes: Partial<ServerInfo> = {}): ServerInfo {
  const offset = changes.offset ?? silent.offset;
  const links = replicas.map(({ address }) => ({ address, state: 'online', offset, lagSeconds: 0 }));
  return { ...silent, readOffset: offset, replicas: links, ...changes };
}

/** What a replica says: its link is up and it has everything, unless told otherwise. */
export function replicaInfo(source: NodeSpec, changes: Partial<ServerInfo> = {}): ServerInfo {
  const offset = changes.offset ?? silent.offset;
  return { ...silent, role: 'replica', source: source.address, link: 'up', readOffset: offset, ...changes };
}

/** What every node of a cluster says when all is well. */
export function healthyInfos(spec: ClusterSpec): Map<string, ServerInfo> {
  return new Map(
    spec.nodes.map((own) => {
      const source = spec.nodes.find((other) => other.name === own.source);
      const followers = spec.nodes.filter((other) => other.source === own.name);
      const replicas = masterInfo(followers).replicas;
      return [own.name, source ? replicaInfo(source, { replicas }) : masterInfo(followers)];
    }),
  );
}

/** What a container has on the network of a cluster. */
export const attachment = (ownCluster: string, changes: Partial<Attachment> = {}): Attachment => ({
  network: `${ownCluster}_app_net`,
  networkId: `id-of-${ownCluster}_app_net`,
  ip: null,
  ...changes,
});

/** The container of a node. */
export function container(
  spec: ClusterSpec,
  nodeName: string,
  changes: Partial<ObservedContainer> = {},
): ObservedContainer {
  const { host, port } = spec.nodes.find(({ name }) => name === nodeName)?.address ?? {
    host: '172.19.0.99',
    port: 6379,
  };
  const state = changes.state ?? 'running';
  return {
    id: `id-${nodeName}`,
    name: containerName(spec.name, nodeName),
    cluster: spec.name,
    node: nodeName,
    run: 'earlier',
    image: spec.image,
    statusText: state === 'running' ? 'Up 2 minutes' : state,
    createdAtMs: 0,
    attachments: [attachment(spec.name, { ip: host })],
    topology: spec.topology,
    neverStarted: false,
    halfRemoved: false,
    owner: null,
    composeProject: spec.name,
    composeDirectory: null,
    ports: state === 'running' ? [{ inside: port, host: spec.bind, port }] : [],
    ...changes,
    state,
  };
}

/** A container that rmsx did not make. */
export const foreign = (name: string, changes: Partial<ObservedContainer> = {}): ObservedContainer => ({
  ...container(cluster(0), 'master'),
  id: 'f0f0f0f0f0f0f0f0',
  name,
  cluster: null,
  node: null,
  run: null,
  topology: null,
  owner: null,
  composeProject: null,
  image: 'nginx:1',
  attachments: [attachment('redis-server')],
  ports: [],
  ...changes,
});

/** How the nodes of a cluster are found. */
export type States = Readonly<Record<string, ObservedContainer['state'] | 'missing'>>;

/** The containers of a whole cluster, all of them running but for what is said. */
export const containers = (spec: ClusterSpec, states: States = {}): readonly ObservedContainer[] =>
  spec.nodes.flatMap(({ name }) => {
    const state = states[name] ?? 'running';
    return state === 'missing' ? [] : [container(spec, name, { state })];
  });

/** The conf of every node of a cluster, as its record wants it. */
export const confs = (own: ClusterRecord, password = 'secret'): Map<string, NodeConf> =>
  new Map(
    own.cluster.nodes.map(({ name, source }) => {
      const address = own.cluster.nodes.find((other) => other.name === source)?.address ?? null;
      return [name, { password, source: address, record: own }];
    }),
  );

/** A network on the engine, as rmsx makes it, but for what is said. */
export const network = (
  name: string,
  subnet: string,
  ownCluster: string | null = null,
  changes: Partial<ObservedNetwork> = {},
): ObservedNetwork => {
  const parsed = parseSubnet(subnet);
  const isReadable = typeof parsed !== 'string';
  return {
    id: `id-of-${name}`,
    name,
    cluster: ownCluster,
    run: null,
    isolated: false,
    held: false,
    subnets: [subnet],
    driver: 'bridge',
    dynamicRange: isReadable ? dynamicRange(parsed) : null,
    gateway: isReadable ? gatewayIp(parsed) : null,
    createdAtMs: 0,
    ...changes,
  };
};

/** A volume on the engine. */
export const volume = (name: string, changes: Partial<ObservedVolume> = {}): ObservedVolume => ({
  name,
  cluster: null,
  node: null,
  run: null,
  purpose: null,
  createdAtMs: 0,
  image: null,
  ...changes,
});

/** What an engine holds. */
export const engineWith = (changes: Partial<ObservedEngine> = {}): ObservedEngine => ({
  containers: [],
  networks: [],
  volumes: [],
  ...changes,
});
