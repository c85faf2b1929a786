import type Docker from 'dockerode';
import type { Stamp } from './translate.ts';

/** Any call that should be quick; a loaded engine needs seconds to start a container, not half a minute. */
export const callTimeoutMs = 30_000;

/** What every call needs. */
export interface Wire {
  readonly docker: Docker;
  /** For messages. */
  readonly url: string;
  /** The host of a remote engine; undefined where ports are published on this machine. */
  readonly reachHost: string | undefined;
  readonly stamp: Stamp;
  /** Makes a call within a deadline, and translates its error. */
  readonly call: <T>(what: string, work: () => Promise<T>, timeoutMs?: number) => Promise<T>;
  /** The same for a call that changes nothing: it ends with the signal, as nobody needs to know how it went. */
  readonly look: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

/** As people know ids from `docker ps`. */
export const short = (id: string): string => id.slice(0, 12);
