import { RmsxError } from '../domain/errors.ts';
import type { Engine, NetworkSpec } from '../domain/ports.ts';
import { ownNetworks } from '../plan/network.ts';
import { pause } from './wait-until.ts';

/** How long another run has to take its network away again. */
const twinTimeMs = 5000;
const betweenLooksMs = 100;

/**
 * Makes the network of a cluster. Older engines let two runs make one of the same name at the same time: then everybody
 * keeps the same one, and who made the other one gives up (reliability.md row 5). Containers are attached by name, so the
 * one who stays waits until the name means one network again.
 * @throws RmsxError `conflict` where another run was faster, or its network stays
 */
export async function makeNetwork(network: NetworkSpec, engine: Engine, signal: AbortSignal): Promise<void> {
  const id = await engine.createNetwork(network);
  const endMs = Date.now() + twinTimeMs;
  for (;;) {
    const networks = (await engine.listNetworks()).filter(({ name }) => name === network.name);
    const [twin] = networks.filter((other) => other.id !== id);
    if (!twin) return;
    const containers = await engine.listContainers();
    const [kept = twin] = ownNetworks(network.cluster, { networks, containers, volumes: [] });
    if (kept.id !== id) {
      throw new RmsxError('conflict', `Another rmsx has made the network ${network.name} at the same time.`, {
        reason: 'name-taken',
      });
    }
    if (Date.now() > endMs) {
      throw new RmsxError('conflict', `There are two networks called ${network.name}: ${id} and ${twin.id}.`, {
        hint: `Remove one that nobody needs: docker network rm ${twin.id}`,
      });
    }
    await pause(betweenLooksMs, signal);
    signal.throwIfAborted();
  }
}
