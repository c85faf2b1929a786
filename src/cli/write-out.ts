import type { Writable } from 'node:stream';

/**
 * Writes, and waits for a reader that is slow, until the signal comes: one who reads nothing would keep us for ever.
 * @returns false where nobody reads any more (`| head` has closed the pipe), and where nobody waits any more
 */
export function writeOut(stream: Writable, data: string | Uint8Array, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve(false);
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    stream.write(data, (error) => {
      signal.removeEventListener('abort', giveUp);
      resolve(!error);
    });
  });
}
