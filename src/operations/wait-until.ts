/** How a wait is paced and ended. */
export interface WaitOptions {
  readonly pauseMs: number;
  /** Ends the wait: the promise rejects with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Asks again and again until there is an answer.
 * @param check - undefined means: not yet
 * @throws the reason of the signal
 */
export async function waitUntil<T>(check: () => Promise<T | undefined>, { pauseMs, signal }: WaitOptions): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await check();
    if (answer !== undefined) return answer;
    await pause(pauseMs, signal);
  }
}

/**
 * Waits for a look that cannot be cut off: after an abort nobody waits for it any more, or hears that it failed.
 * @throws the reason of the signal, or what the look throws
 */
export async function untilAborted<T>(look: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([look, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** For what goes on whatever happens, and is bounded by something else. */
export const never: AbortSignal = new AbortController().signal;

/** Lets time pass; an abort ends it early. */
export function pause(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, timeMs);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}
