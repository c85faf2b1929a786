import { confDirectory } from '../domain/names.ts';
import type { CarrierSpec, ContainerFile, Directory, Engine, Ports } from '../domain/ports.ts';
import type { Made } from './made.ts';

/** Puts the conf of new nodes where it belongs, readable for the user of the server alone. */
export class ConfWriter {
  readonly #ports: Ports;
  readonly #made: Made;
  #owner: ReturnType<Engine['serverUser']> | undefined; // the same in every container of an image
  #carrier: string | undefined;

  constructor(ports: Ports, made: Made) {
    this.#ports = ports;
    this.#made = made;
  }

  /** Into the container of a node. */
  write(id: string, files: readonly ContainerFile[]): Promise<void> {
    return this.#write(id, [{ path: confDirectory, files }]);
  }

  /** Into the volumes of several nodes, at once. The container that carries it is left for `removeCarrier`. */
  async writeVolumes(spec: CarrierSpec, directories: readonly Directory[]): Promise<void> {
    const id = await this.#ports.engine.createCarrier(spec);
    this.#made.container(id);
    this.#carrier = id;
    await this.#write(id, directories);
  }

  /** Removes the container that carried the conf, if there is one. */
  async removeCarrier(): Promise<void> {
    if (this.#carrier !== undefined) await this.#ports.engine.removeContainer(this.#carrier);
  }

  async #write(id: string, directories: readonly Directory[]): Promise<void> {
    this.#owner ??= this.#ports.engine.serverUser(id);
    const writing = this.#ports.engine.writeFiles(id, directories, await this.#owner);
    this.#ports.redis.warmUp(); // the engine is busy for a while
    await writing;
  }
}
