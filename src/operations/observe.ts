import { RmsxError } from '../domain/errors.ts';
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
  const spec = cluster.record.cluster.nodes.find(({ name }) => name === node);
  if (!spec) throw new RangeError(`unknown node ${node}`);
  const published = containerOf(cluster, node)?.ports.find(({ inside }) => inside === spec.address.port);
  return published ?? engine.reach(cluster.record.cluster.bind, spec.address.port);
}
