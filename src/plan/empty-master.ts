import { type ClusterSpec, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { volumeName } from '../domain/names.ts';
import { containerOf, type ObservedEngine } from '../domain/observed.ts';

/**
 * A master that starts without its data empties every replica that has some (failover.md 7.1): `up` must not be the one
 * who starts it.
 * @throws RmsxError `unsafe`
 */
export function refuseEmptyMaster(cluster: ClusterSpec, engine: ObservedEngine): void {
  const master = masterOf(cluster).name;
  const own = engine.containers.filter((container) => container.cluster === cluster.name && container.node !== null);
  const container = containerOf({ containers: own }, master);
  const others = own.filter((other) => other.node !== master);
  const isEphemeral = cluster.persistence === 'none';
  const startsEmpty = isEphemeral
    ? !container || (container.state === 'stopped' && !container.neverStarted)
    : !engine.volumes.some((volume) => volume.name === volumeName(cluster.name, master, 'data'));
  const holders = isEphemeral
    ? others.filter((other) => other.state !== 'stopped').map((other) => other.node)
    : engine.volumes
        .filter((volume) => volume.cluster === cluster.name && volume.purpose === 'data' && volume.node !== master)
        .map((volume) => volume.node);
  if (!startsEmpty || holders.length === 0) return;
  const why = isEphemeral ? 'the cluster is ephemeral' : 'its data volume is gone';
  throw new RmsxError(
    'unsafe',
    `${master} would start empty, as ${why}, and ${holders.join(', ')} would copy the emptiness.`,
    {
      node: master,
      hint: `Let a replica take over: ${rmsxCommand(cluster.name, `promote ${holders[0]}`)}\nOr begin anew without the data: ${rmsxCommand(cluster.name, 'down --volumes')}`,
    },
  );
}
