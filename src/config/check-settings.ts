import { parseBytes } from './memory.ts';
import { evictionPolicies, type Setting, settingFor } from './settings.ts';

/** What the servers refuse to be less. */
const least: Readonly<Record<string, number>> = {
  'repl-ping-replica-period': 1,
  'repl-timeout': 1,
  'repl-backlog-size': 1,
};

/**
 * Checks the value of a directive that is one of the named settings, however it was given.
 * @param lines - what follows the directive, one element per line
 * @returns what is wrong, or undefined
 */
export function settingProblem(directive: string, lines: readonly string[]): string | undefined {
  const setting = settingFor(directive);
  if (!setting || setting.kind === 'buffer-limit') return undefined;
  const [text = '', ...more] = lines;
  if (more.length > 0) return 'it may stand there once';
  return isSound(setting, text) ? undefined : `${text} is not ${expected(setting)}`;
}

function isSound({ kind, directive }: Setting, text: string): boolean {
  const atLeast = (value: number | undefined): boolean => value !== undefined && value >= (least[directive] ?? 0);
  switch (kind) {
    case 'bytes':
      return atLeast(parseBytes(text));
    case 'seconds':
    case 'count':
      return /^\d{1,9}$/.test(text) && atLeast(Number(text));
    case 'boolean':
      return text === 'yes' || text === 'no';
    case 'policy':
      return evictionPolicies.includes(text);
    case 'buffer-limit':
      return true;
    default:
      return kind satisfies never;
  }
}

function expected({ kind, directive }: Setting): string {
  const from = least[directive] ?? 0;
  switch (kind) {
    case 'bytes':
      return 'a size, such as 16mb';
    case 'seconds':
      return `a number of seconds, ${from} or more`;
    case 'count':
      return `a number, ${from} or more`;
    case 'boolean':
      return 'yes or no';
    default:
      return `one of ${evictionPolicies.join(', ')}`;
  }
}
