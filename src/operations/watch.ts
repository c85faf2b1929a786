import { RmsxError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import { type Progressed, type Rates, ratesBetween } from '../domain/rates.ts';
import type { ClusterStatus } from '../domain/status.ts';
import type { Look } from './status.ts';
import { pause, untilAborted } from './wait-until.ts';
import { Watcher } from './watcher.ts';

/** An engine that fails is asked less and less often, and this often at least. */
const longestPauseMs = 30_000;

/** How a cluster is watched. */
export interface WatchOptions {
  /** From the begin of one look to that of the next one. */
  readonly everyMs: number;
  /** How long one look may take. */
  readonly lookMs: number;
}

/** What one look brought. Times are in ms since 1970. */
export type Sight =
  | { readonly kind: 'seen'; readonly atMs: number; readonly status: ClusterStatus; readonly rates: Rates }
  /** The cluster is not there. */
  | { readonly kind: 'gone'; readonly atMs: number; readonly error: RmsxError }
  /** It could not be looked at; that is tried again. */
  | { readonly kind: 'failed'; readonly atMs: number; readonly error: RmsxError };

/**
 * Looks at a cluster again and again, until the signal of the ports ends it. One look costs the engine a list and each
 * node an INFO over a connection that stays open.
 * @throws RmsxError what the first look throws (`not-found`, `timeout`, …), and the reason of the signal
 */
export async function* watch(
  name: string,
  ports: Ports,
  { everyMs, lookMs }: WatchOptions,
): AsyncGenerator<Sight, never, undefined> {
  const watcher = new Watcher(name, ports);
  let before: Progressed | undefined;
  let failures = 0;
  let isFirst = true;
  try {
    for (;;) {
      const startedMs = performance.now();
      const atMs = Date.now();
      try {
        const look = await untilAborted(within(lookMs, watcher.look()), ports.signal);
        const after = progressOf(look, startedMs);
        yield { kind: 'seen', atMs, status: look.status, rates: ratesBetween(before, after) };
        before = after;
        failures = 0;
      } catch (error) {
        if (isFirst || ports.signal.aborted || !(error instanceof RmsxError) || error.code === 'bug') throw error;
        watcher.forget();
        failures = error.code === 'not-found' ? 0 : failures + 1;
        yield { kind: error.code === 'not-found' ? 'gone' : 'failed', atMs, error };
      }
      isFirst = false;
      const pauseMs = Math.min(everyMs * 2 ** Math.max(0, failures - 1), Math.max(everyMs, longestPauseMs));
      await pause(Math.max(0, startedMs + pauseMs - performance.now()), ports.signal);
      ports.signal.throwIfAborted();
    }
  } finally {
    watcher.forget();
  }
}

function progressOf({ status, infos }: Look, atMs: number): Progressed | undefined {
  const { master } = status.cluster;
  const info = master === null ? undefined : infos.get(master);
  if (master === null || !info) return undefined;
  const { runId, replid, offset, changesSinceSave } = info;
  return { atMs, master, runId, replid, offset, changesSinceSave };
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `A look was not done within ${timeoutMs / 1000} s.`;
      reject(new RmsxError('timeout', message, { hint: 'Allow more: --timeout 5m' }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined); // nobody waits for it any more
  }
}
