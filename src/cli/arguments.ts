import { createRequire } from 'node:module';
import type YargsParser from 'yargs-parser';
import { nearest } from '../config/nearest.ts';
import { type Parsed, parseBoolean, parseChoice, parseDurationMs, parseInteger } from '../config/parse-flags.ts';
import { RmsxError } from '../domain/errors.ts';
import { inFileOrder } from '../domain/problem.ts';
import type { OptionSpecs } from './command.ts';
import { flagsWithValue } from './options.ts';

/** As one CommonJS file it loads faster than as five modules: docs/decisions/006. */
const yargsParser = createRequire(import.meta.url)('yargs-parser') as typeof YargsParser;

/** The flags of one command line, checked as they are read; all that is wrong is reported at once. */
export class Arguments {
  /** What stands beside the flags, the verb not included. */
  readonly positionals: readonly string[];
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #fromEnvironment: ReadonlySet<string>;
  readonly #problems: string[] = [];

  /**
   * @param argv - without the verb
   * @param env - RMSX_<FLAG> is what a flag is where it is not given
   */
  constructor(argv: readonly string[], options: OptionSpecs, env: NodeJS.ProcessEnv) {
    const names = Object.keys(options);
    const typed = (type: string): string[] => names.filter((name) => options[name]?.type === type);
    const parsed = yargsParser(joinDashValues(this.#spellOutSwitches(argv, options), options), {
      string: [...typed('string'), ...typed('list'), ...typed('pairs')],
      boolean: typed('boolean'),
      alias: Object.fromEntries(names.flatMap((name) => (options[name]?.alias ? [[name, [options[name].alias]]] : []))),
      configuration: {
        'camel-case-expansion': false,
        'strip-aliased': true,
        'dot-notation': false,
        'parse-numbers': false,
        'parse-positional-numbers': false,
      },
    });
    const { _: positionals, ...flags } = parsed;
    this.positionals = positionals.map(String);
    for (const name of Object.keys(flags)) this.#checkKnown(name, options);
    this.#fromEnvironment = new Set(
      names.filter((name) => !Object.hasOwn(flags, name) && env[variable(name)] !== undefined),
    );
    this.#values = new Map(names.map((name) => [name, this.#resolve(name, options, flags, env)]));
  }

  /** The parser takes every value of a switch but `true` for no: `--dry-run=yes` would be done for real. */
  #spellOutSwitches(argv: readonly string[], options: OptionSpecs): readonly string[] {
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
    return argv.map((arg, index) => {
      const [, name, text] = /^--([\w-]+)=(.*)$/s.exec(arg) ?? [];
      if (index > end || name === undefined || text === undefined || options[name]?.type !== 'boolean') return arg;
      return this.take(parseBoolean(`--${name}`, text)) === false ? `--no-${name}` : `--${name}`;
    });
  }

  #checkKnown(name: string, options: OptionSpecs): void {
    const spec = Object.hasOwn(options, name) ? options[name] : undefined;
    if (spec?.environmentOnly) {
      this.#problems.push(
        `--${name}: would show the value to everybody on this machine; use ${variable(name)} or --${name}-file`,
      );
    } else if (!spec) {
      const known = nearest(
        name,
        Object.keys(options).filter((other) => !options[other]?.environmentOnly),
      );
      const flag = name.length === 1 ? `-${name}` : `--${name}`;
      this.#problems.push(`${flag}: unknown flag${known ? `; did you mean --${known}?` : ''}`);
    }
  }

  #resolve(name: string, options: OptionSpecs, flags: Record<string, unknown>, env: NodeJS.ProcessEnv): unknown {
    const type = options[name]?.type;
    const given = flags[name];
    if (given === undefined) return fromEnvironment(this, name, type, env[variable(name)]);
    if (type === 'list' || type === 'pairs') {
      const texts = (Array.isArray(given) ? given : [given]).map((text) => (text ? String(text) : ''));
      const elements = type === 'list' ? texts.flatMap((text) => text.split(',')) : texts; // a pair may hold commas
      if (elements.includes('')) this.#problems.push(`--${name}: needs a value`);
      return elements;
    }
    if (Array.isArray(given)) {
      this.#problems.push(`--${name}: given ${given.length} times`);
      return given[0];
    }
    if (type === 'string' && options[name]?.isValueOptional === true) return given === false ? undefined : given;
    if (type === 'string' && (given === '' || typeof given === 'boolean'))
      this.#problems.push(`--${name}: needs a value`);
    return given;
  }

  /** Adds problems that were found elsewhere. */
  report(problems: readonly string[]): void {
    this.#problems.push(...problems);
  }

  /** @returns the text of a flag, or undefined where it is not given */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** @returns whether a flag is given, with a value or without */
  has(name: string): boolean {
    return this.#values.get(name) !== undefined && (this.#values.get(name) !== '' || !this.#fromEnvironment.has(name));
  }

  /** @returns the elements of a list, or undefined where it is not given */
  list(name: string): readonly string[] | undefined {
    return this.#values.get(name) as readonly string[] | undefined;
  }

  /** @returns whether a switch is on; undefined where it is not given */
  switch(name: string): boolean | undefined {
    return this.#values.get(name) as boolean | undefined;
  }

  integer(name: string): number | undefined {
    return this.#read(name, parseInteger);
  }

  durationMs(name: string): number | undefined {
    return this.#read(name, parseDurationMs);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.#read(name, (flag, text) => parseChoice(flag, text, choices));
  }

  /** @returns how the user gave a flag: `--name` or `RMSX_NAME` */
  nameOf(name: string): string {
    return this.#fromEnvironment.has(name) ? variable(name) : `--${name}`;
  }

  #read<T>(name: string, parse: (flag: string, text: string) => Parsed<T>): T | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : this.take(parse(this.nameOf(name), text));
  }

  /** @returns the value, or undefined after its problem is reported */
  take<T>(parsed: Parsed<T>): T | undefined {
    if ('value' in parsed) return parsed.value;
    if (!this.#problems.includes(parsed.problem)) this.#problems.push(parsed.problem);
    return undefined;
  }

  /** @throws RmsxError `bad-usage` with everything that is wrong */
  throwIfWrong(help: string): void {
    const problems = inFileOrder(this.#problems);
    const [first] = problems;
    if (first === undefined) return;
    if (problems.length === 1) throw new RmsxError('bad-usage', first, { hint: help });
    throw new RmsxError('bad-usage', `${problems.length} things are wrong.`, {
      problems,
      hint: help,
    });
  }
}

/** `--password-file -` and `--replicas -1`: the parser takes what begins with a dash for a flag. */
function joinDashValues(argv: readonly string[], options: OptionSpecs): string[] {
  const flags = flagsWithValue(options);
  const joined: string[] = [];
  for (const arg of argv) {
    const before = joined.at(-1) ?? '';
    if (/^-(\d.*)?$/.test(arg) && flags.includes(before)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

const variable = (name: string): string => `RMSX_${name.toUpperCase().replaceAll('-', '_')}`;

function fromEnvironment(args: Arguments, name: string, type: string | undefined, value: string | undefined): unknown {
  if (value === undefined) return undefined;
  if (type === 'list' || type === 'pairs') {
    return value === '' ? undefined : value.split(type === 'list' ? ',' : '\n').filter((element) => element !== '');
  }
  return type === 'boolean' ? args.take(parseBoolean(variable(name), value)) : value;
}
