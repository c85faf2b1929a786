/**
 * `timeout 60 rmsx up` sends its signal to the program and then to the whole group, and `npm run` passes on what the terminal
 * has sent already: so it may come twice, and is meant once. Nobody types as fast.
 */
const echoMs = 60;

/** Tells the second signal, which ends a command at once, from the first one and its echo. */
export class FirstSignal {
  #atMs: number | undefined;
  #name: NodeJS.Signals | undefined;

  /** The first signal that came; undefined before it. */
  get name(): NodeJS.Signals | undefined {
    return this.#name;
  }

  /**
   * Takes a signal that has come.
   * @param nowMs - of a clock that only goes on
   */
  take(name: NodeJS.Signals, nowMs: number = performance.now()): 'first' | 'echo' | 'second' {
    if (this.#atMs !== undefined) return name === this.#name && nowMs - this.#atMs < echoMs ? 'echo' : 'second';
    [this.#atMs, this.#name] = [nowMs, name];
    return 'first';
  }
}
