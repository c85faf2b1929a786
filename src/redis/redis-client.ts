import { createRequire } from 'node:module';
import type { Redis as IoRedis } from 'ioredis';
import { type Address, formatAddress } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Marked, Redis, RedisConnection, StreamPart } from '../domain/redis-port.ts';
import { RedisData } from './data/redis-data.ts';
import { parseInfo } from './parse-info.ts';
import { readStream } from './read-stream.ts';
import { openServer, toRedisError } from './redis-errors.ts';

/** The longest that one WAIT may block: well below the deadline of a command. */
const waitSliceMs = 500;

/** As a Sentinel names the connection on which it listens (sentinel.c, sentinelSetClientName). */
const sentinelName = / name=sentinel-(\w+)-pubsub /g;

/** Loading holds everything else up: requests that were just made must have left before. */
const requestsLeaveMs = 5;

/** The Redis port over ioredis, which is loaded with the first connection, or when it is warmed up. */
export const redisClient: Redis = { connect, warmUp: () => void setTimeout(loadIoRedis, requestsLeaveMs) };

const loadIoRedis = (): typeof import('ioredis') => createRequire(import.meta.url)('ioredis');

async function connect(
  node: string,
  endpoint: Address,
  password: string | null,
  timeoutMs: number,
): Promise<RedisConnection> {
  const { Redis } = loadIoRedis();
  const client = new Redis({
    host: endpoint.host,
    port: endpoint.port,
    family: 4,
    protocol: 2, // no HELLO: an access list may forbid it, and old servers do not know it
    lazyConnect: true,
    enableReadyCheck: false, // it sleeps while the server loads its data
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    disconnectTimeout: 100,
    disableClientInfo: true,
  });
  let lastError: unknown; // connect() itself says only "Connection is closed."
  client.on('error', (error) => {
    lastError = error;
  });
  try {
    await client.connect();
    if (password !== null) await logIn(node, client, password);
  } catch (error) {
    client.disconnect();
    // Protected mode speaks before it is asked, and hangs up.
    const denied = openServer(node, String((lastError as Error | undefined)?.message));
    const cause = error instanceof RmsxError ? error : (denied ?? lastError ?? error);
    throw toRedisError(node, `log in at ${formatAddress(endpoint)}`, cause, password ?? '');
  }
  return new Connection(node, client, { endpoint, password: password ?? '' }, () => lastError);
}

/**
 * Logs in, and proves on the way that nobody gets in without: what is asked first travels in the same packet, and costs
 * nothing.
 */
async function logIn(node: string, client: IoRedis, password: string): Promise<void> {
  const [stranger, login] = await Promise.allSettled([client.call('PING'), client.call('AUTH', password)]);
  const answer = stranger.status === 'fulfilled' ? String(stranger.value) : String((stranger.reason as Error)?.message);
  const open = openServer(node, answer);
  if (open) throw open;
  if (login.status === 'rejected') throw login.reason;
}

/** Where a server is reached, and what it admits. */
interface Login {
  readonly endpoint: Address;
  readonly password: string;
}

class Connection implements RedisConnection {
  readonly #node: string;
  readonly #client: IoRedis;
  readonly #endpoint: Address;
  readonly #password: string;
  readonly #lastError: () => unknown;
  readonly data: RedisData;

