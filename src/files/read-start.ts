import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RmsxError, retold } from '../domain/errors.ts';

const chunkBytes = 65_536;
/** How often a pipe that has nothing yet is asked again. */
const pauseMs = 20;
/** A read that waits in a thread would keep the process from ending (not on Windows). */
const nonBlocking = constants.O_NONBLOCK ?? 0;

/**
 * Reads the beginning of a file, or all of a shorter one. It may be a device that never ends, or a pipe that nobody
 * writes into.
 * @param path - `-` is standard input
 * @param mostBytes - no more than a little above that is read
 * @param signal - ends the waiting
 * @throws RmsxError of the signal; the error of the system for what cannot be read
 */
export async function readStart(path: string, mostBytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === '-' ? fromStdin(signal) : fromFile(path, signal)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostBytes) break;
    }
  } catch (error) {
    throw signal.aborted ? stopped(signal, path) : error;
  }
  return Buffer.concat(chunks);
}

function stopped({ reason }: AbortSignal, path: string): unknown {
  if (!(reason instanceof RmsxError)) return reason;
  const what = path === '-' ? 'Standard input' : path;
  return retold(reason, `${reason.message} ${what} has not come to its end.`);
}

const fromStdin = (signal: AbortSignal): AsyncIterable<Buffer> => addAbortSignal(signal, process.stdin);

async function* fromFile(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await open(path, constants.O_RDONLY | nonBlocking);
  try {
    let mayBegin = (await file.stat()).isFIFO() && !isHandedOver(path);
    for (;;) {
      signal.throwIfAborted();
      const chunk = await readChunk(file);
      if (chunk === undefined || (chunk.length === 0 && mayBegin)) await sleep(pauseMs, undefined, { signal });
      else if (chunk.length === 0) return;
      else {
        mayBegin = false;
        yield chunk;
      }
    }
  } finally {
    await file.close();
  }
}

/** A pipe of the shell, as in `-f <(…)`: its writer is there already, so that no data is its end. */
const isHandedOver = (path: string): boolean => /^\/(dev|proc)\//.test(path);

/** @returns undefined where nothing is there yet */
async function readChunk(file: Awaited<ReturnType<typeof open>>): Promise<Buffer | undefined> {
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkBytes));
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
