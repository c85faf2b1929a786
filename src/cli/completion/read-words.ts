import type { Command, OptionSpecs } from '../command.ts';
import type { LazyCommand } from '../commands/index.ts';
import { commonOptions, flagsWithValue } from '../options.ts';

/** A command line that is being written, as far as it is. */
export interface WrittenLine {
  /** What stands before the cursor in the word that is completed; of `--name=de` it is `de`. */
  readonly current: string;
  /** What stands before `current` in its word: `--name=`, or nothing. */
  readonly prefix: string;
  /** The flag whose value is completed, without dashes. */
  readonly flag: string | undefined;
  readonly verb: string | undefined;
  /** What stands behind the verb beside the flags, without the word that is completed. */
  readonly positionals: readonly string[];
  /** The values of flags that are given, by name. */
  readonly given: ReadonlyMap<string, string>;
  /** Whether the word belongs to another program. */
  readonly isPassedOn: boolean;
}

/** @returns the verb of a line, or undefined where it has none yet */
export const verbOf = (words: readonly string[]): string | undefined => readWords(words, undefined).verb;

/**
 * Reads a command line that is not finished.
 * @param words - what follows `rmsx`; the last one is completed, and may be empty
 * @param command - the command of its verb, for which flags take values
 * @param passesOn - see `LazyCommand`
 */
export function readWords(
  words: readonly string[],
  command: Command | undefined,
  passesOn?: LazyCommand['passesOn'],
): WrittenLine {
  const given = new Map<string, string>();
  const positionals: string[] = [];
  let verb: string | undefined;
  let flag: string | undefined;
  let isPassedOn = false;
  for (const word of words.slice(0, -1)) {
    if (isPassedOn) break;
    // Before the verb a flag is a common one, whatever the verb calls so.
    const options = verb === undefined ? commonOptions : { ...commonOptions, ...command?.options };
    if (flag !== undefined) {
      given.set(flag, word);
      flag = undefined;
    } else if (word === '--') isPassedOn = true;
    else if (word.startsWith('-')) flag = readFlag(word, options, given);
    else if (verb === undefined) verb = word;
    else {
      positionals.push(word);
      isPassedOn = passesOn === 'argument';
    }
  }
  const last = words.at(-1) ?? '';
  const [, name] = /^--([\w-]+)=/.exec(last) ?? [];
  if (flag !== undefined || name === undefined) {
    return { current: last, prefix: '', flag, verb, positionals, given, isPassedOn };
  }
  const prefix = `--${name}=`;
  return { current: last.slice(prefix.length), prefix, flag: name, verb, positionals, given, isPassedOn };
}

/** @returns the name of a flag whose value is the next word */
function readFlag(word: string, options: OptionSpecs, given: Map<string, string>): string | undefined {
  const [, name, value] = /^--([\w-]+)=(.*)$/s.exec(word) ?? [];
  if (name !== undefined) {
    given.set(name, value ?? '');
    return undefined;
  }
  if (!flagsWithValue(options).includes(word)) return undefined;
  const [found, spec] = Object.entries(options).find(([long, { alias }]) => isFlag(word, long, alias)) ?? [];
  return spec?.isValueOptional ? undefined : found;
}

const isFlag = (word: string, name: string, alias: string | undefined): boolean =>
  word === `--${name}` || (alias !== undefined && word === `-${alias}`);
