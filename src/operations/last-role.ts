import { lastRoleIn, lastSourceIn } from '../domain/diagnosis/log.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';

/** So many lines of its log tell what a node was last. */
const logLines = 5000;

/** @returns what a node was when it was last in the history, by its log; null where that does not tell, or nobody can read it */
export const lastRoleOf = async (id: string, engine: Pick<Engine, 'logs'>): Promise<'master' | 'replica' | null> =>
  lastRoleIn(await logOf(id, engine));

/** @returns the address with which a replica was in sync last, by its log, as `host:port`; undefined where that does not tell */
export const lastSourceOf = async (id: string, engine: Pick<Engine, 'logs'>): Promise<string | undefined> =>
  lastSourceIn(await logOf(id, engine));

async function logOf(id: string, engine: Pick<Engine, 'logs'>): Promise<readonly string[]> {
  try {
    return await engine.logs(id, logLines);
  } catch (error) {
    if (error instanceof RmsxError && error.reason === 'log-unreadable') return [];
    throw error;
  }
}
