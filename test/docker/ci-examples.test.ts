import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Folder, type Ran } from '../helpers/packed.ts';
import { objectsOf } from './support/cluster.ts';

const bin = fileURLToPath(new URL('../../bin/rmsx.js', import.meta.url));
const example = (name: string): string => readFileSync(new URL(`../../examples/ci/${name}`, import.meta.url), 'utf8');

/** The checkout of a job, for both of them: what the first one caches is there for the second. */
const folder = new Folder();
const bins = join(folder.path, 'bin');

/** What CI has, and a registry that nobody may ask. */
const stubs: Readonly<Record<string, string>> = {
  npx: `shift; exec "${process.execPath}" "${bin}" "$@"`,
  npm: `echo "npm $*" >> npm.log; [ "$1" = ci ] || { echo "$RMSX_NAME" > name; exec node -e '${pingAll()}'; }`,
  docker: `[ "$1" != pull ] || { echo 'the registry was asked' >&2; exit 99; }; exec "$(which -a docker | sed -n 2p)" "$@"`,
  'apt-get': `echo 'apt-get was called' >&2; exit 99`,
};

/** The tests of the job: every node that the environment names answers. */
function pingAll(): string {
  return [
    'const { connect } = require("node:net");',
    'for (const url of [process.env.REDIS_URL, ...process.env.REDIS_REPLICA_URLS.split(",")]) {',
    'const { hostname, port, password } = new URL(url);',
    'const socket = connect(Number(port), hostname, () => socket.write("AUTH " + decodeURIComponent(password) + "\\r\\nPING\\r\\n"));',
    'socket.on("data", (data) => String(data).includes("PONG") && socket.end());',
    '}',
    'process.exitCode = Number(process.env.FAILS ?? 0);',
  ].join(' ');
}

beforeAll(() => {
  mkdirSync(bins);
  for (const [name, line] of Object.entries(stubs)) {
    writeFileSync(join(bins, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bins, name), 0o755);
  }
});

afterAll(() => folder[Symbol.asyncDispose]());

const bash = (script: string, env: Readonly<Record<string, string>>): Promise<Ran> =>
  folder.run('bash', ['-e', '-c', script], { ...env, PATH: [bins, process.env.PATH].join(delimiter) });

interface Step {
  readonly run?: string;
  readonly if?: string;
}

test('the steps for GitHub must save the image, give the cluster to later steps, keep the logs of a failure, and take all away', async () => {
  const { tests } = parse(example('github-actions.yml')).jobs;
  const file = join(folder.path, 'github-env');
  writeFileSync(file, '');
  const env: Record<string, string> = { ...tests.env, GITHUB_ENV: file, FAILS: '1' };
  const codes: [string, number | null][] = [];
  let hasFailed = false;
  for (const { run, if: condition } of tests.steps as Step[]) {
    if (!run || (hasFailed ? !condition : condition?.startsWith('failure()'))) continue;
    for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
      env[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    }
    if (condition) expect(env.RMSX_NAME).toMatch(/^rmsx-/);
    const { code, output } = await bash(run, env);
    codes.push([run.trim().split('\n').at(-1)?.replace(/ #.*/, '') ?? '', code]);
    if (code !== 0) hasFailed = true;
    expect(output).not.toContain('the registry was asked');
  }
  expect(codes).toEqual([
    ['npm ci', 0],
    ['[ -f "$IMAGE_FILE" ] || docker save --output "$IMAGE_FILE" "$RMSX_IMAGE"', 0],
    ['npx rmsx up --isolated --replicas 2 --pull never --format github >> "$GITHUB_ENV"', 0],
    ['npm test', 1],
    ['npx rmsx logs --export rmsx-logs', 0],
    ['npx rmsx down --volumes --yes', 0],
  ]);
  expect(folder.list('rmsx-logs')).toEqual(['master.log', 'slave-1.log', 'slave-2.log']);
  expect(statSync(join(folder.path, tests.env.IMAGE_FILE)).size).toBeGreaterThan(1_000_000);
  expect(await objectsOf(env.RMSX_NAME ?? '')).toEqual([]);
});

test('the lines for GitLab must load the image from the cache, run the tests with a cluster, and take it away', async () => {
  const { tests } = parse(example('gitlab-ci.yml'));
  const { RMSX_IMAGE, IMAGE_FILE } = tests.variables; // the engine is the one that is here
  expect(existsSync(join(folder.path, IMAGE_FILE))).toBe(true); // of the job before
  const lines = [...tests.before_script, ...tests.script];
  const { code, output } = await bash(lines.join('\n'), { RMSX_IMAGE, IMAGE_FILE });
  expect([code, output]).toEqual([0, expect.stringContaining('Loaded image: redis:8.0')]);
  const name = readFileSync(join(folder.path, 'name'), 'utf8').trim();
  expect(output).toContain(`removed ${name}`);
  expect(await objectsOf(name)).toEqual([]);
});
