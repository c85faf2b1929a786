import type Docker from 'dockerode';
import type { NetworkEndpoint } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';
import { strangeReply, type Wire, wordIn } from './wire.ts';

/** What is attached to a network, how containers come and go there, and on which host the networks are. */
export function networkCalls({
  docker,
  call,
  look,
}: Pick<Wire, 'docker' | 'call' | 'look'>): Pick<Engine, 'endpointsOf' | 'connect' | 'disconnect' | 'hostName'> {
  return {
    hostName: () => look('ask for its host', async () => wordIn((await docker.info()).Name)),
    endpointsOf: (network) =>
      look(`look at network ${network}`, async () => fromEndpoints(await docker.getNetwork(network).inspect())),
    connect: (network, container, ip, alias) =>
      call(`connect ${container} to ${network}`, () =>
        nothingMore(
          docker.getNetwork(network).connect({
            Container: container,
            EndpointConfig: { IPAMConfig: { IPv4Address: ip }, Aliases: [alias] },
          }),
        ),
      ),
    disconnect: (network, container) =>
      call(`disconnect ${container} from ${network}`, () =>
        nothingMore(docker.getNetwork(network).disconnect({ Container: container, Force: true })),
      ),
  };
}

/** Docker says nothing when it has done it (200), Podman says OK. */
async function nothingMore(reply: Promise<unknown>): Promise<void> {
  const words = (await reply) ?? '';
  if (!/^(OK)?\s*$/.test(String(words))) throw strangeReply();
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
