import { type ClusterSpec, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { nextMaster } from '../domain/heir.ts';
import { promotion, rmsxCommand, waysOut } from '../domain/hints.ts';
import { counted } from '../domain/names.ts';
import { rankCandidates, undecided } from '../domain/rank.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/**
 * Chooses who is to be promoted. Whether anybody may be, as long as the master lives, is not asked here.
 * @returns the node that a promotion which was cut off was to promote, where nobody holds more than it; else the best heir
 * @throws RmsxError `unsafe` where nobody may take over, with the reason for each node, and where several histories are equal
 */
export function chooseHeir(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>): string {
  const recorded = masterOf(cluster).name;
  const ranked = rankCandidates(infos);
  const heir = nextMaster(cluster, infos);
  if (heir !== recorded) refuseToGuess(cluster, undecided(ranked, infos), infos);
  if (heir !== undefined) return heir;
  const reasons = ranked.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
  throw new RmsxError('unsafe', `No node of ${cluster.name} can take the place of ${recorded}.`, {
    problems: reasons.length > 0 ? reasons : ['no replica answers'],
    hint: rmsxCommand(cluster.name, 'status'),
  });
}

function refuseToGuess({ name }: ClusterSpec, nodes: readonly string[], infos: ReadonlyMap<string, ServerInfo>): void {
  if (nodes.length === 0) return;
  const message = `${nodes.join(' and ')} hold different histories, and nothing tells which data is the newer.`;
  throw new RmsxError('unsafe', message, {
    problems: nodes.map((node) => `${node} holds ${counted(infos.get(node)?.keys ?? 0, 'key')}`),
    hint: waysOut(
      ...nodes.map((node) => `look into ${node}: ${rmsxCommand(name, `cli ${node} INFO keyspace`)}`),
      `name one: ${promotion(name, nodes[0] ?? '', false)}`,
    ),
  });
}
