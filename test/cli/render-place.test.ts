import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contents, documentOf } from '../helpers/rendered-files.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';

const env = { RMSX_PASSWORD: 'top secret' };

let work = '';
let out = '';

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'rmsx-render-'));
  out = join(work, 'demo');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** Renders into `out`. */
const render = (...flags: readonly string[]): Promise<Run> =>
  runRmsx(['render', '--out', out, '-n', 'demo', ...flags], { env });

describe('a directory that holds a cluster', () => {
  const nameless = (...flags: readonly string[]): Promise<Run> =>
    runRmsx(['render', '--out', out, ...flags], { env, cwd: work });

  test('must keep its name where none is given', async () => {
    documentOf(await render('--base-port', '7000', '--subnet', '10.7.0.0/24', '--json'));
    const before = contents(out);
    expect([documentOf(await nameless('--json')).changed, contents(out)]).toEqual([false, before]);
    documentOf(await nameless('--replicas', '3', '--json'));
    expect(contents(out)['compose.yaml']).toMatch(/^name: "demo"$/m);
    expect(contents(out)['nodes/slave-3/role.conf']).toContain('replicaof 10.7.0.10 7000');
  });

  test.each<[string, readonly string[], Record<string, string>, string]>([
    ['a flag', ['-n', 'other'], {}, ''],
    ['the flag with the default', ['-n', 'redis-server'], {}, ''],
    ['the environment', [], { RMSX_NAME: 'other' }, ''],
    ['rmsx.yaml', [], {}, 'apiVersion: rmsx/v1\nname: other\n'],
  ])('must be refused for another name, from %s', async (_, flags, variables, file) => {
    documentOf(await render('--json'));
    const before = contents(out);
    if (file !== '') writeFileSync(join(work, 'rmsx.yaml'), file);
    const refused = await runRmsx(['render', '--out', out, ...flags], { env: { ...env, ...variables }, cwd: work });
    expect([refused.code, refused.stderr.replace('using ./rmsx.yaml\n', '')]).toEqual([
      5,
      `rmsx: ${out} holds the files of the cluster demo.\nhint: Render that one: -n demo   or render to another directory: --out DIR   or replace it: --force\n`,
    ]);
    expect(contents(out)).toEqual(before);
    documentOf(await nameless('-n', 'other', '--force', '--json'));
    expect(contents(out)['compose.yaml']).toMatch(/^name: "other"$/m);
  });
});

test('another persistence must be refused with 7: servers would start empty beside their data; --force does it', async () => {
  documentOf(await render('--json'));
  const before = contents(out);
  const { code, stderr } = await render('--ephemeral');
  expect([code, stderr]).toEqual([7, expect.stringContaining('which servers with persistence none do not read')]);
  expect(contents(out)).toEqual(before);
  documentOf(await render('--ephemeral', '--force', '--json'));
  expect(contents(out)['nodes/master/redis.conf']).toContain('appendonly no');
});

test('a manifest that names files elsewhere must not lead to them', async () => {
  await render();
  writeFileSync(join(work, 'victim'), 'x');
  const path = join(out, 'nodes/.manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, string> };
  manifest.files['../victim'] = createHash('sha256').update('x').digest('hex');
  writeFileSync(path, JSON.stringify(manifest));
  documentOf(await render('--json'));
  expect(readFileSync(join(work, 'victim'), 'utf8')).toBe('x');
});

describe('inside of a rendered directory, rmsx render', () => {
  const inside = (...flags: readonly string[]): Promise<Run> =>
    runRmsx(['render', ...flags, '--json'], { env, cwd: out });

  test('must render that directory again', async () => {
    documentOf(await render('--json'));
    const before = contents(out);
    expect([documentOf(await inside()).changed, contents(out)]).toEqual([false, before]);
    documentOf(await inside('-n', 'demo', '--replicas', '0'));
    expect(Object.keys(contents(out)).filter((path) => /slave|demo/.test(path))).toEqual([]);
  });

  test('must refuse another name, and render elsewhere where it is told to', async () => {
    documentOf(await render('--json'));
    const refused = await runRmsx(['render', '-n', 'other'], { env, cwd: out });
    expect([refused.code, refused.stderr.split('\n')[0]]).toEqual([
      5,
      'rmsx: This directory holds the files of the cluster demo.',
    ]);
    documentOf(await inside('-n', 'other', '--out', '../other'));
    expect(contents(join(work, 'other'))['compose.yaml']).toContain('name: "other"');
  });

  test('must take a directory for none that only looks like one', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'nodes'), '');
    documentOf(await inside('-n', 'other'));
    expect(contents(join(out, 'other'))['compose.yaml']).toContain('name: "other"');
  });
});

test('a file that names every node must take away what it no longer names, and nothing else', async () => {
  const file = (...nodes: readonly string[]): string =>
    ['apiVersion: rmsx/v1', 'topology: custom', 'nodes:', ...nodes.map((node) => `  ${node}`), ''].join('\n');
  const renderFile = (text: string): Promise<Run> =>
    runRmsx(['render', '-f', '-', '--out', out, '--json'], { env, stdin: text });
  documentOf(
    await renderFile(
      file('slave-1: { source: master }', 'slave-2: { source: slave-1 }', 'slave-3: { source: slave-2 }'),
    ),
  );
  documentOf(await renderFile(file('slave-1: { source: master }', 'slave-3: { source: slave-1 }')));
  const names = Object.keys(contents(out)).filter((path) => path.endsWith('role.conf'));
  expect(names.sort()).toEqual(['master', 'slave-1', 'slave-3'].map((node) => `nodes/${node}/role.conf`));
  expect(contents(out)['nodes/slave-3/role.conf']).toContain('replicaof 172.19.0.11 6380');
});
