import { expect, test } from 'vitest';
import { diskHint } from '../../../src/files/disk-hint.ts';

test.each([
  ['EACCES', '/no such place/a', "See who may: ls -ld '/no such place'   or name another place: --out DIR"],
  ['EPERM', undefined, 'See who may: ls -ld /gone/demo   or name another place: --out DIR'],
  ['EROFS', undefined, 'Nothing can be written there. Name another place: --out DIR'],
  ['ENOTDIR', undefined, 'A file is in the place of a directory on the way there. Name another place: --out DIR'],
  ['ENOENT', undefined, 'Make the directory: mkdir -p /gone/demo   or name another place: --out DIR'],
  ['ENOENT', '/gone', 'Name another place: --out DIR'],
  ['ENOSPC', undefined, 'Name another place: --out DIR'],
])('%s must tell what to do, also where the error is that of another path: %s', (code, path, hint) => {
  const error = Object.assign(new Error(code), { code, ...(path === undefined ? {} : { path }) });
  expect(diskHint(error, '/gone/demo/compose.yaml', '--out DIR')).toBe(hint);
});
