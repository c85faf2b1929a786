import { type ClusterSpec, findNode, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { heirAmong, promoteCommand, startsBehind } from '../domain/heir.ts';
import { rmsxCommand, waysOut } from '../domain/hints.ts';
import {
  containerOf,
  nodeContainers,
  type ObservedContainer,
  type ObservedEngine,
  type ObservedVolume,
} from '../domain/observed.ts';

/**
 * A master that starts without its data empties every replica that has some (docs/decisions/011): `up` must not be the one
 * who starts it.
 * @throws RmsxError `unsafe`
 */
export function refuseEmptyMaster(cluster: ClusterSpec, engine: ObservedEngine): void {
  const own = nodeContainers(cluster.name, engine);
  const loss = lossOf(cluster, own, engine.volumes);
  if (!loss || loss.holders.length === 0) return;
  const master = masterOf(cluster).name;
  const { what, holders } = loss;
  throw new RmsxError('unsafe', `${master} would start ${what}, and ${holders.join(', ')} would copy that.`, {
    node: master,
    hint: waysOut(
      takeOver(cluster, holders, own),
      `begin anew without the data: ${rmsxCommand(cluster.name, 'down --volumes')}`,
    ),
  });
}

/** Only a node that runs can be promoted, and a volume alone does not run. */
function takeOver(
  cluster: ClusterSpec,
  holders: readonly string[],
  own: readonly ObservedContainer[],
): string | undefined {
  const [running, asleep] = [['running'], ['stopped', 'paused']].map((states) =>
    heirAmong(
      cluster,
      holders.filter((name) => states.includes(containerOf({ containers: own }, name)?.state ?? '')),
    ),
  );
  if (running !== undefined) return `let a replica take over: ${promoteCommand(cluster, running)}`;
  if (asleep === undefined) return undefined;
  return `let a replica take over: ${rmsxCommand(cluster.name, `start ${asleep}`)} && ${promoteCommand(cluster, asleep)}`;
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

function lossOf(
  cluster: ClusterSpec,
  own: readonly ObservedContainer[],
  volumes: readonly ObservedVolume[],
): Loss | undefined {
  const master = masterOf(cluster).name;
  const container = containerOf({ containers: own }, master);
  const running = own.filter(({ node, state }) => node !== master && state !== 'stopped').map(({ node }) => node ?? '');
  const data = volumes.filter((volume) => volume.cluster === cluster.name && volume.purpose === 'data');
  if (cluster.persistence !== 'none' && !data.some(({ node }) => node === master)) {
    const others = data.map(({ node }) => node ?? '').filter((node) => node !== master && findNode(cluster, node));
    return { what: 'empty, as its data volume is gone', holders: others };
  }
  const what = startsBehind(cluster, container);
  return what === undefined ? undefined : { what, holders: running };
}
