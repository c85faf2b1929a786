import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoint, openRedis } from './redis-polls.ts';

/** How long a client waits before it tries the next server. */
const retryMs = 5;

/** What a client saw of an interruption. */
export interface Interruption {
  /** The longest time between two acknowledged writes. */
  readonly gapMs: number;
  /** How many acknowledged writes the new master does not have. */
  readonly lost: number;
}

/** One client that writes as fast as it can, to whichever server takes its writes, as one behind a list of addresses does. */
export class GapWriter {
  readonly #endpoints: readonly Endpoint[];
  readonly #acknowledged: string[] = [];
  readonly #work: Promise<void>;
  #isOver = false;
  #gapMs = 0;
  /** Index of the server that took the last write. */
  #at = 0;

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
    this.#work = this.#write();
  }

  /** How many writes were acknowledged so far. */
  get count(): number {
    return this.#acknowledged.length;
  }

  /** Index of the server that took the last write. */
  get at(): number {
    return this.#at;
  }

  /** Forgets the gaps of before. */
  begin(): void {
    this.#gapMs = 0;
  }

  /** Ends it. @returns what it saw since it began, where the server of its last write is the new master */
  async end(): Promise<Interruption> {
    this.#isOver = true;
    await this.#work;
    const endpoint = this.#endpoints[this.#at];
    if (!endpoint) throw new Error('a writer without a server');
    const client = openRedis(endpoint);
    try {
      await new Promise((resolve) => client.once('ready', resolve));
      let lost = 0;
      for (let from = 0; from < this.#acknowledged.length; from += 1000) {
        const values = await client.mget(this.#acknowledged.slice(from, from + 1000));
        lost += values.filter((value) => value === null).length;
      }
      return { gapMs: this.#gapMs, lost };
    } finally {
      client.disconnect();
    }
  }

  async #write(): Promise<void> {
    const clients = this.#endpoints.map(openRedis);
    const id = Math.random().toString(36).slice(2);
    let at = 0;
    let lastMs = performance.now();
    for (let n = 0; !this.#isOver; ) {
      const key = `${id}:${n}`;
      try {
        await clients[at]?.set(key, '1');
        const nowMs = performance.now();
        this.#acknowledged.push(key);
        this.#gapMs = Math.max(this.#gapMs, nowMs - lastMs);
        this.#at = at;
        lastMs = nowMs;
        n += 1;
      } catch {
        at = (at + 1) % clients.length;
        await sleep(retryMs);
      }
    }
    for (const client of clients) client.disconnect();
  }
}
