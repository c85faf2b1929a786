import type { Redis as IoRedis } from 'ioredis';
import type { DataAccess, KeyName, KeyState, Marker, ScanStep } from '../../domain/data.ts';
import { ask, type Reply, textsOf } from './pipeline.ts';
import { Reading } from './readings.ts';

/** One command each at least, and a piece of a value is small: no server is busy with them for long. */
const keysAtOnce = 200;

/** Runs a piece of work, and turns what goes wrong into an RmsxError. */
type Run = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** The data of a server, through a client that is logged in. */
export class RedisData implements DataAccess {
  readonly #client: IoRedis;
  readonly #run: Run;

  constructor(client: IoRedis, run: Run) {
    this.#client = client;
    this.#run = run;
  }

  databases(): Promise<ReadonlyMap<number, number>> {
    return this.#run('count its keys', async () => {
      const text = String(await this.#client.call('INFO', 'keyspace'));
      const lines = [...text.matchAll(/^db(\d+):keys=(\d+)/gm)];
      return new Map(lines.map(([, database, keys]) => [Number(database), Number(keys)]));
    });
  }

  scan(database: number, cursors: readonly string[], count: number): Promise<readonly ScanStep[]> {
    return this.#run('list its keys', async () => {
      const replies = await ask(
        this.#client,
        database,
        cursors.map((cursor) => ['SCAN', cursor, 'COUNT', String(count)]),
      );
      return replies.map((reply) => {
        const [cursor = '0', keys = null] = reply as readonly Reply[];
        return { cursor: String(cursor), keys: textsOf(keys) };
      });
    });
  }

  read(database: number, keys: readonly KeyName[]): Promise<ReadonlyMap<KeyName, KeyState>> {
    return this.#run('read its keys', async () => {
      const states: (readonly [KeyName, KeyState])[] = [];
      for (let i = 0; i < keys.length; i += keysAtOnce) {
        states.push(...(await this.#readChunk(database, keys.slice(i, i + keysAtOnce))));
      }
      return new Map(states);
    });
  }

  async #readChunk(database: number, keys: readonly KeyName[]): Promise<readonly (readonly [KeyName, KeyState])[]> {
    const heads = await ask(
      this.#client,
      database,
      keys.flatMap((key) => [
        ['TYPE', key],
        ['PTTL', key],
      ]),
    );
    const nowMs = Date.now();
    const readings = keys.map((key, i) => Reading.of(key, String(heads[2 * i])));
    let open = readings.filter((reading) => reading !== undefined);
    while (open.length > 0) {
      const replies = await ask(
        this.#client,
        database,
        open.map(({ next = [] }) => next),
      );
      for (const [i, reading] of open.entries()) reading.take(replies[i] ?? null);
      open = open.filter(({ next }) => next !== undefined);
    }
    return keys.map((key, i) => [key, stateOf(heads.slice(2 * i, 2 * i + 2), readings[i], nowMs)]);
  }

  get(key: KeyName): Promise<string | null> {
    return this.#run('read a key', async () => {
      const [text = null] = await ask(this.#client, 0, [['GET', key]]);
      return typeof text === 'string' ? text : null;
    });
  }

  write(markers: readonly Marker[], ttlMs: number): Promise<void> {
    return this.#run('write', async () => {
      const transaction = this.#client.multi().call('SELECT', '0');
      for (const command of markers.flatMap((marker) => commandsToWrite(marker, ttlMs))) transaction.call(...command);
      await allDone(transaction.exec());
    });
  }

  remove(keys: readonly KeyName[]): Promise<void> {
    return this.#run('remove markers', async () => {
      for (let i = 0; i < keys.length; i += keysAtOnce) {
        await ask(this.#client, 0, [['DEL', ...keys.slice(i, i + keysAtOnce)]]);
      }
    });
  }

  known(commands: readonly string[]): Promise<readonly string[]> {
    return this.#run('list its commands', async () => {
      // Of a command that is renamed away nothing is known; asking runs none of them.
      const [about = null] = await ask(this.#client, 0, [['COMMAND', 'INFO', ...commands]]);
      return commands.filter((_, i) => textsOf((about as readonly Reply[] | null)?.[i]).length > 0);
    });
  }
}

function stateOf([type, ttl]: readonly Reply[], reading: Reading | undefined, nowMs: number): KeyState {
  const result = reading?.result;
  // It may have gone between two commands.
  if (type === 'none' || result === null) return { type: null, digest: null, size: 0, expiresAtMs: null };
  const { digest, size } = result ?? { digest: null, size: 0 };
  return { type: String(type), digest, size, expiresAtMs: Number(ttl) >= 0 ? nowMs + Number(ttl) : null };
}

type Words = [command: string, ...args: string[]];

function commandsToWrite({ name, type, elements }: Marker, ttlMs: number): readonly Words[] {
  const end: Words = ['PEXPIRE', name, String(ttlMs)];
  switch (type) {
    case 'string':
      return [['SET', name, elements[0] ?? '', 'PX', String(ttlMs)]];
    case 'hash':
      return [['HSET', name, ...elements], end];
    case 'list':
      return [['RPUSH', name, ...elements], end];
    case 'set':
      return [['SADD', name, ...elements], end];
    case 'zset': {
      const pairs = elements.flatMap((member, i) => (i % 2 === 0 ? [elements[i + 1] ?? '0', member] : []));
      return [['ZADD', name, ...pairs], end];
    }
    case 'stream': {
      const entries = elements.flatMap((id, i) => (i % 3 === 0 ? [[id, ...elements.slice(i + 1, i + 3)]] : []));
      return [...entries.map((entry): Words => ['XADD', name, ...entry]), end];
    }
    default:
      return type satisfies never;
  }
}

/** @throws what the server refused first: of the transaction itself it says only that it was discarded */
async function allDone(execution: Promise<[error: Error | null, result: unknown][] | null>): Promise<void> {
  try {
    const failed = (await execution)?.find(([error]) => error)?.[0];
    if (failed) throw failed;
  } catch (error) {
    throw (error as { previousErrors?: readonly Error[] }).previousErrors?.[0] ?? error;
  }
}
