import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Where writers try to write. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

/** What writers know when they have stopped. */
export interface Written {
  /** The keys that a server acknowledged, each with the number that it holds. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** The longest time between two acknowledged writes of one writer, in ms. */
  readonly longestGapMs: number;
}

/** How long a writer waits before it tries the next server. */
const retryMs = 1;

/**
 * Several clients that write as fast as they can, each its own keys, and know which writes were acknowledged. One that is
 * refused, cut off or not answered tries the same key again, at the next server.
 */
export class Writers {
  readonly #places: readonly Place[];
  readonly #acknowledged = new Map<string, string>();
  readonly #running: Promise<void>[] = [];
  #isOver = false;
  #longestGapMs = 0;

  constructor(places: readonly Place[], count = 4) {
    this.#places = places;
    for (let i = 0; i < count; i++) this.#running.push(this.#write(i));
  }

  /** How many writes were acknowledged so far. */
  get count(): number {
    return this.#acknowledged.size;
  }

  /** Forgets the gaps of before. */
  measure(): void {
    this.#longestGapMs = 0;
  }

  async stop(): Promise<Written> {
    this.#isOver = true;
    await Promise.all(this.#running);
    return { acknowledged: this.#acknowledged, longestGapMs: this.#longestGapMs };
  }

  async #write(writer: number): Promise<void> {
    const clients = this.#places.map(
      ({ host, port, password }) =>
        new Redis({
          host,
          port,
          password,
          protocol: 2,
          commandTimeout: 30_000,
          maxRetriesPerRequest: 0,
          retryStrategy: () => 20,
        }),
    );
    for (const client of clients) client.on('error', () => undefined); // what matters is what is acknowledged
    let at = 0;
    let lastMs = performance.now();
    for (let n = 0; !this.#isOver; ) {
      const key = `w${writer}:${n}`;
      try {
        await clients[at]?.set(key, String(n));
        this.#acknowledged.set(key, String(n));
        this.#longestGapMs = Math.max(this.#longestGapMs, performance.now() - lastMs);
        lastMs = performance.now();
        n += 1;
      } catch {
        at = (at + 1) % clients.length;
        await sleep(retryMs);
      }
    }
    for (const client of clients) client.disconnect();
  }
}

/** @returns the acknowledged keys that a server does not hold */
export async function lostOn(client: Redis, { acknowledged }: Written): Promise<readonly string[]> {
  const keys = [...acknowledged.keys()];
  const lost: string[] = [];
  for (let from = 0; from < keys.length; from += 1000) {
    const some = keys.slice(from, from + 1000);
    const values = await client.mget(some);
    lost.push(...some.filter((key, i) => values[i] !== acknowledged.get(key)));
  }
  return lost;
}
