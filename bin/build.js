#!/usr/bin/env node
// Builds dist: JavaScript in a few files, which load quickly and pack small, and the types of what people can import.
// `npm run build -- --readable` keeps it as it is written. Why so: docs/decisions/036-package.md
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const { exports, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What can be imported, and the command line: dist/index.js -> index */
const entries = Object.values(exports)
  .flatMap((entry) => entry.default ?? [])
  .concat('./dist/cli/main.js')
  .map((path) => relative('dist', path).replace(/\.js$/, ''));

/** Every module: id -> what it imports without waiting. */
const imports = new Map();
const isOurs = (id) => id.startsWith(join(root, 'src'));

/** Whether a module may load with everything else: nothing that it needs at once is of another package, or a test runner. */
function isLight(id, seen = new Set()) {
  if (!isOurs(id)) return id.startsWith('node:') && id !== 'node:test';
  if (seen.has(id)) return true;
  seen.add(id);
  return imports.get(id).every((each) => isLight(each, seen));
}

/** What the command line needs for an answer like --version. */
function neededAtOnce(id, found = new Set()) {
  if (!isOurs(id) || found.has(id)) return found;
  found.add(id);
  for (const each of imports.get(id)) neededAtOnce(each, found);
  return found;
}

/** Parts of dockerode that rmsx never calls, and that would bring gRPC, ssh2 (which compiles while it is installed) and more along. */
const unused = /\/(docker-modem\/lib\/ssh|dockerode\/lib\/(session|buildkit))\.js$/;
const unusedPackages = ['tar-fs', '@balena/dockerignore'];

/** What of other packages is in dist: its licence is, too. */
const included = ['dockerode', 'docker-modem', 'split-ca'];

/** dockerode as far as rmsx uses it. */
const dockerode = {
  name: 'dockerode',
  resolveId: (id) => (unusedPackages.includes(id) || id === 'debug' ? `\0${id}` : null),
  load: (id) => {
    if (id === '\0debug') return 'module.exports = () => () => undefined;'; // it would print what is sent
    if (id.startsWith('\0') || unused.test(id)) return 'module.exports = () => { throw new Error("not in rmsx"); };';
    if (!id.endsWith('/engine/load-dockerode.ts')) return null;
    return "import Docker from 'dockerode'; export const loadDockerode = () => Docker;";
  },
};

async function bundle(isReadable) {
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    input: Object.fromEntries(entries.map((entry) => [entry, join(root, 'src', `${entry}.ts`)])),
    external: (id) => !/^[./\0]/.test(id) && !included.includes(id) && !unusedPackages.includes(id) && id !== 'debug',
    transform: { target: 'node20.19' }, // that of engines: it does not know `await using`
    plugins: [dockerode, { name: 'imports', moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds) }],
    onLog: () => undefined, // what is imported both at once and later is meant to be
  });
  let first;
  const { output } = await build.write({
    dir: dist,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js', // as deep as src/files: templates and package.json are two levels up
    minify: isReadable ? false : { compress: true, mangle: { keepNames: true }, codegen: true },
    comments: isReadable ? true : { legal: true, annotation: false, jsdoc: false },
    codeSplitting: {
      groups: [
        {
          name: 'first',
          priority: 2,
          test: (id) => {
            first ??= neededAtOnce(join(root, 'src/cli/main.ts'));
            return first.has(id);
          },
        },
        { name: 'core', priority: 1, test: (id) => isOurs(id) && isLight(id) },
      ],
    },
  });
  await build.close();
  const needed = new Set(output.flatMap((chunk) => [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]));
  const known = (id) =>
    id.startsWith('node:') || id.endsWith('.js') || Object.hasOwn(dependencies, id.replace(/\/.*/, ''));
  const unknown = [...needed].filter((id) => !known(id));
  if (unknown.length > 0) throw new Error(`dist needs what the package does not depend on: ${unknown.join(', ')}`);
  return output.map(({ fileName }) => join(dist, fileName));
}

/** The types of a module, and of all that it names. */
function typesFrom(file, found = new Set()) {
  if (found.has(file) || !existsSync(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)\.[jt]s'/g)) {
    typesFrom(join(dirname(file), `${path}.d.ts`), found);
  }
  return found;
}

function removeAllBut(wanted, directory = dist) {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) removeAllBut(wanted, path);
    else if (!wanted.has(path)) rmSync(path);
  }
  if (readdirSync(directory).length === 0) rmSync(directory, { recursive: true });
}

const tsc = join(root, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
const written = await bundle(process.argv.includes('--readable'));
const types = entries.filter((entry) => entry !== 'cli/main').map((entry) => join(dist, `${entry}.d.ts`));
mkdirSync(join(dist, 'licenses'), { recursive: true });
for (const name of included) {
  const file = join(dist, 'licenses', `${name}.txt`);
  const [license = 'package.json'] = readdirSync(join(root, 'node_modules', name)).filter((each) =>
    /^license/i.test(each),
  );
  copyFileSync(join(root, 'node_modules', name, license), file);
  written.push(file);
}
removeAllBut(new Set([...written, ...types.flatMap((file) => [...typesFrom(file)])]));
