import { RmsxError } from '../domain/errors.ts';
import type { Progress } from '../domain/ports.ts';

/** Whoever waits has waited for long, and may have been told to stop. */
const comeBackMs = 10_000;

/**
 * Waits for what was made as it was, in a time of its own. What was not in sync before needs not be now: that it is not
 * seen is told, and no failure.
 * @param what - for people: `slave-1`
 * @param wait - ends with its signal
 */
export async function awaitBack(
  what: string,
  wait: (signal: AbortSignal) => Promise<unknown>,
  progress: Progress,
): Promise<void> {
  const tooLate = new AbortController();
  const timer = setTimeout(
    () => tooLate.abort(new RmsxError('timeout', `Not within ${comeBackMs / 1000} s.`)),
    comeBackMs,
  );
  try {
    await wait(tooLate.signal);
  } catch (error) {
    if (!(error instanceof RmsxError)) throw error;
    progress.warn(`${what} is back, and not seen in sync yet: ${error.message}`);
  } finally {
    clearTimeout(timer);
  }
}
