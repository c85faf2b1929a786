import { type ClusterSpec, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { promotion, rmsxCommand } from '../domain/hints.ts';
import type { MasterVerdict } from '../domain/master-verdict.ts';

type Way = 'rehearse' | 'hand over' | 'look' | 'end it';

/** The states in which a master may still take writes, and what people can do then. */
const living: Readonly<
  Partial<Record<MasterVerdict['state'], { readonly what: string; readonly ways: readonly Way[] }>>
> = {
  alive: { what: 'alive', ways: ['rehearse', 'hand over', 'end it'] },
  reborn: { what: 'alive, without its data', ways: ['end it'] },
  isolated: { what: 'not known to be gone', ways: ['look', 'end it'] },
};

/**
 * A master that lives is handed over, and one that may live is looked at: a second one would take other writes.
 * @param target - the node that was to be promoted
 * @param isSecond - whether that runs as a master as well: nobody can hand over to it
 * @throws RmsxError `unsafe`, with the evidence and the ways out
 */
export function refuseLivingMaster(
  { state, evidence }: MasterVerdict,
  cluster: ClusterSpec,
  target: string,
  isSecond: boolean,
): void {
  const { name } = cluster;
  const master = masterOf(cluster).name;
  const found = living[state];
  if (!found) return;
  const hints: Readonly<Record<Way, string>> = {
    rehearse: `To rehearse its death: ${rmsxCommand(name, `fault kill ${master}`)}`,
    'hand over': isSecond
      ? `To let ${target}, which runs as a master too, follow it again: ${rmsxCommand(name, 'repair')}`
      : `To hand over without losing a write: ${rmsxCommand(name, `switchover ${target}`)}`,
    look: `See why: ${rmsxCommand(name, `logs ${master} --tail 20`)}`,
    'end it': `To end it, and lose what only it has: ${promotion(name, target, true)}`,
  };
  throw new RmsxError('unsafe', `${master} is ${found.what}: ${evidence.join('; ')}.`, {
    node: master,
    hint: found.ways
      .filter((way) => !(isSecond && way === 'rehearse'))
      .map((way) => hints[way])
      .join('\n'),
  });
}
