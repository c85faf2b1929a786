import { lastRoleIn } from '../domain/diagnosis/log.ts';
import type { Engine } from '../domain/ports.ts';

/** So many lines of its log tell what a node was last. */
const logLines = 5000;

/** @returns what a node was when it was last in the history, by its log; null where that does not tell */
export const lastRoleOf = async (id: string, engine: Engine): Promise<'master' | 'replica' | null> =>
  lastRoleIn(await engine.logs(id, logLines));
