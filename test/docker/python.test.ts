import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Folder } from '../helpers/packed.ts';
import { objectsOf } from './support/cluster.ts';

const bin = fileURLToPath(new URL('../../bin/rmsx.js', import.meta.url));

test('with rmsx run alone, an application in Python must lose no visit that counted', async () => {
  await using folder = new Folder();
  folder.copy('python');
  const args = [bin, 'run', '--isolated', '--replicas', '2', '--', 'python3', '-m', 'unittest'];
  const { code, output } = await folder.run(process.execPath, args, { RMSX: `${process.execPath} ${bin}` });
  expect([code, output]).toEqual([0, expect.stringMatching(/Ran 1 test in [\d.]+s\n\nOK\n/)]);
  const [, name = ''] = /removed (rmsx-\w+)/.exec(output) ?? [];
  expect(name).not.toBe('');
  expect(await objectsOf(name)).toEqual([]);
});
