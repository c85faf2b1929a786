import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type Endpoint, isAnswering, openRedis, whenTrue } from './redis-polls.ts';

const pollPauseMs = 20;
/** With its header a value fills the 1024 bytes that are reserved for it. */
const valueBytes = 1000;
const valuesPerCommand = 1000;

/**
 * Fills a server with values of random bytes, so that nothing on their way makes them smaller.
 * @returns its used memory in MB, as INFO has it
 */
export async function fillMaster(endpoint: Endpoint, untilMb: number, signal: AbortSignal): Promise<number> {
  const client = openRedis(endpoint);
  try {
    await whenTrue(() => isAnswering(client), pollPauseMs, signal);
    let usedMb = 0;
    for (let first = 0; usedMb < untilMb; first += valuesPerCommand) {
      signal.throwIfAborted();
      await client.mset(pairsFrom(first));
      usedMb = await usedMemoryMb(client);
    }
    return usedMb;
  } finally {
    client.disconnect();
  }
}

function pairsFrom(first: number): (string | Buffer)[] {
  const bytes = randomBytes(valueBytes * valuesPerCommand);
  return Array.from({ length: valuesPerCommand }, (_, i) => [
    `bench:${first + i}`,
    bytes.subarray(i * valueBytes, (i + 1) * valueBytes),
  ]).flat();
}

async function usedMemoryMb(client: Redis): Promise<number> {
  const [, bytes] = /^used_memory:(\d+)/m.exec(await client.info('memory')) ?? [];
  return Number(bytes) / 2 ** 20;
}
