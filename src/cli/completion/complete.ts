import { commands } from '../commands/index.ts';
import { type Candidate, offerFor } from './candidates.ts';
import { liveNames } from './live-names.ts';
import { readWords, verbOf } from './read-words.ts';

/**
 * What the completion scripts call: `rmsx __complete -- WORDS…`, of which the last one is completed. Prints a line for
 * each candidate, its description behind a tab, and `:files` or `:directories` where the shell completes paths.
 * @returns 0, whatever is wrong: an error would be printed into the user's command line
 */
export async function complete(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  stdout: NodeJS.WriteStream,
): Promise<number> {
  try {
    const lazy = commands.find(({ name }) => name === verbOf(words));
    const command = await lazy?.load();
    const line = readWords(words, command, lazy?.passesOn);
    const offer = offerFor(line, command, commands);
    const isFit = ({ word }: Candidate): boolean => word.startsWith(line.current);
    const live = offer.live ? await liveNames(offer.live, line.given, env) : [];
    const known = [...offer.candidates, ...live.filter(({ word }) => !line.positionals.includes(word))].filter(isFit);
    const unique = known.filter(({ word }, index) => known.findIndex((other) => other.word === word) === index);
    const lines = unique.map(({ word, describe }) => `${line.prefix}${word}\t${describe}\n`);
    const text = `${lines.join('')}${offer.paths ? `:${offer.paths}\n` : ''}`;
    await new Promise((resolve) => stdout.write(text, resolve));
  } catch {
    // no candidates
  }
  process.exit(0); // an engine that hangs would keep the process, and the user, for longer
}
