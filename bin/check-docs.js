#!/usr/bin/env node
// Says whether the reference in docs is what the comments of the exported names say: `npm run docs:api` writes it.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const typedoc = join(root, 'node_modules/typedoc/bin/typedoc');
const fresh = mkdtempSync(join(tmpdir(), 'rmsx-docs-'));
const run = promisify(execFile);

/** Writes one of the references beside the other. @returns the files that differ from those in docs */
async function staleFiles(options, out) {
  await run(process.execPath, [typedoc, '--options', options, '--out', join(fresh, out)], { cwd: root });
  const text = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null);
  const names = new Set([join(root, out), join(fresh, out)].flatMap((folder) => readdirSync(folder)));
  return [...names]
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(out, name))
    .filter((path) => text(join(root, path)) !== text(join(fresh, path)));
}

try {
  const stale = [
    ...(await staleFiles('typedoc.json', 'docs')),
    ...(await staleFiles('typedoc.testing.json', 'docs/test-runners')),
  ];
  if (stale.length > 0) {
    process.stderr.write(`not what the comments in src say: ${stale.join(', ')}\nwrite them anew: npm run docs:api\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
