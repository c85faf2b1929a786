import { createInterface } from 'node:readline/promises';
import { RmsxError } from '../domain/errors.ts';
import type { Context } from './context.ts';

/**
 * Asks before something is destroyed: on a terminal alone, never where --yes is given. A terminal that is closed says no.
 * @returns whether to go on
 * @throws RmsxError `interrupted` on Ctrl-C
 */
export async function confirm(question: string, { streams, yes }: Context): Promise<boolean> {
  if (yes || !streams.stdin.isTTY) return true;
  const prompt = createInterface({ input: streams.stdin, output: streams.stderr });
  const over = new AbortController();
  prompt.once('SIGINT', () => over.abort(new RmsxError('interrupted', 'Stopped by SIGINT. Nothing was done.')));
  prompt.once('close', () => over.abort());
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal: over.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    const { aborted, reason } = over.signal;
    if (!aborted || reason instanceof RmsxError) throw reason ?? error;
    return false;
  } finally {
    prompt.close();
  }
}
