import type { Command, OptionSpecs } from './command.ts';
import { exitCodeTexts } from './exit-code-texts.ts';
import { commonOptions } from './options.ts';

/** Text for roff: a dash is one that can be copied, and no line is taken for a request. */
const toRoff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^([.'])/gm, '\\&$1');

/** What the manual page belongs to. */
export interface Release {
  readonly version: string;
  /** `2026-12-01` */
  readonly date: string | null;
}

/**
 * The manual page, from the descriptions that the help text prints.
 * @param verbs - every command, in the order of the help text
 * @param release - the newest one; its date is null before it is out
 * @returns roff with the macros of man(7)
 */
export function manPage(verbs: readonly Command[], { version, date }: Release): string {
  return [
    `.TH RMSX 1 "${date ?? ''}" "rmsx ${version}" "User Commands"`,
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
    ...exitCodeTexts.flatMap(([codes, text]) => ['.TP', `.B "${codes}"`, toRoff(text.replaceAll('`', ''))]),
    '',
  ].join('\n');
}

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
