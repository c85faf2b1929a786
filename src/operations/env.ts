import { findNode, plannedRole, type Role } from '../domain/cluster.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterStatus, NodeStatus } from '../domain/status.ts';
import { connectionsTo } from './connections.ts';
import { endpointOf, observeCluster, requireNode } from './observe.ts';
import { lookAt } from './status.ts';

/** A node that programs connect to. */
export interface NodeUrl {
  readonly node: string;
  readonly role: Role;
  readonly url: string;
}

/** How programs reach a cluster. Holds the password: only `env` and `url` print it. */
export interface ConnectionInfo {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly master: NodeUrl;
  readonly replicas: readonly NodeUrl[];
  /** False when no node is the master: `master` is then the one that should be. */
  readonly hasMaster: boolean;
}

/**
 * Connection strings of a cluster. The master is the node that is the master now.
 * @throws RmsxError `not-found`
 */
export async function env(name: string, ports: Ports): Promise<ConnectionInfo> {
  const cluster = await observeCluster(ports, name);
  const connections = connectionsTo(cluster, ports);
  try {
    return connectionIn(await lookAt(cluster, connections, ports), cluster.password);
  } finally {
    connections.close();
  }
}

/** @returns connection strings of a cluster for who has just seen it, as `up` has */
export function connectionIn({ cluster, nodes }: ClusterStatus, password: string): ConnectionInfo {
  const wanted = cluster.master ?? nodes.find(({ plannedRole }) => plannedRole === 'master')?.name;
  const toUrl = (node: NodeStatus): NodeUrl => ({
    node: node.name,
    role: node.name === wanted ? 'master' : (node.role ?? node.plannedRole),
    url: redisUrl(node.host, node.hostPort, password),
  });
  const master = nodes.find((node) => node.name === wanted);
  if (!master) throw new RangeError('a cluster without a master');
  return {
    name: cluster.name,
    host: master.host,
    port: master.hostPort,
    password,
    master: toUrl(master),
    replicas: nodes.filter((node) => node.name !== wanted && node.role !== 'master').map(toUrl),
    hasMaster: cluster.master !== null,
  };
}

/** @returns the variables of the environment under which programs find a cluster: those of `rmsx env` */
export function variablesOf({ name, host, port, password, master, replicas }: ConnectionInfo): Record<string, string> {
  return {
    REDIS_URL: master.url,
    REDIS_HOST: host,
    REDIS_PORT: String(port),
    REDIS_PASSWORD: password,
    REDIS_MASTER_URL: master.url,
    REDIS_REPLICA_URLS: replicas.map(({ url }) => url).join(','),
    REDIS_SENTINELS: '',
    REDIS_SENTINEL_MASTER_NAME: '',
    RMSX_NAME: name,
  };
}

/**
 * The connection string of one node.
 * @throws RmsxError `not-found`
 */
export async function url(name: string, node: string, ports: Ports): Promise<NodeUrl> {
  const cluster = await observeCluster(ports, name);
  requireNode(cluster, node);
  const { host, port } = endpointOf(ports.engine, cluster, node);
  const spec = findNode(cluster.record.cluster, node);
  return { node, role: spec ? plannedRole(spec) : 'replica', url: redisUrl(host, port, cluster.password) };
}

/** @returns the URL of a node; the user name stays empty: it means the default user everywhere */
export function redisUrl(host: string, port: number, password: string): string {
  const encoded = encodeURIComponent(password).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `redis://:${encoded}@${host}:${port}`;
}
