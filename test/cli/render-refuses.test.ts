import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contents, documentOf } from '../helpers/rendered-files.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';

let work = '';
let out = '';

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'rmsx-refuses-'));
  out = join(work, 'demo');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const render = (...flags: readonly string[]): Promise<Run> => runRmsx(['render', '--out', out, '-n', 'demo', ...flags]);

test('another persistence must be refused with 7: servers would start empty beside their data; --force does it', async () => {
  documentOf(await render('--json'));
  const before = contents(out);
  const { code, stderr } = await render('--ephemeral');
  expect([code, stderr]).toEqual([7, expect.stringContaining('which servers with persistence none do not read')]);
  expect(contents(out)).toEqual(before);
  documentOf(await render('--ephemeral', '--force', '--json'));
  expect(contents(out)['nodes/master/redis.conf']).toContain('appendonly no');
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
    'rmsx: /proc/rmsx/demo cannot be read or written (ENOENT).\nhint: Name another directory: --out DIR\n',
  ]);
});
