import { Redis } from 'ioredis';
import { pause } from './processes.ts';

/** A server as it is reached from here. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

/** @returns a client that opens its connection at once and again whenever it is lost, and never queues a command */
export function openRedis({ host, port, password }: Endpoint): Redis {
  const client = new Redis({
    host,
    port,
    password,
    family: 4,
    protocol: 2,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 5,
    connectTimeout: 1000,
    commandTimeout: 1000,
    disableClientInfo: true,
  });
  client.on('error', () => undefined); // not there yet, or cut off: whoever polls asks again
  return client;
}

/** Whether a server answers. */
export const isAnswering = async (client: Redis): Promise<boolean> => (await client.ping()) === 'PONG';

/** Nothing that is awaited takes as long on a machine that works. */
const deadlineMs = 120_000;

/**
 * Asks again and again until the answer is yes; an error is a no.
 * @returns when that was, on the clock of performance.now()
 * @throws Error when the answer stays no, or the reason of the signal
 */
export async function whenTrue(check: () => Promise<boolean>, pauseMs: number, signal: AbortSignal): Promise<number> {
  const endMs = performance.now() + deadlineMs;
  let lastError: unknown;
  const remember = (error: unknown): boolean => {
    lastError = error;
    return false;
  };
  while (performance.now() < endMs) {
    if (await check().catch(remember)) return performance.now();
    await pause(pauseMs, signal);
  }
  throw new Error(`a server did not get ready within ${deadlineMs / 1000} s`, { cause: lastError });
}

/** Whether a master has that many replicas online. */
export async function hasReplicasOnline(master: Redis, replicas: number): Promise<boolean> {
  const info = await master.info('replication');
  return [...info.matchAll(/^slave\d+:.*\bstate=online\b/gm)].length >= replicas;
}

/** Whether a replica follows that source, and its link is up. */
export async function isFollowing(
  replica: Redis,
  source: { readonly ip: string; readonly port: number },
): Promise<boolean> {
  const info = await replica.info('replication');
  return [`master_host:${source.ip}`, `master_port:${source.port}`, 'master_link_status:up'].every((line) =>
    info.includes(`${line}\r\n`),
  );
}
