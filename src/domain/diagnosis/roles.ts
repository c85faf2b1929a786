import { sameSource, sourceOf } from '../cluster.ts';
import type { NodeStatus, Warning } from '../status.ts';
import { circlesIn, masterHint, mastersIn } from './masters.ts';
import { command, problem, type Scene } from './scene.ts';

/** Nodes that run with another role, or follow another node, than they should. */
export const roleWarnings = (scene: Scene): readonly Warning[] => {
  const circling = circlesIn(scene).flat();
  return scene.nodes.flatMap((node) => {
    const info = scene.infos.get(node.name);
    return !info || info.loading || circling.includes(node.name) ? [] : roleWarning(scene, node);
  });
};

function roleWarning(scene: Scene, node: NodeStatus): readonly Warning[] {
  if (node.role !== node.plannedRole) {
    // Two masters are told as that.
    if (node.role === 'master' && mastersIn(scene).length > 1) return [];
    const message = `${node.name} runs as ${node.role}, and should be the ${node.plannedRole}`;
    return [problem('role-differs', node.name, message, roleHint(scene, node))];
  }
  if (node.source === node.plannedSource) return [];
  const message = `${node.name} follows ${node.source}, and should follow ${node.plannedSource}`;
  return [problem('source-differs', node.name, message, command(scene, 'repair'))];
}

/** Where no node is a master, one that holds more than the recorded one may have to become it. */
const roleHint = (scene: Scene, node: NodeStatus): string =>
  node.plannedRole === 'replica' || mastersIn(scene).length > 0 ? command(scene, 'repair') : masterHint(scene);

/** The role that a node would have after a restart must be the one it should have. */
export const confWarnings = (scene: Scene): readonly Warning[] =>
  scene.nodes.flatMap(({ name }) => {
    const { cluster } = scene.record;
    const conf = scene.confs.get(name);
    const spec = cluster.nodes.find((other) => other.name === name);
    const wanted = (spec && sourceOf(cluster, spec)?.address) ?? null;
    if (!conf || sameSource(conf.source, wanted)) return [];
    const message = `${name} would come back with another role after a restart: its role.conf is of an older change`;
    return [problem('role-conf-differs', name, message, command(scene, 'repair'))];
  });
