import { RmsxError } from '../domain/errors.ts';
import type { Streams } from './output.ts';

/** How long a command may take, and what stops it before. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Takes timers and signal handlers away. */
  end(): void;
}

/**
 * Stops the work of a command when its time is up, or on the first SIGINT, SIGTERM or SIGHUP: what was made is taken
 * back. The second signal ends the process at once.
 */
export function startDeadline(timeoutMs: number, { stderr }: Streams): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    const message = `Out of time after ${timeoutMs / 1000} s.`;
    controller.abort(new RmsxError('timeout', message, { hint: 'Allow more: --timeout 5m' }));
  }, timeoutMs);
  const signals = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'terminated' } as const;
  const stop = (name: NodeJS.Signals): void => {
    const code = signals[name as keyof typeof signals];
    if (controller.signal.aborted) {
      stderr.write('rmsx: ended at once; see what is left with rmsx ls, remove it with rmsx down -n NAME\n');
      process.exit(new RmsxError(code, '').exitCode);
    }
    controller.abort(new RmsxError(code, `Stopped by ${name}.`));
  };
  for (const name of Object.keys(signals)) process.on(name, stop);
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      for (const name of Object.keys(signals)) process.off(name, stop);
    },
  };
}

/** Does a part of a command under a deadline of its own; after it, signals mean what they mean without one. */
export async function inTime<T>(
  timeoutMs: number,
  streams: Streams,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(timeoutMs, streams);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.end();
  }
}
