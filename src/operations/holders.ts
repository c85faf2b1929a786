import { type ClusterSpec, findNode, type NodeSpec } from '../domain/cluster.ts';
import { type RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerName, networkName } from '../domain/names.ts';
import type { Engine } from '../domain/ports.ts';
import { takenByProcess } from '../plan/taken-places.ts';

/** A node that could not be started. */
export interface Refused {
  readonly engine: Engine;
  readonly cluster: ClusterSpec;
  readonly node: string;
  /** Its container. */
  readonly id: string;
  /** Names a container where this run has made it, and takes it away again. */
  readonly made: { readonly container?: object };
  /** The ways out, where those of `up` are none. */
  readonly waysOut?: WaysOut | undefined;
}

/** How somebody who cannot get what a node has gets something else. */
export interface WaysOut {
  readonly ports: string;
  readonly subnet: string;
  /** What is done once nobody is in the way: `up` makes the containers that are not there. */
  readonly again: string;
}

const ofUp: WaysOut = {
  ports: 'Choose other ports: --base-port 7379   or let rmsx choose: --base-port auto',
  subnet: 'choose another subnet: --subnet auto',
  again: '   and then the same again',
};

/** The ways out for a cluster that is there: what is chosen freely keeps what it has. */
export const waysOutOf = (cluster: string): WaysOut => ({
  ports: `Free the port, or move the cluster to other ports: ${rmsxCommand(cluster, 'up --base-port 7379')}`,
  subnet: `move it to another subnet: ${rmsxCommand(cluster, 'up --subnet 172.30.7.0/24')}`,
  again: ` && ${rmsxCommand(cluster, 'up')}`,
});

/**
 * Says who holds what the engine would not give to a node. Looking may fail: then the words of the engine have to do.
 * @returns the error to throw in place of what the engine said
 */
export async function namingHolder(error: RmsxError, refused: Refused): Promise<RmsxError> {
  const node = findNode(refused.cluster, refused.node);
  if (!node) return error;
  try {
    const known = await explanationOf(error, node, refused);
    if (!known) return error;
    // What a cluster that is there has, it keeps: choosing again would choose the same.
    const reason = refused.waysOut ? undefined : error.reason;
    return retold(error, known.message, { hint: known.hint, reason });
  } catch {
    return error; // what the engine said is true all the same
  }
}

interface Explanation {
  readonly message: string;
  readonly hint: string;
}

async function explanationOf(
  { reason, message }: RmsxError,
  { name, address }: NodeSpec,
  { engine, cluster, id, made, waysOut = ofUp }: Refused,
): Promise<Explanation | undefined> {
  const network = networkName(cluster.name);
  switch (reason) {
    case 'port-taken': {
      const others = (await engine.listContainers()).filter((container) => container.id !== id);
      const holder = others.find(({ ports }) => ports.some(({ port }) => port === address.port));
      if (holder)
        return { message: `Port ${address.port} is published by the container ${holder.name}.`, hint: waysOut.ports };
      const taken = takenByProcess(address.port, engine.isLocal ? 'this host' : 'the host of the engine');
      return { message: taken.message, hint: `${taken.hint}\n${waysOut.ports}` };
    }
    case 'port-reserved':
      return {
        message: `Windows keeps a range of ports for itself, and ${address.port} is one of them.`,
        hint: `See which: netsh interface ipv4 show excludedportrange protocol=tcp\n${waysOut.ports}`,
      };
    case 'address-taken': {
      const holder = (await engine.endpointsOf(network)).find(({ ip }) => ip === address.host);
      if (!holder) return { message, hint: `See who is attached: docker network inspect ${network}` };
      const force = holder.containerId === null ? '-f ' : '';
      return {
        message: `Its address ${address.host} belongs to the container ${holder.name}.`,
        hint: `docker network disconnect ${force}${network} ${holder.name}   or ${waysOut.subnet}`,
      };
    }
    case 'endpoint-exists': {
      const container = containerName(cluster.name, name);
      const [endpoints, containers] = await Promise.all([engine.endpointsOf(network), engine.listContainers()]);
      const owner = endpoints.find((endpoint) => endpoint.name === container)?.containerId;
      const holder = containers.find((other) => other.id === owner && other.id !== id);
      if (holder) {
        return {
          message: `Its endpoint in ${network} belongs to the container ${holder.name}.`,
          hint: `docker network disconnect ${network} ${holder.name}${waysOut.again}`,
        };
      }
      // A container that is there would be detached itself, and the ghost stay.
      const remove = made.container ? '' : `docker rm ${container} && `;
      return {
        message: `The engine has kept its endpoint in ${network}, of a container that is gone.`,
        hint: `${remove}docker network disconnect -f ${network} ${container}${waysOut.again}`,
      };
    }
    default:
      return undefined;
  }
}
