import { RmsxError } from '../../domain/errors.ts';
import type { RedisConnection } from '../../domain/redis-port.ts';
import type { Seen } from '../../domain/verification/evidence.ts';
import type { Connections } from '../connections.ts';
import { untilAborted } from '../wait-until.ts';

/** One node while a cluster is verified. A node that stopped answering is asked no more: it costs its budget once. */
export class NodeSession {
  readonly node: string;
  readonly #connections: Connections;
  readonly #signal: AbortSignal;
  #lost: RmsxError | undefined;

  constructor(node: string, connections: Connections, signal: AbortSignal) {
    this.node = node;
    this.#connections = connections;
    this.#signal = signal;
  }

  /** @throws RmsxError of the node, or the reason of the signal, at once */
  async use<T>(work: (connection: RedisConnection) => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    if (this.#lost) throw this.#lost;
    try {
      return await untilAborted(this.#connections.to(this.node).then(work), this.#signal);
    } catch (error) {
      if (error instanceof RmsxError && (error.reason === 'no-answer' || error.reason === 'refused')) {
        this.#lost = error;
        this.#connections.drop(this.node);
      }
      throw error;
    }
  }

  /** The same, where what goes wrong with the node is something that was seen. */
  see<T>(work: (connection: RedisConnection) => Promise<T>): Promise<Seen<T>> {
    return seen(this.#signal, () => this.use(work));
  }
}

/** @returns what a piece of work brought, or why it did not. @throws the reason of the signal */
export async function seen<T>(signal: AbortSignal, work: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RmsxError) return { error: error.message };
    throw error;
  }
}

/** Does something for each of many, so many at a time. */
export async function forEachOf<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
