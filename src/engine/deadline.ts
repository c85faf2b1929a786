import { RmsxError } from '../domain/errors.ts';

/**
 * Ends a piece of work after a time, whatever it does. The timer keeps the process alive: docker-modem can leave a
 * promise unsettled, and Node would then exit 0 in silence.
 * @param what - for the message: `start redis-server-master`
 * @param signal - ends it earlier; without effect where it is aborted already, as cleaning up goes on after an abort
 * @param graceMs - how long the work may still take then: whoever cleans up should know what it has made
 * @throws RmsxError `timeout`, or the reason of the signal
 */
export async function withDeadline<T>(
  what: string,
  timeoutMs: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
  graceMs = 0,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let grace: NodeJS.Timeout | undefined;
  let stop = (): void => undefined;
  const expired = new Promise<never>((_, reject) => {
    stop = () => {
      if (graceMs === 0) reject(signal?.reason);
      else grace = setTimeout(() => reject(signal?.reason), graceMs);
    };
    signal?.addEventListener('abort', stop, { once: true });
    timer = setTimeout(() => {
      reject(
        new RmsxError('timeout', `The engine did not ${what} within ${timeoutMs / 1000} s.`, { hint: 'docker info' }),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(), expired]);
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal?.removeEventListener('abort', stop);
  }
}
