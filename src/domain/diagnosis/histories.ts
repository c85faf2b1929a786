import type { Warning } from '../status.ts';
import { mastersIn } from './masters.ts';
import { listed, problem, restart, type Scene } from './scene.ts';

/** Nodes whose offsets do not compare, as they hold different histories. */
export const historyWarnings = (scene: Scene): readonly Warning[] => [
  ...scene.nodes.flatMap((node) => {
    const source = scene.nodes.find(({ name }) => name === node.source);
    const isInLine = !source?.replid || !node.replid || source.replid === node.replid;
    if (isInLine || node.link !== 'up' || source.link === 'syncing') return [];
    const message = `${node.name} holds another history than ${source.name}: its offset says nothing`;
    return [problem('history-differs', node.name, message, restart(scene, [node.name]))];
  }),
  ...orphans(scene),
];

/** Without a master, the replicas alone tell who holds most: by their offsets, where those compare. */
function orphans(scene: Scene): readonly Warning[] {
  if (mastersIn(scene).length > 0) return [];
  const groups = new Map<string, string[]>();
  for (const { name, replid, offset } of scene.nodes) {
    const isKnown = replid && offset !== null && offset > 1 && !scene.infos.get(name)?.loading;
    if (isKnown) groups.set(replid, [...(groups.get(replid) ?? []), `${name} (offset ${offset})`]);
  }
  if (groups.size < 2) return [];
  const message = `${[...groups.values()].map((names) => listed(names)).join('; ')} hold different histories: their offsets do not compare`;
  return [problem('histories-differ', null, message, null)];
}
