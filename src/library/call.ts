import { connect } from '../connect.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Ports, Progress } from '../domain/ports.ts';
import { checkTimeoutMs } from './check.ts';
import { spelledOut } from './spelled-out.ts';

/** What an operation tells while it works. */
export interface ProgressEvent {
  /** `begin` and `update` are of what is under way, `succeed` and `fail` end it; the others stand alone. */
  readonly kind: 'begin' | 'update' | 'succeed' | 'fail' | 'note' | 'detail' | 'warn';
  /** A sentence for people, in English. Not stable. */
  readonly text: string;
}

/** What every operation of a cluster may be given. */
export interface CallOptions {
  /** Ends it early: with a RmsxError of the code `interrupted`. What it has made by then is taken back. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Told what is done. @default nobody */
  readonly progress?: ((event: ProgressEvent) => void) | undefined;
  /** How long it may take, in ms: a RmsxError of the code `timeout` ends it then; Infinity for no end. @default 60000 */
  readonly timeoutMs?: number | undefined;
}

/** Which engine a cluster is on. Without any of these, the one that the docker command would take. */
export interface EngineOptions {
  /** As DOCKER_HOST would name it: `ssh://me@host`. */
  readonly dockerHost?: string | undefined;
  /** The docker context that names it. */
  readonly dockerContext?: string | undefined;
  /** Whether plain TCP to another machine is allowed. @default false */
  readonly insecureEngine?: boolean | undefined;
}

const defaultTimeoutMs = 60_000;

/**
 * Does one operation with a connection of its own, in its time.
 * @throws RmsxError whatever the work throws, `timeout` or `interrupted`
 */
export async function withPorts<T>(
  engine: EngineOptions,
  { signal, progress, timeoutMs = defaultTimeoutMs }: CallOptions,
  work: (ports: Ports) => Promise<T>,
): Promise<T> {
  const endMs = checkTimeoutMs(timeoutMs);
  const ending = new AbortController();
  const late = new RmsxError('timeout', `Out of time after ${timeoutMs / 1000} s.`, { hint: 'Allow more: timeoutMs' });
  const stop = (): void => ending.abort(stoppedBy(signal?.reason));
  signal?.addEventListener('abort', stop, { once: true });
  const timer = endMs === undefined ? undefined : setTimeout(() => ending.abort(late), endMs);
  if (signal?.aborted) stop();
  try {
    ending.signal.throwIfAborted();
    const { dockerHost, dockerContext, insecureEngine } = engine;
    const own = { dockerHost, dockerContext, insecureEngine, signal: ending.signal };
    const ports = await connect({ ...own, ...(progress ? { progress: progressTo(progress) } : {}) });
    try {
      ending.signal.throwIfAborted(); // connecting takes its time, and does not heed it
      return await work(ports);
    } finally {
      ports.engine.close();
    }
  } catch (error) {
    throw spelledOut(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** A signal of somebody else may be aborted with anything. */
const stoppedBy = (reason: unknown): RmsxError =>
  reason instanceof RmsxError ? reason : new RmsxError('interrupted', 'Stopped by its signal.', { cause: reason });

const progressTo = (tell: (event: ProgressEvent) => void): Progress => {
  const as =
    (kind: ProgressEvent['kind']) =>
    (text: string): void =>
      tell({ kind, text });
  return {
    begin: as('begin'),
    update: as('update'),
    succeed: as('succeed'),
    fail: as('fail'),
    note: as('note'),
    detail: as('detail'),
    warn: as('warn'),
  };
};
