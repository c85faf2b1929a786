import type { Engine, Progress } from '../domain/ports.ts';

/**
 * Removes what one run has made, by the mark that it puts on everything, and nothing else. An object whose creation was
 * never confirmed carries the mark as well. What cannot be removed is named. The lock stays: who took it lets go of it.
 * @param run - the mark
 * @returns whether nothing is left
 */
export async function rollBack(run: string, engine: Engine, progress: Progress): Promise<boolean> {
  const isOurs = (object: { readonly run: string | null }): boolean => object.run === run;
  const failures: unknown[] = [];
  const removeAll = async <T>(found: Promise<readonly T[]>, remove: (object: T) => Promise<void>): Promise<void> => {
    const results = await Promise.allSettled((await found).map(remove));
    failures.push(...results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])));
  };
  try {
    const containers = engine.listContainers().then((all) => all.filter((own) => isOurs(own) && own.owner === null));
    await removeAll(containers, ({ id }) => engine.removeContainer(id));
    const networks = engine.listNetworks().then((all) => all.filter(isOurs));
    await removeAll(networks, ({ id }) => engine.removeNetwork(id));
    const volumes = engine.listVolumes().then((all) => all.filter(isOurs));
    await removeAll(volumes, ({ name }) => engine.removeVolume(name));
  } catch (error) {
    failures.push(error);
  }
  for (const reason of failures) progress.warn(`left behind: ${reason instanceof Error ? reason.message : 'unknown'}`);
  return failures.length === 0;
}
