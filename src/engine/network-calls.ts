import type Docker from 'dockerode';
import type { NetworkEndpoint } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';
import { type Wire, wordIn } from './wire.ts';

/** What is attached to a network, how it is detached, and on which host the networks are. */
export function networkCalls({
  docker,
  call,
  look,
}: Pick<Wire, 'docker' | 'call' | 'look'>): Pick<Engine, 'endpointsOf' | 'disconnect' | 'hostName'> {
  return {
    hostName: () => look('ask for its host', async () => wordIn((await docker.info()).Name)),
    endpointsOf: (network) =>
      look(`look at network ${network}`, async () => fromEndpoints(await docker.getNetwork(network).inspect())),
    disconnect: async (network, container) => {
      await call(`disconnect ${container} from ${network}`, () =>
        docker.getNetwork(network).disconnect({ Container: container, Force: true }),
      );
    },
  };
}

/** What an engine that lost track of a container puts in the place of its id: `ep-` and the id of the endpoint. */
const ghostPrefix = 'ep-';

/** @returns the endpoints of a network as the engine lists them, in our words */
function fromEndpoints(info: Docker.NetworkInspectInfo): readonly NetworkEndpoint[] {
  wordIn(info.Id);
  return Object.entries(info.Containers ?? {}).map(([key, { Name, IPv4Address }]) => ({
    containerId: key.startsWith(ghostPrefix) ? null : key,
    name: Name,
    ip: (IPv4Address ?? '').split('/')[0] ?? '',
  }));
}
