import { type ClusterSpec, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { bestHeir, promoteCommand } from '../domain/heir.ts';
import { promotion, rmsxCommand, waysOut } from '../domain/hints.ts';
import { rankCandidates, standingTo } from '../domain/rank.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/**
 * A node that somebody made a master by hand has nothing of what the master of the record was told since: its replicas have.
 * @param target - runs as a master, and is not the one of the record
 * @throws RmsxError `unsafe` where a replica holds writes that would be replaced, with their bytes where they can be counted
 */
export function refuseToReplace(cluster: ClusterSpec, target: string, infos: ReadonlyMap<string, ServerInfo>): void {
  const heir = infos.get(target);
  if (!heir) return;
  const problems = [...infos].flatMap(([node, info]) => {
    const standing = node === target || info.role === 'master' ? 'behind' : standingTo(info, heir, []);
    if (standing === 'behind') return [];
    const bytes = info.offset - (heir.secondOffset - 1);
    return standing === 'ahead'
      ? [`${node} has ${bytes} bytes from after ${target} became a master`]
      : [`${node} holds another history, of ${info.keys} keys`];
  });
  if (problems.length === 0) return;
  const { name } = cluster;
  const own = `what only ${target} has is told then, and can be saved, by ${rmsxCommand(name, `rejoin ${target}`)}`;
  const other = bestHeir(cluster, rankCandidates(infos));
  const keep = other && `${rmsxCommand(name, `fault pause ${target}`)} && ${promoteCommand(cluster, other)}`;
  throw new RmsxError('unsafe', `${target} runs as a master, and making it the one of ${name} would erase writes.`, {
    node: target,
    problems,
    hint: waysOut(keep && `keep them: ${keep}   (${own})`, `lose them: ${promotion(name, target, true)}`),
  });
}

/**
 * Nobody is promoted beside a master that nobody asked for.
 * @throws RmsxError `unsafe` where another node than the target and the recorded master runs as one
 */
export function refuseOtherMasters(cluster: ClusterSpec, target: string, infos: ReadonlyMap<string, ServerInfo>): void {
  const recorded = masterOf(cluster).name;
  const masters = [...infos].filter(([, info]) => info.role === 'master').map(([node]) => node);
  const others = masters.filter((node) => node !== target && node !== recorded);
  if (others.length === 0) return;
  const run = others.length > 1 ? 'run' : 'runs';
  const [other] = others.length === 1 && !masters.includes(recorded) ? others : [];
  throw new RmsxError(
    'unsafe',
    `${others.join(' and ')} already ${run} as master: promoting ${target} would make one more.`,
    {
      node: target,
      hint: waysOut(
        other && `let ${other} be the master: ${promoteCommand(cluster, other)}`,
        `see what is: ${rmsxCommand(cluster.name, 'status')}`,
      ),
    },
  );
}

/**
 * The recorded master is not brought back beside one that somebody made by hand (docs/decisions/032).
 * @throws RmsxError `unsafe` where another node runs as a master
 */
export function refuseBeside(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>): void {
  const { name: master } = masterOf(cluster);
  const [other] = [...infos].flatMap(([node, { role }]) => (role === 'master' && node !== master ? [node] : []));
  if (other === undefined) return;
  const inItsPlace = [`fault pause ${other}`, `start ${master}`, 'repair'].map((line) =>
    rmsxCommand(cluster.name, line),
  );
  throw new RmsxError(
    'unsafe',
    `${other} runs as a master: with ${master}, which the record names, there would be two.`,
    {
      node: master,
      hint: waysOut(
        `let ${other} stay the master: ${promoteCommand(cluster, other)}`,
        `let ${master} be it again: ${inItsPlace.join(' && ')}`,
      ),
    },
  );
}
