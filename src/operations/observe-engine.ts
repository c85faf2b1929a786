import type { ObservedEngine } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';

/** Reads everything that is on the engine, of us and of others. */
export async function observeEngine(engine: Engine): Promise<ObservedEngine> {
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers(),
    engine.listNetworks(),
    engine.listVolumes(),
  ]);
  return { containers, networks, volumes };
}

/** @returns the name of every cluster of which anything is on the engine */
export function clusterNames(engine: ObservedEngine): readonly string[] {
  const found = [...engine.containers, ...engine.networks, ...engine.volumes].map(({ cluster }) => cluster);
  return [...new Set(found.filter((name) => name !== null))].sort();
}
