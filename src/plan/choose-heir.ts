import { type ClusterSpec, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { nextMaster } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { rankCandidates } from '../domain/rank.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { refuseToGuess } from './other-histories.ts';

/**
 * Chooses who is to be promoted. Whether anybody may be, as long as the master lives, is not asked here.
 * @returns the node that a promotion which was cut off was to promote, where nobody holds more than it; else the best heir
 * @throws RmsxError `unsafe` where nobody may take over, with the reason for each node, and where several histories are equal
 */
export function chooseHeir(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>): string {
  const recorded = masterOf(cluster).name;
  const ranked = rankCandidates(infos);
  const heir = nextMaster(cluster, infos);
  if (heir !== recorded) refuseToGuess(cluster, ranked, infos);
  if (heir !== undefined) return heir;
  const reasons = ranked.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
  throw new RmsxError('unsafe', `No node of ${cluster.name} can take the place of ${recorded}.`, {
    problems: reasons.length > 0 ? reasons : ['no replica answers'],
    hint: rmsxCommand(cluster.name, 'status'),
  });
}
