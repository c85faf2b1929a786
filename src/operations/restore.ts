import { findNode } from '../domain/cluster.ts';
import { confDirectory } from '../domain/names.ts';
import type { NodeConf } from '../domain/observed.ts';
import type { Step } from '../domain/plan.ts';
import { type Engine, rootUser } from '../domain/ports.ts';
import { readTemplate } from '../files/templates.ts';
import { renderRole } from '../render/conf-directory.ts';
import { renderConf } from '../render/conf-files.ts';

/** Gives a node that was there before the role that it had. */
export async function restoreRole(
  engine: Engine,
  name: string,
  ids: ReadonlyMap<string, string>,
  confs: ReadonlyMap<string, NodeConf>,
): Promise<void> {
  const id = ids.get(name);
  const record = confs.get(name)?.record;
  const node = record ? findNode(record.cluster, name) : undefined;
  if (id === undefined || !record || !node) return;
  await engine.writeFiles(id, [{ path: confDirectory, files: renderRole(record, node) }], rootUser);
}

/** Gives volumes that were there before the conf that they had. */
export async function restoreVolumes(
  engine: Engine,
  { carrier }: Extract<Step, { op: 'write-volumes' }>,
  confs: ReadonlyMap<string, NodeConf>,
): Promise<void> {
  const volumes = carrier.volumes.filter(({ node }) => confs.get(node)?.record);
  if (volumes.length === 0) return;
  const template = await readTemplate('redis.conf');
  const id = await engine.createCarrier({ ...carrier, volumes });
  try {
    const directories = volumes.flatMap(({ node: name, target }) => {
      const { record, password } = confs.get(name) ?? {};
      const node = record ? findNode(record.cluster, name) : undefined;
      return record && node && password !== undefined
        ? [{ path: target, files: renderConf(record, node, password, template) }]
        : [];
    });
    await engine.writeFiles(id, directories, await engine.serverUser(id));
  } finally {
    await engine.removeContainer(id);
  }
}
