import { departureIn, lastHistoryIn, lastRoleIn, lastSourceIn } from '../domain/diagnosis/log.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';
import type { StreamPlace } from '../domain/redis-port.ts';

/** So many lines of its log tell what a node was last. */
const logLines = 5000;

/** What a node was when it was last in the history, as far as its log tells. */
export interface LastPart {
  /** Null where the log does not tell, or nobody can read it. */
  readonly role: 'master' | 'replica' | null;
  /** The address of the source with which it was in sync last as a replica, as `host:port`. */
  readonly source: string | undefined;
  /** Where it left its source by itself, if that was the last it did. */
  readonly departure: StreamPlace | undefined;
  /** The replication id of the history in which it wrote, or received, last. */
  readonly history: string | undefined;
}

/** Nothing is known. */
export const noPart: LastPart = { role: null, source: undefined, departure: undefined, history: undefined };

/** @returns what a node was last, by its log */
export async function lastPartOf(id: string, engine: Pick<Engine, 'logs'>): Promise<LastPart> {
  try {
    const log = await engine.logs(id, logLines);
    return {
      role: lastRoleIn(log),
      source: lastSourceIn(log),
      departure: departureIn(log),
      history: lastHistoryIn(log),
    };
  } catch (error) {
    if (error instanceof RmsxError && error.reason === 'log-unreadable') return noPart;
    throw error;
  }
}
