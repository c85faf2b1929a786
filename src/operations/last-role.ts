import { lastRoleIn } from '../domain/diagnosis/log.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';

/** So many lines of its log tell what a node was last. */
const logLines = 5000;

/** @returns what a node was when it was last in the history, by its log; null where that does not tell, or nobody can read it */
export async function lastRoleOf(id: string, engine: Pick<Engine, 'logs'>): Promise<'master' | 'replica' | null> {
  try {
    return lastRoleIn(await engine.logs(id, logLines));
  } catch (error) {
    if (error instanceof RmsxError && error.reason === 'log-unreadable') return null;
    throw error;
  }
}
