import type { Engine } from '../domain/ports.ts';

/** Keeps which calls are under way: when the time is up, that tells on whom everybody waits. */
export class OpenCalls {
  readonly #calls = new Map<symbol, { readonly what: string; readonly sinceMs: number }>();

  /** @returns to be called when the call has ended */
  begin(what: string): () => void {
    const key = Symbol(what);
    this.#calls.set(key, { what, sinceMs: performance.now() });
    return () => void this.#calls.delete(key);
  }

  /** @returns the one that has been under way for longest */
  oldest(): ReturnType<Engine['unanswered']> {
    const [first] = this.#calls.values(); // in the order in which they began
    return first && { what: first.what, forMs: performance.now() - first.sinceMs };
  }
}
