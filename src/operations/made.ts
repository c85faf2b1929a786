import type { Engine, Progress } from '../domain/ports.ts';

/** What this run has made so far: rolling back removes this and nothing else. */
export class Made {
  readonly #containers: string[] = [];
  readonly #networks: string[] = [];
  readonly #run: string;

  /** @param run - the mark on the volumes, which have no id */
  constructor(run: string) {
    this.#run = run;
  }

  container(id: string): void {
    this.#containers.push(id);
  }

  network(id: string): void {
    this.#networks.push(id);
  }

  /** Removes all of it; what cannot be removed is named. @returns whether nothing is left */
  async rollBack(engine: Engine, progress: Progress): Promise<boolean> {
    const results = await Promise.allSettled(this.#containers.map((id) => engine.removeContainer(id)));
    results.push(...(await Promise.allSettled(this.#networks.map((id) => engine.removeNetwork(id)))));
    results.push(...(await Promise.allSettled([this.#removeVolumes(engine)])));
    const failed = results.filter((result) => result.status === 'rejected');
    for (const { reason } of failed)
      progress.warn(`left behind: ${reason instanceof Error ? reason.message : 'unknown'}`);
    return failed.length === 0;
  }

  async #removeVolumes(engine: Engine): Promise<void> {
    const volumes = (await engine.listVolumes()).filter((volume) => volume.run === this.#run);
    await Promise.all(volumes.map((volume) => engine.removeVolume(volume.name)));
  }
}
