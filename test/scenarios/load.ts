import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Place } from '../docker/support/writers.ts';
import { type Downtime, downtimeOf } from './downtime.ts';
import type { Known } from './losses.ts';

/** A client that hears nothing for so long gives this write up, and looks for another master. */
const patienceMs = 400;
/** Between two writes of one client: the machine is for the servers. */
const paceMs = 3;
/** Before the next server is tried. */
const retryMs = 10;

/**
 * Clients that write each key once, and know what became of it: acknowledged, refused, or never answered. One that is
 * refused, cut off or not answered goes on with the next key at the next server.
 */
export class Load {
  readonly #places: readonly Place[];
  readonly #acknowledged = new Map<string, string>();
  readonly #open = new Map<string, string>();
  readonly #times: number[] = [];
  readonly #running: Promise<void>[] = [];
  #isOver = false;

  /** @param places - all nodes; @param count - how many clients */
  constructor(places: readonly Place[], count: number) {
    this.#places = places;
    for (let i = 0; i < count; i++) this.#running.push(this.#write(i));
  }

  /** How many writes were acknowledged so far. */
  get count(): number {
    return this.#acknowledged.size;
  }

  /** Ends the clients. @returns what they know */
  async stop(): Promise<Known> {
    this.#isOver = true;
    await Promise.all(this.#running);
    return { acknowledged: this.#acknowledged, open: this.#open };
  }

  /** @returns the longest time without an acknowledged write, on the clock of `performance` */
  downtime(fromMs: number, toMs: number): Downtime {
    return downtimeOf(this.#times, fromMs, toMs);
  }

  async #write(writer: number): Promise<void> {
    const clients = this.#places.map(clientOf);
    let at = 0;
    for (let n = 0; !this.#isOver; n++) {
      const [key, value] = [`w${writer}:${n}`, `value ${n}`];
      this.#open.set(key, value);
      try {
        await clients[at]?.set(key, value);
        this.#times.push(performance.now());
        this.#acknowledged.set(key, value);
        this.#open.delete(key);
        await sleep(paceMs);
      } catch (error) {
        if (isRefusal(error)) this.#open.delete(key);
        at = (at + 1) % clients.length;
        await sleep(retryMs);
      }
    }
    for (const client of clients) client.disconnect();
  }
}

/** A server that says why has not carried it out. */
const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';

function clientOf({ host, port, password }: Place): Redis {
  const client = new Redis({
    host,
    port,
    password,
    protocol: 2,
    connectTimeout: patienceMs,
    commandTimeout: patienceMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 50,
  });
  client.on('error', () => undefined); // what matters is what is acknowledged
  return client;
}
