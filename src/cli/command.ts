import type { Arguments } from './arguments.ts';
import type { Context } from './context.ts';

/** A flag of a command. Every flag can be given as RMSX_<FLAG> too. */
export interface OptionSpec {
  /** `list`: separated by commas or repeated. `pairs`: name=value, repeated; in the environment one per line. */
  readonly type: 'string' | 'boolean' | 'list' | 'pairs';
  readonly describe: string;
  readonly alias?: string;
  /** What holds without it, for the help text only. */
  readonly otherwise?: string;
  /** A `string` that may stand without a value: `-w`, `-w 5`. @default false */
  readonly isValueOptional?: boolean;
  /** What completion offers: words, and `:cluster`, `:node`, `:files`, `:directories` for what is looked up then. */
  readonly values?: readonly string[];
  /** Only in the environment: the value must not be on a command line. */
  readonly environmentOnly?: boolean;
}

/** The flags of a command, by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A verb: options, and one call. */
export interface Command {
  readonly name: string;
  /** What follows the verb: `[NODE]`. */
  readonly positionals: string;
  readonly maxPositionals: number;
  /** What completion offers for each of them, as `OptionSpec.values`; the last holds for all that follow. @default nothing */
  readonly positionalValues?: readonly (readonly string[])[];
  readonly describe: string;
  readonly options: OptionSpecs;
  /** Whether rmsx.yaml means nothing to it: it has no --file then. @default false */
  readonly ignoresFile?: boolean;
  /** What --format may be besides table, json and yaml. It prints these by itself; the format of the context is table then. */
  readonly extraFormats?: readonly string[];
  /** Command lines that work as they are, with what they do. */
  readonly examples: readonly (readonly [string, string])[];
  /**
   * @param passedOn - what belongs to another program: see `LazyCommand`; what stands behind `--` is without it
   * @returns the exit code
   */
  run(args: Arguments, context: Context, passedOn: readonly string[]): Promise<number>;
}
