import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { networkName } from '../domain/names.ts';
import type { NetworkEndpoint, ObservedContainer } from '../domain/observed.ts';

/** What an engine would tell only when a container starts, and then all of them are down. */
export interface TakenPlaces {
  /** Ports on which something of this machine listens that is none of our containers. */
  readonly busyPorts: readonly number[];
  /** What is attached to the network of the cluster, where that stays. */
  readonly endpoints: readonly NetworkEndpoint[];
}

/** @returns what to say of a port that no container publishes */
export const takenByProcess = (port: number, host: string): { readonly message: string; readonly hint: string } => ({
  message: `Port ${port} is taken by a process of ${host}.`,
  hint: `See which: ss -ltnp 'sport = :${port}'`,
});

/**
 * Refuses new places of nodes that somebody else has.
 * @param moved - names of the nodes that get another address
 * @param own - the containers of the cluster: what they have, they give up
 * @throws RmsxError `conflict` with all of them
 */
export function refuseTakenPlaces(
  { name, nodes }: ClusterSpec,
  moved: readonly string[],
  own: readonly ObservedContainer[],
  { busyPorts, endpoints }: TakenPlaces,
): void {
  const network = networkName(name);
  const guests = endpoints.filter(({ containerId }) => !own.some(({ id }) => id === containerId));
  const conflicts = nodes.flatMap(({ name: node, address: { host, port } }) => {
    if (!moved.includes(node)) return [];
    const busy = busyPorts.includes(port) ? [takenByProcess(port, 'this host')] : [];
    const holder = guests.find(({ ip, containerId }) => ip === host && containerId !== null);
    const guest = {
      message: `The address ${host} of ${node} belongs to the container ${holder?.name}.`,
      hint: `docker network disconnect ${network} ${holder?.name}   or choose another one`,
    };
    return [...busy, ...(holder ? [guest] : [])];
  });
  const [first] = conflicts;
  if (!first) return;
  if (conflicts.length === 1) throw new RmsxError('conflict', first.message, { hint: first.hint });
  throw new RmsxError('conflict', `${conflicts.length} new addresses of ${name} are taken.`, {
    problems: conflicts.map(({ message }) => message),
    hint: [...new Set(conflicts.map(({ hint }) => hint))].join('\n'),
  });
}
