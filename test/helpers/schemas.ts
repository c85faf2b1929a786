import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });

/** The documents that have a schema in docs/schemas/. */
export type SchemaName =
  | 'status'
  | 'topology'
  | 'up'
  | 'plan'
  | 'down'
  | 'promote'
  | 'url'
  | 'env'
  | 'ls'
  | 'doctor'
  | 'change'
  | 'init'
  | 'rmsx-file'
  | 'render'
  | 'lifecycle'
  | 'gc'
  | 'logs'
  | 'error';

/** @throws Error that lists everything in which a document differs from its schema */
export function assertValid(name: SchemaName, document: unknown): void {
  const id = `rmsx/schemas/${name}.schema.json`;
  const validate =
    ajv.getSchema(id) ??
    ajv.compile(JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8')));
  if (!validate(document)) throw new Error(`not a ${name} document: ${ajv.errorsText(validate.errors)}`);
}

/** @returns the schema of what a command line prints */
export function schemaFor(args: readonly string[], code: number | null): SchemaName {
  const verb = args[0] ?? '';
  const failed =
    code !== 0 &&
    !(verb === 'status' && code === 3) &&
    !(verb === 'promote' && code === 8) &&
    !(verb === 'doctor' && (code === 3 || code === 6));
  if (failed) return 'error';
  if (['start', 'stop', 'restart'].includes(verb)) return 'lifecycle';
  const changes = ['scale', 'add', 'remove', 'move'].includes(verb);
  if ((verb === 'up' || changes) && args.includes('--dry-run')) return 'plan';
  return changes ? 'change' : (verb as SchemaName);
}
