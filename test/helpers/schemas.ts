import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { commands } from '../../src/cli/commands/index.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });

/** The documents that have a schema in docs/schemas/. */
export type SchemaName =
  | 'status'
  | 'topology'
  | 'up'
  | 'plan'
  | 'down'
  | 'promote'
  | 'switchover'
  | 'rejoin'
  | 'repair'
  | 'url'
  | 'env'
  | 'ls'
  | 'doctor'
  | 'change'
  | 'init'
  | 'rmsx-file'
  | 'render'
  | 'lifecycle'
  | 'fault'
  | 'gc'
  | 'logs'
  | 'verify'
  | 'error';

/** @throws Error that lists everything in which a document differs from its schema */
export function assertValid(name: SchemaName, document: unknown): void {
  const id = `rmsx/schemas/${name}.schema.json`;
  const validate =
    ajv.getSchema(id) ??
    ajv.compile(JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8')));
  if (!validate(document)) throw new Error(`not a ${name} document: ${ajv.errorsText(validate.errors)}`);
}

/** A run whose stdout is read. */
interface Printed {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null where a signal ended it: what it prints may end anywhere. */
  readonly code: number | null;
  readonly stdout: string;
}

/** @throws Error where a run was asked for JSON, and what it printed is no document that its schema allows */
export function assertPrinted({ args, env, code, stdout }: Printed): void {
  const wantsHelp = args.some((arg) => ['--help', '-h', '--version', 'help', 'version'].includes(arg));
  if (code === null || stdout === '' || wantsHelp || !wantsJson(args, env)) return;
  assertValid(schemaFor(args, code), JSON.parse(stdout));
}

function wantsJson(args: readonly string[], env: Printed['env']): boolean {
  const format =
    args.find((_, index) => args[index - 1] === '--format') ??
    args.find((arg) => arg.startsWith('--format='))?.slice('--format='.length) ??
    env.RMSX_FORMAT;
  return args.includes('--json') || args.includes('--json=true') || env.RMSX_JSON === '1' || format === 'json';
}

/** @returns the schema of what a command line prints; the verb may stand behind common flags */
export function schemaFor(args: readonly string[], code: number | null): SchemaName {
  const verb = args.find((arg) => commands.some(({ name }) => name === arg)) ?? '';
  const failed =
    code !== 0 &&
    !((verb === 'status' || verb === 'verify') && code === 3) &&
    !((verb === 'promote' || verb === 'switchover') && code === 8) &&
    !(verb === 'repair' && (code === 3 || code === 8)) &&
    !(verb === 'doctor' && (code === 3 || code === 6));
  if (failed) return 'error';
  if (['start', 'stop', 'restart'].includes(verb)) return 'lifecycle';
  const changes = ['scale', 'add', 'remove', 'move'].includes(verb);
  if ((verb === 'up' || changes) && args.includes('--dry-run')) return 'plan';
  return changes ? 'change' : (verb as SchemaName);
}
