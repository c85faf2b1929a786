import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from './run-rmsx.ts';
import { assertValid } from './schemas.ts';

/** What `rmsx render --json` prints. */
export interface RenderDocument {
  readonly password: string;
  readonly changed: boolean;
  readonly files: readonly { readonly path: string; readonly mode: number | null; readonly state: string }[];
}

/** The document of a run that must succeed; it must match its schema. */
export function documentOf({ code, stdout, stderr }: Run): RenderDocument {
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`);
  const document = JSON.parse(stdout) as RenderDocument;
  assertValid('render', document);
  return document;
}

/** Every file below a directory: path -> content. */
export function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]));
}
