import { limitedClasses } from '../domain/merge-directives.ts';
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
  if (!setting) return undefined;
  if (setting.kind === 'buffer-limit') return limitsProblem(lines);
  const [text = '', ...more] = lines;
  if (more.length > 0) return 'it may stand there once';
  return isSound(setting, text) ? undefined : `${text} is not ${expected(setting)}`;
}

const classes: readonly string[] = ['normal', 'replica', 'pubsub'];

/** Of a class that is there twice, the servers would take the last one and say nothing. */
function limitsProblem(lines: readonly string[]): string | undefined {
  const wrong = lines.find((line) => !areLimits(line));
  if (wrong !== undefined)
    return `${wrong} is not a class (${classes.join(', ')}), two sizes and seconds, such as replica 256mb 64mb 60`;
  const named = limitedClasses(lines);
  const twice = named.find((name, i) => named.indexOf(name) < i);
  return twice === undefined ? undefined : `the class ${twice} may stand there once`;
}

/** A line may have several, each of a class, the hard limit, the soft one, and for how many seconds that may be passed. */
function areLimits(line: string): boolean {
  const isClass = limitedClasses([line]).every((name) => classes.includes(name));
  const words = line.split(' ');
  const takes = [() => true, isSize, isSize, (text: string) => /^\d{1,9}$/.test(text)];
  return isClass && words.length % takes.length === 0 && words.every((word, i) => takes[i % takes.length]?.(word));
}

const isSize = (text: string): boolean => parseBytes(text) !== undefined;

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
