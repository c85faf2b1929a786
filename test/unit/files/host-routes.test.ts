import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHostRoutes } from '../../../src/files/host-routes.ts';

test('the table of a host must be read from where it is', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rmsx-routes-'));
  const path = join(directory, 'route');
  writeFileSync(path, 'Iface Destination Gateway Flags\ntun0 000013AC 00000000 0001 0 0 0 0000FFFF 0 0 0\n');
  try {
    expect(await readHostRoutes(path)).toEqual([{ device: 'tun0', to: '172.19.0.0/16' }]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a host without such a table must not pass for one without routes', async () => {
  expect(await readHostRoutes('/nonexistent/route')).toBeNull();
});
