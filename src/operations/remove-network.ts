import { RmsxError } from '../domain/errors.ts';
import { nodeIndex } from '../domain/names.ts';
import { attachedTo, type NetworkEndpoint, type ObservedEngine } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';
import { never, pause } from './wait-until.ts';

/** An engine needs a moment to let go of the containers that it has just removed. */
const patience = { tries: 12, pauseMs: 250 } as const;

/**
 * Removes a network whose own containers are gone. What an engine kept of them by mistake is detached; what belongs to
 * somebody else never is (docs/decisions/023).
 * @param observed - how it was before
 * @throws RmsxError `failed` that names who is attached
 */
export async function removeNetwork(
  engine: Engine,
  network: { readonly id: string; readonly name: string },
  observed: ObservedEngine,
): Promise<void> {
  for (let left = patience.tries; ; left--) {
    try {
      return await engine.removeNetwork(network.id);
    } catch (error) {
      if (!(error instanceof RmsxError) || error.reason !== 'in-use') throw error;
      const guests = await guestsOf(engine, network, observed);
      if (guests.length > 0 || left <= 1) throw stays(network.name, guests, error);
    }
    await pause(patience.pauseMs, never);
  }
}

/** Who holds the network and is none of ours; endpoints of ours that were left behind are detached meanwhile. */
async function guestsOf(
  engine: Engine,
  { id, name }: { readonly id: string; readonly name: string },
  observed: ObservedEngine,
): Promise<readonly string[]> {
  const cluster = observed.networks.find((network) => network.id === id)?.cluster ?? null;
  const ours = new Set(
    observed.containers.filter((own) => own.cluster !== null && own.cluster === cluster).map((own) => own.id),
  );
  const isOurs = (endpoint: NetworkEndpoint): boolean =>
    endpoint.containerId === null ? isGhostOf(cluster ?? '', endpoint, observed) : ours.has(endpoint.containerId);
  const endpoints = await engine.endpointsOf(id).catch(() => []); // then what was seen before has to do
  const ghosts = endpoints.filter((endpoint) => endpoint.containerId === null && isOurs(endpoint));
  for (const ghost of ghosts) await engine.disconnect(id, ghost.name).catch(() => undefined); // told by the next try
  const before = attachedTo({ id, name }, observed.containers).filter((container) => !ours.has(container.id));
  const now = endpoints.filter((endpoint) => !isOurs(endpoint));
  return (endpoints.length > 0 ? now : before).map((guest) => guest.name);
}

/** The engine finds what it has to detach by its name: a container that is there and has that name is not meant. */
const isGhostOf = (cluster: string, { name }: NetworkEndpoint, { containers }: ObservedEngine): boolean =>
  name.startsWith(`${cluster}-`) &&
  nodeIndex(name.slice(cluster.length + 1)) >= 0 &&
  !containers.some((container) => container.name === name && container.cluster !== cluster);

function stays(name: string, guests: readonly string[], cause: RmsxError): RmsxError {
  const verb = guests.length > 1 ? 'are' : 'is';
  return new RmsxError(
    'failed',
    `The network ${name} stays: ${guests.join(', ') || 'a container'} ${verb} attached to it.`,
    {
      hint:
        guests.map((guest) => `docker network disconnect ${name} ${guest}`).join('\n') ||
        `docker network inspect ${name}`,
      cause,
    },
  );
}
