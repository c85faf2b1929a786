import { canonicalDirective } from './directives.ts';

/** Directives that may stand in several lines of redis.conf, and why. Of any other one the last line alone would hold. */
const repeated: Readonly<Record<string, string>> = {
  save: 'each line is one more reason to write a snapshot',
  'client-output-buffer-limit': 'one line for each class of clients',
  user: 'one line for each user',
  loadmodule: 'one line for each module',
  include: 'one line for each file',
  'rename-command': 'one line for each command',
};

/** @returns whether a directive, by whatever name, may stand in several lines; so may one that no server is known to have */
export function mayRepeat(directive: string): boolean {
  const name = canonicalDirective(directive);
  return name === undefined || Object.hasOwn(repeated, name);
}
