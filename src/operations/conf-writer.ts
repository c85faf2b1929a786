import { confDirectory } from '../domain/names.ts';
import type { CarrierSpec, ContainerFile, Directory, Owner, Ports } from '../domain/ports.ts';

/** The official images, on Debian and on Alpine, run the server as this user. */
const usualOwner: Owner = { uid: 999, gid: 999 };

/** Puts the conf of new nodes where it belongs, readable for the user of the server alone. */
export class ConfWriter {
  readonly #ports: Ports;
  #owner: Promise<Owner> | undefined; // the same in every container of an image
  #carrier: string | undefined;
  #check: Promise<void> = Promise.resolve();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Into the container of a node. */
  async write(id: string, files: readonly ContainerFile[]): Promise<void> {
    this.#owner ??= this.#ports.engine.serverUser(id);
    await this.#write(id, [{ path: confDirectory, files }], await this.#owner);
  }

  /**
   * Into the volumes of several nodes, at once: for the usual user first, so that the nodes can start. Who the user is
   * is looked up meanwhile, and where it is another one, everything is written again: until then the servers of such an
   * image cannot read their conf, and are started again by the engine. See `removeCarrier`.
   */
  async writeVolumes(spec: CarrierSpec, directories: readonly Directory[]): Promise<void> {
    const id = await this.#ports.engine.createCarrier(spec);
    this.#carrier = id;
    await this.#write(id, directories, usualOwner);
    this.#check = this.#correctOwner(id, directories);
    this.#check.catch(() => undefined); // told by removeCarrier
  }

  /** Waits until the conf surely belongs to the right user, and removes the container that carried it. */
  async removeCarrier(): Promise<void> {
    await this.#check;
    if (this.#carrier !== undefined) await this.#ports.engine.removeContainer(this.#carrier);
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
