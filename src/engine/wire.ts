import type { Agent } from 'node:http';
import type Docker from 'dockerode';
import { RmsxError } from '../domain/errors.ts';
import type { Stamp } from './translate.ts';

/** Any call that should be quick; a loaded engine needs seconds to start a container, not half a minute. */
export const callTimeoutMs = 30_000;

/** What a call that is under way may still take when the time is up: it may have made something. */
export const graceMs = 5_000;

/** Any call once the time is up: what cleans up must come to an end, too. */
export const cleanUpTimeoutMs = 10_000;

/** The same for a call that only looks: even a loaded engine answers it soon. */
export const cleanUpLookMs = 5_000;

/** Any call of an engine that has left one unanswered while things were cleaned up: nobody should wait for each of them. */
export const silentTimeoutMs = 2_000;

/** How many containers are made, filled, started or removed at a time: more of them get ready no sooner, and some not in time. */
export const heavyCalls = 8;

/** What every call needs. */
export interface Wire {
  readonly docker: Docker;
  /** Makes the connections. */
  readonly agent: Agent;
  /** For messages. */
  readonly url: string;
  /** The host of a remote engine; undefined where ports are published on this machine. */
  readonly reachHost: string | undefined;
  readonly stamp: Stamp;
  /** Makes a call within a deadline, and translates its error. */
  readonly call: <T>(what: string, work: () => Promise<T>, timeoutMs?: number) => Promise<T>;
  /** The same for a call that keeps the engine busy: its deadline begins when it is its turn. */
  readonly heavyCall: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  /** The same for a call that changes nothing: it ends with the signal, as nobody needs to know how it went. */
  readonly look: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

/** As people know ids from `docker ps`. */
export const short = (id: string): string => id.slice(0, 12);

/**
 * A proxy can answer in the place of the engine.
 * @param what - what was asked for: `list containers`. @default whoever made the call knows
 */
export const strangeReply = (what?: string): RmsxError =>
  new RmsxError(
    'engine-refused',
    `What answers in place of the Docker engine does not speak its language${what === undefined ? '' : ` (${what})`}.`,
    {
      reason: 'strange-reply',
      hint: 'Something may stand in front of it, a proxy perhaps. See which engine is meant: rmsx doctor',
    },
  );

/** An id, a name, a state: without it, nobody could tell what was meant. */
export function wordIn(reply: unknown): string {
  if (typeof reply === 'string' && reply !== '') return reply;
  throw strangeReply();
}

/** An engine that has done what it was asked for says so without a word. */
export async function wordless(reply: Promise<unknown>): Promise<void> {
  const words = await reply;
  const isEmpty = words === undefined || words === null || (Buffer.isBuffer(words) && words.length === 0);
  if (!isEmpty) throw strangeReply();
}