  constructor(node: string, client: IoRedis, { endpoint, password }: Login, lastError: () => unknown) {
    this.#node = node;
    this.#client = client;
    this.#endpoint = endpoint;
    this.#password = password;
    this.#lastError = lastError;
    this.data = new RedisData(client, (what, work) => this.#run(what, work));
  }

  async sentinels(): Promise<readonly string[]> {
    const clients = String(await this.#call('see who listens', 'CLIENT', 'LIST', 'TYPE', 'pubsub'));
    return [...clients.matchAll(sentinelName)].map(([, id = '']) => id);
  }

  async greet(): Promise<string> {
    try {
      return String(await this.#client.call('PING'));
    } catch (error) {
      if ((error as Error).name === 'ReplyError') return (error as Error).message;
      const said = String((this.#lastError() as Error | undefined)?.message); // protected mode, before it was asked
      if (openServer(this.#node, said)) return said;
      throw toRedisError(this.#node, 'talk to it', error);
    }
  }

  async info(): Promise<ReturnType<typeof parseInfo>> {
    return parseInfo(String(await this.#call('read INFO', 'INFO')));
  }

  async follow(source: Address): Promise<void> {
    await this.#call(`follow ${formatAddress(source)}`, 'REPLICAOF', source.host, String(source.port));
  }

  async becomeMaster(): Promise<void> {
    // The commands that Sentinel sends, without CONFIG REWRITE. No command in here may be disabled: one unknown name
    // would abort the whole transaction.
    const replies = await this.#run('become the master', () =>
      this.#client
        .multi()
        .call('REPLICAOF', 'NO', 'ONE')
        .call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        .call('CLIENT', 'KILL', 'TYPE', 'pubsub')
        .exec(),
    );
    const failed = (replies ?? []).find(([error]) => error);
    if (!replies || failed) throw toRedisError(this.#node, 'become the master', failed?.[0] ?? new Error('aborted'));
  }

  async stepDown(source: Address): Promise<number> {
    // No transaction: servers before 7.0 would tell their replicas of it, and be ahead of them by that.
    await this.follow(source);
    return (await this.info()).offset;
  }

  async holdWrites(timeoutMs: number): Promise<void> {
    await this.#call('hold its writes', 'CLIENT', 'PAUSE', String(timeoutMs), 'WRITE');
  }

  async releaseWrites(): Promise<void> {
    await this.#call('let its writes go on', 'CLIENT', 'UNPAUSE');
  }

  async cutClients(): Promise<void> {
    await this.#call('cut its clients', 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  }

  async proveWritable(): Promise<void> {
    // A write as the server sees it, refused by READONLY, MISCONF and NOREPLICAS alike; the key never exists.
    await this.#call('write', 'DEL', '__rmsx__:writable');
  }

  async setting(name: string): Promise<string | null> {
    const reply = (await this.#call(`read ${name}`, 'CONFIG', 'GET', name)) as readonly string[];
    return reply[1] ?? null;
  }

  async configure(name: string, value: string): Promise<void> {
    await this.#call(`change ${name} to ${value}`, 'CONFIG', 'SET', name, value);
  }

  async admitPassword(password: string): Promise<void> {
    await this.#secretly('admit another password', 'ACL', 'SETUSER', 'default', `>${password}`);
    await this.#secretly('log in with another password', 'CONFIG', 'SET', 'masterauth', password);
  }

  async keepOwnMasterauth(): Promise<boolean> {
    if ((await this.setting('masterauth')) === this.#password) return false;
    await this.#secretly('log in with its own password', 'CONFIG', 'SET', 'masterauth', this.#password);
    return true;
  }

  async requirePassword(password: string): Promise<void> {
    await this.#secretly('require another password', 'CONFIG', 'SET', 'requirepass', password);
  }

  async relink(): Promise<void> {
    await this.#call('open its link anew', 'CLIENT', 'KILL', 'TYPE', 'master');
  }

  async mark(marker: string, replicas: number, timeoutMs: number): Promise<Marked> {
    await this.#call('publish a marker', 'PUBLISH', '__rmsx__:marker', marker);
    // Before WAIT, which sends bytes of its own that replicas acknowledge a second later only.
    const { offset } = await this.info();
    if (replicas === 0) return { offset, acknowledged: 0 }; // WAIT 0 would block for ever
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      const slice = Math.max(1, Math.floor(Math.min(waitSliceMs, endMs - performance.now())));
      const acknowledged = Number(await this.#call('wait for replicas', 'WAIT', String(replicas), String(slice)));
      if (acknowledged >= replicas || performance.now() >= endMs) return { offset, acknowledged };
    }
  }

  readStream(part: StreamPart, signal: AbortSignal): Promise<Buffer> {
    return readStream(this.#node, this.#endpoint, this.#password, part, signal);
  }

  close(): void {
    this.#client.disconnect();
  }

  #call(what: string, command: string, ...args: string[]): Promise<unknown> {
    return this.#run(what, () => this.#client.call(command, ...args));
  }

  /** Servers repeat in their errors what they do not understand. */
  async #secretly(what: string, command: string, ...args: string[]): Promise<void> {
    try {
      await this.#client.call(command, ...args);
    } catch (error) {
      const { reason } = toRedisError(this.#node, what, error);
      throw toRedisError(this.#node, what, reason === 'reply' ? new Error('the server refuses it.') : error);
    }
  }

  async #run<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toRedisError(this.#node, what, error, this.#password);
    }
  }
}
