import { type ClusterSpec, findNode, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { heirAmong, promoteCommand, startsBehind } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerOf, nodeContainers, type ObservedEngine } from '../domain/observed.ts';

/**
 * A master that starts without its data empties every replica that has some (docs/decisions/011): `up` must not be the one
 * who starts it.
 * @throws RmsxError `unsafe`
 */
export function refuseEmptyMaster(cluster: ClusterSpec, engine: ObservedEngine): void {
  const loss = lossOf(cluster, engine);
  const heir = loss && heirAmong(cluster, loss.holders);
  if (!loss || heir === undefined) return;
  const master = masterOf(cluster).name;
  const { what, holders } = loss;
  throw new RmsxError('unsafe', `${master} would start ${what}, and ${holders.join(', ')} would copy that.`, {
    node: master,
    hint: `Let a replica take over: ${promoteCommand(cluster, heir)}\nOr begin anew without the data: ${rmsxCommand(cluster.name, 'down --volumes')}`,
  });
}

/** The refusal of a change that takes another container for the master of an ephemeral cluster. */
export function wouldStartEmpty(cluster: ClusterSpec, because: string): RmsxError {
  const { name } = masterOf(cluster);
  return new RmsxError('unsafe', `${name} would start empty, as the cluster is ephemeral, to change ${because}.`, {
    node: name,
    hint: `Begin anew without the data: ${rmsxCommand(cluster.name, 'down')} && ${rmsxCommand(cluster.name, 'up …')}`,
  });
}

interface Loss {
  readonly what: string;
  /** The replicas that have more than the master would have. */
  readonly holders: readonly string[];
}

function lossOf(cluster: ClusterSpec, engine: ObservedEngine): Loss | undefined {
  const master = masterOf(cluster).name;
  const own = nodeContainers(cluster.name, engine);
  const container = containerOf({ containers: own }, master);
  const running = own.filter(({ node, state }) => node !== master && state !== 'stopped').map(({ node }) => node ?? '');
  const data = engine.volumes.filter((volume) => volume.cluster === cluster.name && volume.purpose === 'data');
  if (cluster.persistence !== 'none' && !data.some(({ node }) => node === master)) {
    const others = data.map(({ node }) => node ?? '').filter((node) => node !== master && findNode(cluster, node));
    return { what: 'empty, as its data volume is gone', holders: others };
  }
  const what = startsBehind(cluster, container);
  return what === undefined ? undefined : { what, holders: running };
}
