import { createInterface } from 'node:readline/promises';
import type { Context } from './context.ts';

/**
 * Asks before something is destroyed: on a terminal alone, never where --yes is given.
 * @returns whether to go on
 */
export async function confirm(question: string, { streams, yes }: Context): Promise<boolean> {
  if (yes || !streams.stdin.isTTY) return true;
  const prompt = createInterface({ input: streams.stdin, output: streams.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}
