import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Run, runRmsx, runWithoutRights } from '../helpers/run-rmsx.ts';

let work = '';
let out = '';

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'rmsx-refuses-'));
  out = join(work, 'demo');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const render = (...flags: readonly string[]): Promise<Run> => runRmsx(['render', '--out', out, '-n', 'demo', ...flags]);

test.each<[string, readonly string[], Record<string, string>]>([
  ['--out', ['--out', '-'], {}],
  ['RMSX_OUT', [], { RMSX_OUT: '-' }],
])('%s - must be refused: what is rendered is a directory with secrets, and no text', async (flag, args, env) => {
  const { code, stdout, stderr } = await runRmsx(['render', ...args], { cwd: work, env });
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    `rmsx: ${flag}: - would be standard output, and render writes a directory: name one\nhint: rmsx render --help\n`,
  ]);
  expect(readdirSync(work)).toEqual([]);
});

test.each(['compose.yaml', 'nodes/master/redis.conf'])(
  'must be told, with --force too, where a directory is in the place of %s, and nothing be touched',
  async (path) => {
    mkdirSync(join(out, path, 'inside'), { recursive: true });
    for (const force of [[], ['--force']]) {
      const { code, stderr } = await render(...force);
      expect([code, stderr.split('\n')[0]]).toEqual([5, `rmsx: ${out}/${path} is not a file.`]);
    }
    expect(readdirSync(join(out, path))).toEqual(['inside']);
    expect(readdirSync(out)).toEqual([path.split('/')[0]]);
  },
);

test('a directory that cannot be made must be told, also below /proc, where nothing can be', async () => {
  const { code, stderr } = await runRmsx(['render', '--out', '/proc/rmsx/demo']);
  expect([code, stderr]).toEqual([
    1,
    'rmsx: /proc/rmsx/demo cannot be read or written (ENOENT).\nhint: Name another place: --out DIR\n',
  ]);
});

test('a file in the place of the directory must be wrong usage, exit 2, and stay as it is', async () => {
  writeFileSync(out, 'mine');
  const { code, stderr } = await render('--force');
  expect([code, stderr]).toEqual([
    2,
    `rmsx: --out: ${out} is not a directory, and render writes one.\nhint: Name another place: --out DIR\n`,
  ]);
  expect(readFileSync(out, 'utf8')).toBe('mine');
});

test('a file on the way to the directory must be told, with what to do', async () => {
  writeFileSync(join(work, 'file'), '');
  const { code, stderr } = await runRmsx(['render', '--out', join(work, 'file/demo')]);
  expect([code, stderr]).toEqual([
    1,
    `rmsx: ${work}/file/demo/nodes cannot be read or written (ENOTDIR).\nhint: A file is in the place of a directory on the way there. Name another place: --out DIR\n`,
  ]);
});

test('a directory that must not be written to must be told, with where to look', async () => {
  chmodSync(work, 0o555);
  const { code, stderr } = await runWithoutRights(['render', '--out', join(out, 'deep')]);
  chmodSync(work, 0o755);
  expect([code, stderr]).toEqual([
    1,
    `rmsx: ${out}/deep cannot be read or written (EACCES).\nhint: See who may: ls -ld ${work}   or name another place: --out DIR\n`,
  ]);
  expect(readdirSync(work)).toEqual([]);
});
