/**
 * Lets so many calls through at a time; the others wait their turn, in the order in which they came. An engine starts
 * containers one after the other for the most part: what waits in here does not use up the time of its call.
 */
export class Gate {
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  /** @param places - how many calls may be under way at a time */
  constructor(places: number) {
    this.#places = places;
  }

  /**
   * Makes a call when it is its turn.
   * @param signal - ends the waiting; without effect where it is aborted already, as cleaning up goes on after an abort
   * @throws what the call throws, or the reason of the signal: the call was not made then
   */
  async through<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const isLate = signal.aborted;
    if (this.#inside >= this.#places) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#inside += 1;
    try {
      if (!isLate) signal.throwIfAborted();
      return await call();
    } finally {
      const next = this.#waiting.shift(); // it takes over this place
      if (next) next();
      else this.#inside -= 1;
    }
  }
}
