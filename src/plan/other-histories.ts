import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { promotion, rmsxCommand, waysOut } from '../domain/hints.ts';
import { counted } from '../domain/names.ts';
import { type Candidate, goesOnFrom, undecided } from '../domain/rank.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/**
 * @param ranked - see `rankCandidates`
 * @throws RmsxError `unsafe` where as many nodes hold each of several histories: whoever is promoted, the writes of the
 * others are gone
 */
export function refuseToGuess(
  { name }: ClusterSpec,
  ranked: readonly Candidate[],
  infos: ReadonlyMap<string, ServerInfo>,
): void {
  const nodes = undecided(ranked, infos);
  if (nodes.length === 0) return;
  const message = `${nodes.join(' and ')} hold different histories, and nothing tells which data is the newer.`;
  throw new RmsxError('unsafe', message, {
    problems: nodes.map((node) => `${node} holds ${counted(infos.get(node)?.keys ?? 0, 'key')}`),
    hint: waysOut(
      ...nodes.map((node) => `look into ${node}: ${rmsxCommand(name, `cli ${node} INFO keyspace`)}`),
      `give up the others: ${promotion(name, nodes[0] ?? '', true)}`,
    ),
  });
}

/** @returns those of the nodes that hold another history than the target, and may have writes that only they have */
export function strangersTo(
  target: string,
  nodes: readonly string[],
  infos: ReadonlyMap<string, ServerInfo>,
): readonly string[] {
  const heir = infos.get(target);
  return nodes.filter((node) => {
    const info = infos.get(node);
    return heir && info && info.keys > 0 && info.replid !== heir.replid && !goesOnFrom(heir, info);
  });
}
