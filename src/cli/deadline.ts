import { type ErrorCode, RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';
import { endAtOnce } from './end-at-once.ts';

/** How long a command may take, and what stops it before. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Takes timers and signal handlers away. */
  end(): void;
}

/** What is said, and how, where a command is ended in the middle of its work. */
export interface Ending {
  /** The cluster that is worked on; null for all of them, or none. */
  readonly cluster: string | null;
  /** Whether stdout has to be a document. */
  readonly isMachine: boolean;
  /** Who keeps everybody waiting when the time is up. @default nobody */
  readonly waitedFor?: () => ReturnType<Engine['unanswered']>;
}

/**
 * Stops the work of a command when its time is up, or on the first SIGINT, SIGTERM or SIGHUP: what was made is taken
 * back. The second signal ends the process at once.
 * @param timeoutMs - null where only a signal ends it
 */
export function startDeadline(timeoutMs: number | null, ending: Ending): Deadline {
  const controller = new AbortController();
  const expire = (afterMs: number): void => {
    const message = `Out of time after ${afterMs / 1000} s${silenceOf(ending.waitedFor?.())}.`;
    controller.abort(new RmsxError('timeout', message, { hint: 'Allow more: --timeout 5m' }));
  };
  const timer = timeoutMs === null ? undefined : setTimeout(expire, timeoutMs, timeoutMs);
  const signals = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'terminated' } as const;
  let isSignalled = false; // time that is up takes nobody's first signal away
  const stop = (name: NodeJS.Signals): void => {
    const code = signals[name as keyof typeof signals];
    if (isSignalled) endAtOnce(cutOff(code, name, ending.cluster), ending.isMachine);
    isSignalled = true;
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

/** Calls of a moment are under way at any time. */
const noticedMs = 1000;

function silenceOf(call: ReturnType<Engine['unanswered']>): string {
  if (call === undefined || call.forMs < noticedMs) return '';
  return `: the engine has not answered for ${Math.round(call.forMs / 1000)} s (${call.what})`;
}

function cutOff(code: ErrorCode, name: NodeJS.Signals, cluster: string | null): RmsxError {
  const remove = cluster === null ? 'rmsx gc' : `rmsx gc -n ${cluster} --older-than 0s`; // of one that is named nothing is too young
  const message = `Ended at once by a second signal (${name}): nothing more was finished or taken back.`;
  return new RmsxError(code, message, { hint: `See what is left over: ${remove} --dry-run\nRemove it: ${remove}` });
}

/** Does a part of a command under a deadline of its own; after it, signals mean what they mean without one. */
export async function inTime<T>(
  timeoutMs: number,
  ending: Ending,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(timeoutMs, ending);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.end();
  }
}
