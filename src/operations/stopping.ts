import type { Engine } from '../domain/ports.ts';

/**
 * Stops that were asked for, and not seen to their end. Cut off by a signal, a stop goes on in the engine: to start its
 * container before it is over does nothing, and the container is stopped a moment later.
 */
export class Stopping {
  readonly #engine: Engine;
  /** Until when a server may take to end by itself, on the clock of `performance`, by the id of its container. */
  readonly #endsMs = new Map<string, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param graceSeconds - how long the server has to end by itself */
  async stop(id: string, graceSeconds: number): Promise<void> {
    this.#endsMs.set(id, performance.now() + graceSeconds * 1000);
    await this.#engine.stop(id, graceSeconds);
    this.#endsMs.delete(id);
  }

  /** @returns the containers whose stop may still be under way: id -> how many seconds are left of its grace, 1 at least */
  underWay(): ReadonlyMap<string, number> {
    const nowMs = performance.now();
    return new Map([...this.#endsMs].map(([id, endMs]) => [id, Math.max(1, Math.ceil((endMs - nowMs) / 1000))]));
  }

  /**
   * Asks again for a stop that was cut off, with the grace that is left, which waits for its end.
   * @throws RmsxError where nobody knows afterwards whether the container is stopped
   */
  async awaitEnd(id: string): Promise<void> {
    const graceSeconds = this.underWay().get(id);
    if (graceSeconds !== undefined) await this.stop(id, graceSeconds);
  }
}
