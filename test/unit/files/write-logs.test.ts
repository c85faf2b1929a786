import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLogs } from '../../../src/files/write-logs.ts';

const logs = [{ node: 'master', lines: ['ready'] }];
let place = '';

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'rmsx-logs-'));
});

afterEach(() => rm(place, { recursive: true, force: true }));

test.each<[string, (directory: string) => Promise<unknown>, string]>([
  [
    'a link',
    async (directory) => {
      await mkdir(directory);
      await symlink('/dev/null', join(directory, 'master.log'));
    },
    'Move it away, or name another directory: --export DIR',
  ],
  [
    'a file in the place of the directory',
    (directory) => writeFile(directory, ''),
    'A file is in the place of a directory on the way there. Name another place: --export DIR',
  ],
])('what stops an export must name the flag of logs: %s', async (_, prepare, hint) => {
  const directory = join(place, 'logs');
  await prepare(directory);
  await expect(writeLogs(directory, 'demo', logs)).rejects.toMatchObject({ hint });
});

test('an export of another cluster must stay, unless it may be replaced, and what is no export must stay', async () => {
  const file = join(place, 'master.log');
  await writeLogs(place, 'demo', logs);
  await expect(writeLogs(place, 'other', logs)).rejects.toMatchObject({ code: 'conflict' });
  await writeLogs(place, 'other', logs, true);
  expect(await readFile(file, 'utf8')).toBe('# The log of master of other, exported by rmsx.\nready\n');
  await writeFile(file, 'mine');
  await expect(writeLogs(place, 'other', logs, true)).rejects.toMatchObject({ code: 'conflict' });
});
