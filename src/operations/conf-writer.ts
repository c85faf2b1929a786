import { messageOf } from '../domain/errors.ts';
import { carrierName, confDirectory } from '../domain/names.ts';
import type { Plan, PlannedStep, Step } from '../domain/plan.ts';
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

/** A container of an image: it need not run, nor be of a node. */
export interface AtHand {
  readonly id: string;
  readonly image: string;
}

/** Puts the conf of new nodes where it belongs, readable for the user of the server alone. */
export class ConfWriter {
  readonly #ports: Ports;
  /** By image: the same in every container of one. */
  readonly #owners = new Map<string, Promise<Owner>>();
  /** By image: whom it names. */
  readonly #users = new Map<string, Promise<string>>();
  readonly #atHand: AtHand | null;
  /** Null where it could not be found out. */
  #seenAhead: Promise<Owner | null> | undefined;
  readonly #carriers: string[] = [];
  readonly #checks: Promise<void>[] = [];

  /** @param atHand - where the user of the server can be looked up before there is a container of a node */
  constructor(ports: Ports, atHand: AtHand | null = null) {
    this.#ports = ports;
    this.#atHand = atHand;
  }

  /** Looks up beside whatever comes first who the user of the server is, where a plan writes into new containers. */
  lookAhead(plan: Plan): void {
    const atHand = this.#atHand;
    const isWanted = ({ step }: PlannedStep): boolean =>
      step.op === 'create-container' && step.container.ephemeral && step.container.image === atHand?.image;
    if (atHand && plan.some(isWanted)) {
      this.#seenAhead = this.#ports.engine.serverUser(atHand.id).catch(() => null); // then in the container of a node
    }
  }

  /** Into the container of a node. */
  async write(id: string, image: string, files: readonly ContainerFile[]): Promise<void> {
    const owner = this.#ownerIn(image, () => this.#ports.engine.serverUser(id));
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
    const user = this.#users.get(image) ?? engine.userOfImage(image);
    this.#users.set(image, user);
    if ((await user) === '') return undefined;
    const name = carrierName(cluster, run, this.#owners.size);
    return this.#ownerIn(image, async () => {
      const id = await engine.createCarrier({ name, cluster, run, image, volumes: [] });
      return engine.serverUser(id).finally(() => engine.removeContainer(id));
    });
  }

  #ownerIn(image: string, lookUp: () => Promise<Owner>): Promise<Owner> {
    const known = this.#owners.get(image);
    if (known) return known;
    const ahead = image === this.#atHand?.image ? this.#seenAhead : undefined;
    const owner = ahead ? ahead.then((seen) => seen ?? lookUp()) : lookUp();
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
