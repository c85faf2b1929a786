import type { UpRequest } from '../config/up-request.ts';
import { imageOf, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { nodeContainers } from '../domain/observed.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import { newRun } from '../files/process-owner.ts';
import { awaitUnlocked } from './await-unlocked.ts';
import { BringUp } from './bring-up.ts';
import type { AtHand } from './conf-writer.ts';
import { fetchImages } from './images.ts';
import { lookUnlocked, removeAbandoned, withLock } from './lock.ts';
import { isHeldUp } from './lock-errors.ts';
import { lookForUp, type SceneForUp } from './look-for-up.ts';
import { refuseToLoseOwn } from './own-writes.ts';
import { refuseSecondMaster } from './second-master.ts';
import type { UpOptions, UpResult } from './up-run.ts';

/** One try of `up`: looks until there is nothing to do, or does it while nobody else changes the cluster. */
export class Converging {
  readonly #request: UpRequest;
  readonly #options: UpOptions;
  readonly #ports: Ports;
  readonly #attempt: number;
  readonly #run: string = newRun();
  readonly #fetched: PlannedStep[] = [];

  /** @param attempt - how often it was tried before */
  constructor(request: UpRequest, options: UpOptions, ports: Ports, attempt: number) {
    this.#request = request;
    this.#options = options;
    this.#ports = ports;
    this.#attempt = attempt;
  }

  /** @throws RmsxError `conflict` (`locked`) where another rmsx is at work until the time is up: see also `up` */
  async run(): Promise<UpResult> {
    if (this.#options.dryRun) return this.#dryRun();
    const { name } = this.#request;
    let image: string | undefined;
    for (;;) {
      try {
        if (image === undefined) {
          const seen = await lookUnlocked(name, this.#run, this.#ports, () => this.#look(false));
          if (seen.plan.length === 0) {
            await removeAbandoned(name, seen.engine.containers, this.#ports);
            const result = await this.#unlessEnded(seen);
            if (result) return result;
            continue;
          }
          this.#fetched.push(...(await fetchImages(seen.plan, this.#ports)));
          image = imageIn(seen);
        }
        const result = await this.#underLock(image);
        if (result) return result;
        image = undefined;
      } catch (error) {
        if (!isHeldUp(error)) throw error;
        // Where that one was killed, there is something to finish: nobody needs to look first.
        image = (await awaitUnlocked(name, this.#ports))?.image;
      }
    }
  }

  /**
   * A stop that somebody asked for before, and who may have been killed then, may come to its end only now.
   * @returns undefined where there is something to do after all
   */
  async #unlessEnded(seen: SceneForUp): Promise<UpResult | undefined> {
    try {
      return await this.#bringUp(seen, null);
    } catch (error) {
      const hasEnded = error instanceof RmsxError && error.reason === 'ended';
      if (!hasEnded || (await this.#look(false)).plan.length === 0) throw error;
      this.#ports.progress.note('a node has ended meanwhile; looking again');
      return undefined;
    }
  }

  async #dryRun(): Promise<UpResult> {
    const { plan, ...seen } = await this.#losingNothing(await this.#look(false));
    this.#tell(seen);
    return { plan, changed: false, status: null, password: null, remarks: [], resync: {} };
  }

  /** What was seen without the lock may be old by now. @returns undefined where there is nothing left to do */
  #underLock(image: string): Promise<UpResult | undefined> {
    return withLock({ cluster: this.#request.name, image, run: this.#run }, this.#ports, async ({ id }) => {
      const now = await this.#look(true);
      if (now.plan.length === 0) return undefined;
      const result = await this.#bringUp(await this.#losingNothing(now), { id, image });
      return { ...result, plan: [...this.#fetched, ...result.plan] };
    });
  }

  /** @throws RmsxError `unsafe` where a former master holds writes that nobody else has */
  async #losingNothing(scene: SceneForUp): Promise<SceneForUp> {
    const { name } = this.#request;
    const known = { name, record: scene.record, containers: nodeContainers(name, scene.engine) };
    await refuseSecondMaster(known, scene.plan, this.#ports);
    const notices = await refuseToLoseOwn(known, scene.plan, this.#ports);
    return { ...scene, warnings: [...scene.warnings, ...notices.map(({ message }) => message)] };
  }

  #look(holdsLock: boolean): Promise<SceneForUp> {
    const { timezone } = this.#options;
    const isFetched = this.#fetched.length > 0;
    const looking = { run: this.#run, attempt: this.#attempt, timezone, holdsLock, isFetched };
    return lookForUp(this.#request, looking, this.#ports);
  }

  /** @param atHand - the container of the lock, where there is one */
  #bringUp({ warnings, notes, ...scene }: SceneForUp, atHand: AtHand | null): Promise<UpResult> {
    this.#tell({ warnings, notes });
    return new BringUp({ ...scene, options: this.#options, ports: this.#ports, run: this.#run }, atHand).run();
  }

  #tell({ warnings, notes }: Pick<SceneForUp, 'warnings' | 'notes'>): void {
    for (const text of warnings) this.#ports.progress.warn(text);
    for (const text of notes) this.#ports.progress.note(text);
  }
}

/** An image that is here by now, for the lock. */
function imageIn({ engine, record: { cluster } }: SceneForUp): string {
  const own = nodeContainers(cluster.name, engine)[0];
  return own?.image ?? imageOf(cluster, masterOf(cluster));
}
