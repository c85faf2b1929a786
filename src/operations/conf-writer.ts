import { messageOf } from '../domain/errors.ts';
import { carrierName, confDirectory } from '../domain/names.ts';
import type { Step } from '../domain/plan.ts';
import {
  type ContainerFile,
  type ContainerSpec,
  type Directory,
  type Owner,
  type Ports,
  usualOwner,
} from '../domain/ports.ts';
import { redisConf } from '../render/conf-directory.ts';
import { removeSurely } from './remove-surely.ts';

/** Puts the conf of new nodes where it belongs, readable for the user of the server alone. */
export class ConfWriter {
  readonly #ports: Ports;
  /** By image: the same in every container of one. */
  readonly #owners = new Map<string, Promise<Owner>>();
  readonly #carriers: string[] = [];
  readonly #checks: Promise<void>[] = [];

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Into the container of a node. */
  async write(id: string, image: string, files: readonly ContainerFile[]): Promise<void> {
    const owner = this.#owners.get(image) ?? this.#ports.engine.serverUser(id);
    this.#owners.set(image, owner);
    const isThere = !files.some(({ name }) => name === redisConf); // a role alone is written where there is the rest
    await this.#write(id, [{ path: confDirectory, files, isThere }], await owner);
  }

  /**
   * Into the volumes of several nodes with the same image, at once. Where nothing speaks for another user, for the usual
   * one first, so that the nodes can start: who the user is takes as long as the start of a container to find out, and is
   * looked up meanwhile. Where it is another one, everything is written again: until then the servers of such an image
   * cannot read their conf, and are started again by the engine. See `removeCarriers`.
   */
  async writeVolumes({ carrier, directories, restarts }: Extract<Step, { op: 'write-volumes' }>): Promise<void> {
    const { engine } = this.#ports;
    const isUsual = restarts && (await engine.userOfImage(carrier.image)) === '';
    const id = await engine.createCarrier(carrier);
    this.#carriers.push(id);
    await this.#write(id, directories, isUsual ? usualOwner : await engine.serverUser(id));
    if (!isUsual) return;
    const check = this.#correctOwner(id, directories);
    check.catch(() => undefined); // told by removeCarriers
    this.#checks.push(check);
  }

  /**
   * Whose data in memory is: whoever the image names, as nobody in it may give it away.
   * @returns undefined for an image that starts as root
   */
  async dataOwner({ cluster, run, image }: ContainerSpec): Promise<Owner | undefined> {
    const { engine } = this.#ports;
    if ((await engine.userOfImage(image)) === '') return undefined;
    const known = this.#owners.get(image);
    if (known) return known;
    const owner = engine
      .createCarrier({ name: carrierName(cluster, run, this.#owners.size), cluster, run, image, volumes: [] })
      .then((id) => engine.serverUser(id).finally(() => engine.removeContainer(id)));
    this.#owners.set(image, owner);
    return owner;
  }

  /**
   * Waits until the conf surely belongs to the right user, and removes the containers that carried it. One that stays is
   * told: it does the cluster no harm, and the next change, or `rmsx gc`, takes it.
   */
  async removeCarriers(): Promise<void> {
    const { engine, progress } = this.#ports;
    await Promise.all(this.#checks);
    const removals = this.#carriers.map((id) => removeSurely(engine, id));
    for (const result of await Promise.allSettled(removals)) {
      if (result.status === 'rejected') progress.warn(`left behind: ${messageOf(result.reason)}`);
    }
  }

  async #correctOwner(id: string, directories: readonly Directory[]): Promise<void> {
    const owner = await this.#ports.engine.serverUser(id);
    if (owner.uid !== usualOwner.uid) await this.#write(id, directories, owner);
  }

  async #write(id: string, directories: readonly Directory[], owner: Owner): Promise<void> {
    const writing = this.#ports.engine.writeFiles(id, directories, owner);
    this.#ports.redis.warmUp(); // the engine is busy for a while
    await writing;
  }
}
