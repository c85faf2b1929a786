import { findNode, masterOf } from '../domain/cluster.ts';
import { confDirectory } from '../domain/names.ts';
import { containerOf } from '../domain/observed.ts';
import { type Engine, rootUser } from '../domain/ports.ts';
import { type ClusterRecord, newestRecord } from '../domain/record.ts';
import { renderRole } from '../render/conf-directory.ts';
import type { KnownCluster } from './observe.ts';
import { readConfs, stampOf } from './read-confs.ts';

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
  await Promise.all(
    targets.map(({ spec, id }) =>
      engine.writeFiles(id, [{ path: confDirectory, files: renderRole(record, spec) }], rootUser),
    ),
  );
}

/**
 * Looks for a change that somebody else has made since the cluster was observed.
 * @param target - the node that our own change makes the master
 * @returns its record, or null
 */
export async function findOtherChange(
  engine: Engine,
  cluster: KnownCluster,
  target: string,
): Promise<ClusterRecord | null> {
  const stamps = await Promise.all(cluster.containers.map(({ id }) => stampOf(engine, id)));
  const changed = cluster.containers.filter((_, i) => (stamps[i] ?? Number.POSITIVE_INFINITY) > cluster.record.epoch);
  const records = [...(await readConfs(engine, changed)).values()].map(({ record }) => record);
  return newestRecord(
    records.map((record) =>
      record && record.epoch > cluster.record.epoch && masterOf(record.cluster).name !== target ? record : null,
    ),
  );
}
