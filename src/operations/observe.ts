import { findNode } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { canonicalNodeName, compareNodeNames } from '../domain/names.ts';
import { containerOf, type ObservedCluster, type ObservedContainer } from '../domain/observed.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { type ClusterRecord, newestRecord } from '../domain/record.ts';
import { readConfs } from './read-confs.ts';

/** A cluster that is there, with the record that holds and the password. */
export interface KnownCluster extends ObservedCluster {
  readonly record: ClusterRecord;
  readonly password: string;
}

/**
 * Reads what is there of a cluster that must be there. The Redis client loads while the engine answers.
 * @throws RmsxError `not-found`, or `failed` where it was never finished
 */
export const observeCluster = async (ports: Ports, name: string): Promise<KnownCluster> =>
  observeListed(ports, name, await ports.engine.listContainers(name));

/**
 * The same for who has listed the containers of the cluster already.
 * @throws RmsxError `not-found`, or `failed` where it was never finished
 */
export async function observeListed(
  { engine, redis }: Ports,
  name: string,
  containers: readonly ObservedContainer[],
): Promise<KnownCluster> {
  const nodes = containers.filter((container) => container.node !== null);
  if (nodes.length === 0) throw await noSuchCluster(engine, name);
  const reading = readConfs(engine, nodes);
  redis.warmUp();
  const confs = await reading;
  const record = newestRecord([...confs.values()].map((conf) => conf.record));
  const password = [...confs.values()][0]?.password;
  if (!record || password === undefined) {
    throw new RmsxError('failed', `The cluster ${name} was never finished: no node of it has a conf.`, {
      hint: `Finish it: rmsx up -n ${name}   or remove it: rmsx down -n ${name}`,
    });
  }
  return { name, containers: nodes, confs, record, password };
}

async function noSuchCluster(engine: Engine, name: string): Promise<RmsxError> {
  const volumes = (await engine.listVolumes()).filter(({ cluster, purpose }) => cluster === name && purpose === 'data');
  const ofCompose = volumes.filter(({ run }) => run === null);
  if (ofCompose.length > 0) {
    return new RmsxError(
      'not-found',
      `The cluster ${name} was made by Docker Compose and is down; its data is kept (volumes: ${ofCompose.length}).`,
      { hint: 'Bring it back where its compose.yaml lies: docker compose up -d' },
    );
  }
  if (volumes.length > 0) {
    return new RmsxError('not-found', `The cluster ${name} is down; its data is kept (volumes: ${volumes.length}).`, {
      hint: `Bring it back: rmsx up -n ${name}`,
    });
  }
  return new RmsxError('not-found', `There is no cluster called ${name} on this engine.`, {
    hint: `Make it: rmsx up -n ${name}   or see what is there: rmsx ls`,
  });
}

/** @returns the names of all nodes, those that left the cluster and still have a container included */
export function allNodes({ record, containers }: KnownCluster): readonly string[] {
  const names = [...record.cluster.nodes.map((node) => node.name), ...containers.map(({ node }) => node ?? '')];
  return [...new Set(names)].sort(compareNodeNames);
}

/**
 * The nodes that are meant.
 * @param typed - names as people type them; nobody stands for all nodes
 * @throws RmsxError `not-found`
 */
export function nodesMeant(known: KnownCluster, typed: readonly string[]): readonly string[] {
  const all = allNodes(known);
  if (typed.length === 0) return all;
  const nodes = [...new Set(typed.map(canonicalNodeName))];
  for (const node of nodes) if (!all.includes(node)) requireNode(known, node);
  return nodes;
}

/** @returns the nodes of the record whose container runs */
export function runningNodes(cluster: KnownCluster): readonly string[] {
  const known = cluster.record.cluster.nodes.map((node) => node.name);
  return known.filter((name) => containerOf(cluster, name)?.state === 'running');
}

/** An image that is here for sure, for a lock. */
export const imageHere = ({ containers, record }: Pick<KnownCluster, 'containers' | 'record'>): string =>
  containers[0]?.image ?? record.cluster.image;

/** @throws RmsxError `not-found` that names the nodes there are */
export function requireNode(cluster: KnownCluster, node: string): void {
  const known = cluster.record.cluster.nodes.map(({ name }) => name);
  if (known.includes(node)) return;
  throw new RmsxError('not-found', `The cluster ${cluster.name} has no node called ${node}.`, {
    hint: `Its nodes are: ${known.join(', ')}`,
  });
}

/** Where a node is reached from here: what the engine says, else what was planned. */
export function endpointOf(
  engine: Engine,
  cluster: Pick<KnownCluster, 'containers' | 'record'>,
  node: string,
): { readonly host: string; readonly port: number } {
  const spec = findNode(cluster.record.cluster, node);
  if (!spec) throw new RangeError(`unknown node ${node}`);
  const published = containerOf(cluster, node)?.ports.find(({ inside }) => inside === spec.address.port);
  return published ?? engine.reach(cluster.record.cluster.bind, spec.address.port);
}
