import { findNode } from '../domain/cluster.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import { type Engine, rootUser } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { roleDirectory } from '../render/conf-directory.ts';
import type { KnownCluster } from './observe.ts';
import { stampOf } from './read-confs.ts';

/** Writes role and record of some nodes; those without a container get theirs when `up` makes them again. */
export async function writeRoles(
  engine: Engine,
  cluster: KnownCluster,
  record: ClusterRecord,
  nodes: readonly string[],
): Promise<void> {
  const targets = nodes.flatMap((name) => {
    const spec = findNode(record.cluster, name);
    const container = containerOf(cluster, name);
    return spec && container ? [{ spec, id: container.id }] : [];
  });
  await Promise.all(targets.map(({ spec, id }) => engine.writeFiles(id, [roleDirectory(record, spec)], rootUser)));
}

/**
 * Whether somebody has changed a cluster since it was observed: its containers, or the record of a node. Costs far less than
 * observing it again.
 */
export async function hasChanged(engine: Engine, { name, containers, record }: KnownCluster): Promise<boolean> {
  const [listed, stamps] = await Promise.all([
    engine.listContainers(name),
    Promise.all(containers.map(({ id }) => stampOf(engine, id))),
  ]);
  const nodes = listed.filter(({ node }) => node !== null);
  const isThere = ({ id, state }: ObservedContainer): boolean =>
    nodes.some((node) => node.id === id && node.state === state);
  return (
    nodes.length !== containers.length ||
    !containers.every(isThere) ||
    stamps.some((stamp) => (stamp ?? Number.POSITIVE_INFINITY) > record.epoch)
  );
}
