import { pingBytes } from '../domain/rank.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/**
 * What a promotion is expected to lose, as far as offsets tell before anything is done.
 * @param target - the node that is to be the master
 * @param formerMaster - null where a promotion that was cut off is finished
 * @param survivors - everybody else who answers
 * @param infos - what every node that answered said
 * @returns a sentence for each node that holds more than the target; of a former master that does not answer, that it is not known
 */
export function predictLoss(
  target: string,
  formerMaster: string | null,
  survivors: readonly string[],
  infos: ReadonlyMap<string, ServerInfo>,
): readonly string[] {
  const heir = infos.get(target);
  if (!heir) return [];
  const others = [...new Set([...(formerMaster === null ? [] : [formerMaster]), ...survivors])];
  const known = others.flatMap((node) => {
    const info = infos.get(node);
    const bytes = info?.replid === heir.replid ? info.offset - heir.offset : 0;
    return bytes > 0 && bytes !== pingBytes ? [`lose ${bytes} bytes that ${node} has, and ${target} has not`] : [];
  });
  const isSeen = formerMaster === null || infos.has(formerMaster);
  return isSeen
    ? known
    : [
        ...known,
        `lose what only ${formerMaster} has: that cannot be seen before, and is counted when ${target} has taken over`,
      ];
}
