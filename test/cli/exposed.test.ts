import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runAgainst } from '../helpers/run-against.ts';
import { runRmsx } from '../helpers/run-rmsx.ts';

const warning = 'warning: The ports are published on 0.0.0.0: everybody who reaches this host there can connect';
const short = { RMSX_PASSWORD: 'top-secret-7' };
const up = ['up', '--dry-run', '--bind', '0.0.0.0'];

describe('ports that others reach', () => {
  test('must be warned of before anything is made', async () => {
    const { code, stderr, writes } = await runAgainst({ images: ['redis:8.0'] }, up);
    expect([code, stderr, writes]).toEqual([0, expect.stringContaining(warning), []]);
  });

  test('must be refused with a short password, which is not shown', async () => {
    const dry = await runAgainst({ images: ['redis:8.0'] }, up, short);
    const real = await runAgainst({ images: ['redis:8.0'] }, ['up', '--bind', '0.0.0.0'], short);
    for (const { code, stdout, stderr, writes } of [dry, real]) {
      expect([code, stdout, writes]).toEqual([7, '', []]);
      expect(stderr).toContain('the password of 12 characters');
      expect(stderr).not.toContain('top-secret');
    }
  });

  test('must be warned of, or refused with a short password, by render as well', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'rmsx-exposed-'));
    try {
      const refused = await runRmsx(['render', '--bind', '0.0.0.0'], { cwd, env: short });
      expect([refused.code, readdirSync(cwd)]).toEqual([7, []]);
      const { code, stderr } = await runRmsx(['render', '--bind', '0.0.0.0'], { cwd });
      expect([code, stderr]).toEqual([0, expect.stringContaining(warning)]);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});
