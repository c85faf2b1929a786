import type { Writable } from 'node:stream';

/**
 * Writes, and waits for a reader that is slow.
 * @returns false where nobody reads any more: `| head` has closed the pipe
 */
export const writeOut = (stream: Writable, data: string | Uint8Array): Promise<boolean> =>
  new Promise((resolve) => void stream.write(data, (error) => resolve(!error)));
