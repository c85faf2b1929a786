import type { Command, OptionSpecs } from './command.ts';
import { commonOptions } from './options.ts';

/** Text for roff: a dash is one that can be copied, and no line is taken for a request. */
const toRoff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^([.'])/gm, '\\&$1');

/**
 * The manual page, from the descriptions that the help text prints.
 * @param verbs - every command, in the order of the help text
 * @returns roff with the macros of man(7)
 */
export function manPage(verbs: readonly Command[]): string {
  return [
    '.TH RMSX 1 "" rmsx "User Commands"',
    '.SH NAME',
    'rmsx \\- Redis master/replica topologies in Docker',
    '.SH SYNOPSIS',
    '.B rmsx',
    '.I VERB',
    '.RI [ FLAGS ]',
    '.SH VERBS',
    ...verbs.flatMap(verbSection),
    '.SH "COMMON FLAGS"',
    ...flagLines(commonOptions),
    '.SH ENVIRONMENT',
    'Every flag can be given as RMSX_<FLAG>.',
    '.SH "EXIT STATUS"',
    ...exitCodes.flatMap(([code, text]) => ['.TP', `.B ${code}`, toRoff(text)]),
    '',
  ].join('\n');
}

const exitCodes = [
  ['0', 'done, healthy, or nothing to do'],
  ['1', 'the operation failed and says why'],
  ['2', 'wrong usage or invalid specification'],
  ['3', 'degraded: status and verify found something wrong'],
  ['4', 'no such cluster or node'],
  ['5', 'conflict: subnet, port, name, a foreign object, or another rmsx at work'],
  ['6', 'the Docker engine cannot be reached, or refuses us'],
  ['7', 'refused as unsafe, nothing changed'],
  ['8', 'the new master is in place, but not everything follows it'],
  ['9', 'the image is not there'],
  ['70', 'a bug in rmsx'],
  ['124', 'out of time'],
  ['130, 143', 'interrupted, terminated'],
] as const;

function verbSection({ name, positionals, describe, examples, options }: Command): readonly string[] {
  return [
    `.SS "${toRoff(['rmsx', name, positionals].filter(Boolean).join(' '))}"`,
    ...examples.flatMap(([line, text]) => ['.TP', `.B "${toRoff(line).replaceAll('"', '\\(dq')}"`, toRoff(text)]),
    '.PP',
    toRoff(describe),
    ...flagLines(options),
  ];
}

function flagLines(options: OptionSpecs): readonly string[] {
  return Object.entries(options).flatMap(([name, { alias, describe, otherwise, environmentOnly }]) =>
    environmentOnly
      ? []
      : [
          '.TP',
          `.B "${toRoff(`${alias ? `-${alias}, ` : ''}--${name}`)}"`,
          toRoff(`${describe}${otherwise ? ` (default: ${otherwise})` : ''}`),
        ],
  );
}
