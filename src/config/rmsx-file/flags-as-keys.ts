import { lettersOf } from '../nearest.ts';
import type { Advice } from './readers.ts';

/** Flags of `up` whose key is called otherwise, by their letters; and a word that other tools have. */
const keyOf: Readonly<Record<string, string>> = {
  allowcommand: 'disabledCommands',
  baseport: 'ports.base',
  ephemeral: 'persistence: none',
  set: 'redis',
  slaves: 'replicas',
  tz: 'timezone',
};

/** Flags of `up` that say how one run goes, and not what a cluster is. */
const flagOnly: Readonly<Record<string, string>> = {
  dryrun: '--dry-run',
  isolated: '--isolated',
  pull: '--pull',
  retain: '--retain',
  wait: '--no-wait',
};

/** @returns the advice for the keys of the whole file, which also knows the words of the command line */
export const withFlags = ({ instead, otherwise }: Advice): Advice => ({
  instead: (key) => at(keyOf, key) ?? instead(key),
  otherwise: (key) => {
    const flag = at(flagOnly, key);
    return flag === undefined ? otherwise(key) : `it is a flag of rmsx up: ${flag}`;
  },
});

const at = (words: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(words, lettersOf(key)) ? words[lettersOf(key)] : undefined;
