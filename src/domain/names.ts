/** Labels on everything that rmsx makes. `rmsx.cluster` and `rmsx.node` are public: people filter by them. */
export const labels = {
  cluster: 'rmsx.cluster',
  node: 'rmsx.node',
  /** Which run made the object: rolling back removes what carries its own run and nothing else. */
  run: 'rmsx.run',
  version: 'rmsx.version',
  topology: 'rmsx.topology',
  /** `data` or `conf`, on volumes. */
  purpose: 'rmsx.purpose',
  /** The process that holds a lock: see `thisProcess`. */
  owner: 'rmsx.owner',
  /** The image a volume was made for, so that its files can be read when no container is left. */
  image: 'rmsx.image',
  /** On the network of a throw-away cluster (`up --isolated`): `rmsx gc` may take it when it is old. */
  isolated: 'rmsx.isolated',
  /** On the network of a cluster that `rmsx run` made and takes down: where that has ended, it was killed. */
  held: 'rmsx.held',
} as const;

/** Labels by which Docker Compose finds what belongs to a project. */
export const composeLabels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  configHash: 'com.docker.compose.config-hash',
  configFiles: 'com.docker.compose.project.config_files',
  directory: 'com.docker.compose.project.working_dir',
} as const;

/** What a volume of a node is for. */
export type VolumePurpose = 'data' | 'conf';

/** Where the conf lives in every container: docs/decisions/003. */
export const confDirectory = '/usr/local/etc/redis';

/** Where the data lives in every container, as in the official images. */
export const dataDirectory = '/data';

/** How data in memory is mounted there: it would belong to root, and the server need not be that. */
export const dataInMemory = 'mode=1777';

/** Cluster names: the rule of Docker Compose for project names. */
export const clusterNamePattern: RegExp = /^[a-z0-9][a-z0-9_-]*$/;

/** The name of the cluster where none is given. */
export const defaultClusterName = 'redis-server';

/** The name of the first master; it keeps the name whatever its role becomes. */
export const masterName = 'master';

/** @returns the name of the i-th replica, counted from 1 */
export const replicaName = (index: number): string => `slave-${index}`;

/** @returns the name rmsx uses for what a user typed: `replica-1` is accepted for `slave-1` */
export const canonicalNodeName = (typed: string): string => typed.replace(/^replica-(?=\d+$)/, 'slave-');

/** @returns the place of a node in the order of addresses and ports: 0 for the first master, N for slave-N; -1 for no node */
export function nodeIndex(name: string): number {
  if (name === masterName) return 0;
  return Number(/^slave-([1-9]\d{0,3})$/.exec(name)?.[1] ?? -1);
}

/** @returns the name of a container that only carries the conf of new nodes, the i-th of a run counted from 0 */
export const carrierName = (cluster: string, run: string, index: number): string =>
  `${cluster}-conf-${run.slice(0, 8)}${index === 0 ? '' : `-${index}`}`;

/** @returns the name of the container of a node */
export const containerName = (cluster: string, node: string): string => `${cluster}-${node}`;

/** @returns the name of the container that stands for the lock of a cluster */
export const lockName = (cluster: string): string => `${cluster}-lock`;

/** @returns the name of the network of a cluster */
export const networkName = (cluster: string): string => `${cluster}_app_net`;

/** @returns the name of the volume of a node */
export const volumeName = (cluster: string, node: string, purpose: VolumePurpose): string =>
  `${containerName(cluster, node)}-${purpose}`;

/** Orders nodes as people count: master, slave-1, slave-2, …, slave-10, sentinel-1. */
export function compareNodeNames(a: string, b: string): number {
  const [kindA, indexA] = sortKey(a);
  const [kindB, indexB] = sortKey(b);
  return kindA - kindB || indexA - indexB || a.localeCompare(b);
}

function sortKey(name: string): readonly [number, number] {
  const match = /^(master|slave|sentinel)(?:-(\d+))?$/.exec(name);
  if (!match) return [1, Number.MAX_SAFE_INTEGER];
  return [['master', 'slave', 'sentinel'].indexOf(match[1] ?? ''), Number(match[2] ?? 0)];
}

/** @returns a number with its noun, for sentences: `1 replica`, `2 replicas` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
