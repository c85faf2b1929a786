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
