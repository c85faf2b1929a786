import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseRmsxFile } from '../../../src/config/rmsx-file/rmsx-file.ts';
import { readRmsxFile } from '../../../src/files/rmsx-file.ts';

const never = new AbortController().signal;
let directory = '';
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'rmsx-file-')));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('reading rmsx.yaml', () => {
  test('must give nothing where no file is named and none is there', async () => {
    expect(await readRmsxFile(undefined, never, directory)).toBeUndefined();
  });

  test('must take rmsx.yaml where none is named', async () => {
    writeFileSync(join(directory, 'rmsx.yaml'), 'a: é');
    expect(await readRmsxFile(undefined, never, directory)).toEqual({ text: 'a: é', fileName: 'rmsx.yaml', directory });
  });

  test('must call a file as it is named, and know where it is', async () => {
    mkdirSync(join(directory, 'conf'));
    writeFileSync(join(directory, 'conf/my.yaml'), '');
    const there = { text: '', fileName: 'conf/my.yaml', directory: join(directory, 'conf') };
    expect(await readRmsxFile('conf/my.yaml', never, directory)).toEqual(there);
  });

  test('must refuse a file that is named and not there, and a directory', async () => {
    await expect(readRmsxFile('x.yaml', never, directory)).rejects.toMatchObject({
      code: 'bad-usage',
      message: '--file: x.yaml cannot be read (ENOENT).',
      hint: 'Write one with: rmsx init --out x.yaml',
    });
    mkdirSync(join(directory, 'rmsx.yaml'));
    await expect(readRmsxFile(undefined, never, directory)).rejects.toMatchObject({
      code: 'bad-usage',
      message: 'rmsx.yaml cannot be read (EISDIR).',
    });
  });

  test('must not read for ever', async () => {
    const { text = '' } = (await readRmsxFile('/dev/zero', never)) ?? {};
    expect(text.length).toBeLessThan(2 ** 22);
    expect(parseRmsxFile(text, 'f').problems).toEqual(['f:1: a NUL byte; save the file as UTF-8']);
  });
});
