import { findNode, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { confDirectory } from '../domain/names.ts';
import type { NodeConf, ObservedContainer } from '../domain/observed.ts';
import type { ContainerFile, Engine } from '../domain/ports.ts';
import { type ClusterRecord, newestRecord } from '../domain/record.ts';
import { readConf, stampedFile } from '../render/conf-directory.ts';

/** Stamps from here on are times of day: somebody else wrote the file. */
const firstRealTimeSeconds = 100_000_000;

/**
 * Reads the conf of every container that has one. Reading files out of a container is slow, looking at a stamp is not: of
 * the nodes that carry the stamp of the latest change one is read, and the others have what that change gave them.
 * Whatever looks different is read.
 */
export async function readConfs(
  engine: Engine,
  containers: readonly ObservedContainer[],
): Promise<ReadonlyMap<string, NodeConf>> {
  const [lead, stamps] = await Promise.all([
    readAll(engine, containers.slice(0, 1)), // first, as it takes longest
    Promise.all(containers.map(({ id }) => stampOf(engine, id))),
  ]);
  const latest = Math.max(...stamps.map((stamp) => stamp ?? 0));
  const [, known] = lead[0] ?? [];
  const isLatest = stamps[0] === latest && known?.record?.epoch === latest;
  const confs = new Map(lead);
  const unread = containers.slice(1).filter((container, i) => {
    const conf = isLatest && stamps[i + 1] === latest ? confOf(known, container.node ?? '') : undefined;
    if (conf) confs.set(container.node ?? '', conf);
    return !conf;
  });
  for (const [node, conf] of await readAll(engine, unread)) confs.set(node, conf);
  return confs;
}

/**
 * The record of a cluster that others may be removing just now.
 * @returns null where there is none, or where it goes away under our eyes: engines have many words for that
 */
export async function readRecord(
  engine: Engine,
  containers: readonly ObservedContainer[],
): Promise<ClusterRecord | null> {
  try {
    return newestRecord([...(await readConfs(engine, containers)).values()].map((conf) => conf.record));
  } catch (error) {
    if (error instanceof RmsxError && error.code === 'failed') return null;
    throw error;
  }
}

/** @returns the epoch of the change that a node knows, or null where somebody else wrote its role */
export async function stampOf(engine: Engine, id: string): Promise<number | null> {
  const stamp = await engine.stampOf(id, stampedFile);
  return stamp !== null && stamp > 0 && stamp < firstRealTimeSeconds ? stamp : null;
}

/** @returns whether a node knows the change that these files belong to: they come in one archive, the stamp with the rest */
export async function hasConf(engine: Engine, id: string, files: readonly ContainerFile[]): Promise<boolean> {
  const stamps = files.flatMap(({ stampSeconds }) => stampSeconds ?? []);
  const stamp = await stampOf(engine, id);
  return stamp !== null && stamps.includes(stamp);
}

/** @returns what a change gave to a node of it, or undefined where the node is not in it */
function confOf({ password, record }: NodeConf, name: string): NodeConf | undefined {
  const node = record ? findNode(record.cluster, name) : undefined;
  if (!record || !node) return undefined;
  return { password, record, source: sourceOf(record.cluster, node)?.address ?? null };
}

async function readAll(
  engine: Engine,
  containers: readonly ObservedContainer[],
): Promise<readonly (readonly [string, NodeConf])[]> {
  const confs = await Promise.all(
    containers.map(async ({ id, node }) => [node ?? '', readConf(await engine.readFiles(id, confDirectory))] as const),
  );
  return confs.flatMap(([node, conf]) => (conf ? [[node, conf] as const] : []));
}
