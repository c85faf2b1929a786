import { type ErrorCode, RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';
import { endAtOnce } from './end-at-once.ts';
import { FirstSignal } from './first-signal.ts';

const signals = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'terminated' } as const;

/** The signals that end a command. */
export const endingSignals: readonly NodeJS.Signals[] = Object.keys(signals) as (keyof typeof signals)[];

/** @returns what a command ends with that such a signal ended */
export const codeOf = (name: NodeJS.Signals): ErrorCode => signals[name as keyof typeof signals];

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
  /** The engine that keeps everybody waiting when the time is up. @default none does */
  readonly waitedFor?: () => Pick<Engine, 'endpoint' | 'unanswered'> | undefined;
  /** Whether somebody else heeds the signals. @default false */
  readonly isDeaf?: boolean;
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
  const first = new FirstSignal(); // time that is up takes nobody's first signal away
  const stop = (name: NodeJS.Signals): void => {
    const taken = first.take(name);
    if (taken === 'echo') return;
    if (taken === 'second') endAtOnce(cutOff(name, cleaningUp(ending.cluster)), ending.isMachine);
    controller.abort(new RmsxError(codeOf(name), `Stopped by ${name}.`));
  };
  const heeded = ending.isDeaf ? [] : endingSignals;
  for (const name of heeded) process.on(name, stop);
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      for (const name of heeded) process.off(name, stop);
    },
  };
}

/** Calls of a moment are under way at any time. */
const noticedMs = 1000;

function silenceOf(engine: Pick<Engine, 'endpoint' | 'unanswered'> | undefined): string {
  const call = engine?.unanswered();
  if (engine === undefined || call === undefined || call.forMs < noticedMs) return '';
  return `: the engine at ${engine.endpoint} has not answered for ${Math.round(call.forMs / 1000)} s (${call.what})`;
}

/**
 * @param hint - what cleans up
 * @returns what is said where a second signal ends a command in the middle of its work
 */
export const cutOff = (name: NodeJS.Signals, hint: string): RmsxError =>
  new RmsxError(codeOf(name), `Ended at once by a second signal (${name}): nothing more was finished or taken back.`, {
    hint,
  });

function cleaningUp(cluster: string | null): string {
  const remove = cluster === null ? 'rmsx gc' : `rmsx gc -n ${cluster} --older-than 0s`; // of one that is named nothing is too young
  return `See what is left over: ${remove} --dry-run\nRemove it: ${remove}`;
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
