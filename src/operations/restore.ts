import { findNode } from '../domain/cluster.ts';
import { messageOf } from '../domain/errors.ts';
import { confDirectory } from '../domain/names.ts';
import type { NodeConf } from '../domain/observed.ts';
import type { Plan, Step } from '../domain/plan.ts';
import { type Engine, type Ports, rootUser } from '../domain/ports.ts';
import { readTemplate } from '../files/templates.ts';
import { roleDirectory } from '../render/conf-directory.ts';
import { renderConf } from '../render/conf-files.ts';
import type { Connections } from './connections.ts';

/** What was there before, and how to get at it. */
export interface Restoring {
  readonly ports: Ports;
  /** Ids of the containers, by node. */
  readonly ids: ReadonlyMap<string, string>;
  readonly confs: ReadonlyMap<string, NodeConf>;
  readonly connections: Connections;
}

/**
 * What a plan wrote over is put back: nothing of it must be left, in volumes that were kept neither. A node with which that
 * fails is told, and the others get theirs.
 */
export async function putBack(plan: Plan, restoring: Restoring): Promise<void> {
  for (const { step } of plan) {
    try {
      await restore(step, restoring);
    } catch (error) {
      const nodes = step.op === 'write-volumes' ? hadConf(step, restoring.confs) : 'node' in step ? [step.node] : [];
      restoring.ports.progress.warn(`${nodes.join(', ')} could not be made what it was: ${messageOf(error)}`);
    }
  }
}

async function restore(step: Step, restoring: Restoring): Promise<void> {
  const { ports, ids, confs, connections } = restoring;
  if (step.op === 'write-conf') await restoreRole(ports.engine, step.node, ids, confs);
  if (step.op === 'write-volumes') await restoreVolumes(ports.engine, step, confs);
  if (step.op === 'follow') {
    const source = confs.get(step.node)?.source;
    if (source) await (await connections.to(step.node)).follow(source);
  }
  if (step.op === 'require-password') await restorePassword(step.node, restoring);
}

type WriteVolumes = Extract<Step, { op: 'write-volumes' }>;

/** @returns the nodes whose volumes were there before */
const hadConf = ({ carrier }: WriteVolumes, confs: Restoring['confs']): readonly string[] =>
  carrier.volumes.flatMap(({ node }) => (confs.get(node)?.record ? [node] : []));

async function restorePassword(node: string, { ports, ids, confs, connections }: Restoring): Promise<void> {
  const password = confs.get(node)?.password;
  if (password === undefined) return;
  await restoreConf(ports.engine, node, ids, confs);
  const connection = await connections.to(node);
  await connection.admitPassword(password);
  await connection.requirePassword(password);
}

/** @returns what a node had, or undefined where it was not in the cluster */
function confBefore(confs: ReadonlyMap<string, NodeConf>, name: string) {
  const { record, password } = confs.get(name) ?? {};
  const node = record ? findNode(record.cluster, name) : undefined;
  return record && node && password !== undefined ? { record, node, password } : undefined;
}

/** Gives a node that was there before the role that it had. */
async function restoreRole(
  engine: Engine,
  name: string,
  ids: ReadonlyMap<string, string>,
  confs: ReadonlyMap<string, NodeConf>,
): Promise<void> {
  const id = ids.get(name);
  const was = confBefore(confs, name);
  if (id === undefined || !was) return;
  await engine.writeFiles(id, [roleDirectory(was.record, was.node)], rootUser);
}

/** Gives a node that was there before all of its conf again. */
async function restoreConf(
  engine: Engine,
  name: string,
  ids: ReadonlyMap<string, string>,
  confs: ReadonlyMap<string, NodeConf>,
): Promise<void> {
  const id = ids.get(name);
  const was = confBefore(confs, name);
  if (id === undefined || !was) return;
  const files = renderConf(was.record, was.node, was.password, await readTemplate('redis.conf'));
  await engine.writeFiles(id, [{ path: confDirectory, files }], await engine.serverUser(id));
}

/** Gives volumes that were there before the conf that they had. */
async function restoreVolumes(engine: Engine, step: WriteVolumes, confs: ReadonlyMap<string, NodeConf>): Promise<void> {
  const { carrier } = step;
  const kept = hadConf(step, confs);
  const volumes = carrier.volumes.filter(({ node }) => kept.includes(node));
  if (volumes.length === 0) return;
  const template = await readTemplate('redis.conf');
  const id = await engine.createCarrier({ ...carrier, volumes });
  try {
    const directories = volumes.flatMap(({ node: name, target }) => {
      const was = confBefore(confs, name);
      return was ? [{ path: target, files: renderConf(was.record, was.node, was.password, template) }] : [];
    });
    await engine.writeFiles(id, directories, await engine.serverUser(id));
  } finally {
    await engine.removeContainer(id);
  }
}
