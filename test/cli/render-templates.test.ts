import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contents, documentOf } from '../helpers/rendered-files.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';

let work = '';
let out = '';

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'rmsx-templates-'));
  out = join(work, 'demo');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const render = (...flags: readonly string[]): Promise<Run> => runRmsx(['render', '--out', out, '-n', 'demo', ...flags]);

describe('--templates', () => {
  const templates = (): string => join(work, 'templates');

  test('must take what is there, and the rest from the package', async () => {
    mkdirSync(templates());
    writeFileSync(join(templates(), 'cluster-readme.md'), 'mine: {{name}}\n');
    documentOf(await render('--templates', templates(), '--json'));
    const { 'README.md': readme, 'compose.yaml': compose } = contents(out);
    expect([readme, compose?.split('\n')[0]]).toEqual(['mine: demo\n', expect.stringContaining('rendered by rmsx')]);
  });

  test('must name file and line of what a template may not name, and write nothing', async () => {
    mkdirSync(templates());
    const path = join(templates(), 'redis.conf');
    const packaged = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
    writeFileSync(path, `# mine\nport {{prot}}\n${packaged}`);
    const { code, stderr } = await render('--templates', templates());
    expect([code, stderr.split('\n').slice(0, 3), readdirSync(work)]).toEqual([
      2,
      [
        `rmsx: The template ${path} cannot be rendered.`,
        `  - ${path}:2: unknown placeholder {{prot}}`,
        expect.stringMatching(/^hint: It may name: .*\bport\b/),
      ],
      ['templates'],
    ]);
  });

  test('must be a directory with a template in it', async () => {
    const missing = await render('--templates', templates());
    expect([missing.code, missing.stderr.split('\n')[0]]).toEqual([
      2,
      `rmsx: --templates: there is no directory ${templates()}.`,
    ]);
    mkdirSync(templates());
    const empty = await render('--templates', templates());
    expect([empty.code, empty.stderr.split('\n')[0]]).toEqual([
      2,
      `rmsx: --templates: ${templates()} has no template in it: none of redis.conf, compose.yaml, cluster-readme.md.`,
    ]);
  });

  test('must be files, as a pipe could be waited for without an end', async () => {
    mkdirSync(templates());
    execFileSync('mkfifo', [join(templates(), 'redis.conf')]);
    const { code, stderr } = await render('--templates', templates());
    const file = join(templates(), 'redis.conf');
    expect([code, stderr]).toEqual([
      1,
      `rmsx: The template ${file} cannot be read: it is no file.\nhint: Check with: ls -ld ${file}\n`,
    ]);
  });

  test('may be written on Windows: what is rendered has no byte order mark and no carriage return', async () => {
    mkdirSync(templates());
    for (const name of ['redis.conf', 'compose.yaml']) {
      const packaged = readFileSync(new URL(`../../templates/${name}`, import.meta.url), 'utf8');
      writeFileSync(join(templates(), name), `\uFEFF${packaged.replaceAll('\n', '\r\n')}`);
    }
    documentOf(await render('--templates', templates(), '--json'));
    for (const text of Object.values(contents(out))) expect(text).not.toMatch(/\r|\uFEFF/);
  });
});
