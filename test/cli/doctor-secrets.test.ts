import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';

interface Finding {
  readonly code: string;
  readonly level: string;
  readonly message: string;
  readonly next: string | null;
}

let work = '';
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "rmsx-doctor's-"));
  expect((await runRmsx(['render', '-n', 'demo'], { cwd: work })).code).toBe(0);
  writeFileSync(join(work, 'rmsx.yaml'), 'apiVersion: rmsx/v1\nname: demo\npasswordFile: ./word\n');
  for (const name of ['word', 'other']) writeFileSync(join(work, name), 'top-secret-7', { mode: 0o600 });
});
afterAll(() => rmSync(work, { recursive: true }));

/** @returns what the doctor finds of secrets; there is no engine, which is none of their business */
async function see(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<readonly Finding[]> {
  const { code, stdout } = await runRmsx(['doctor', '-n', 'demo', '--json'], { env: { HOME: work, ...env }, cwd });
  const document = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  assertValid('doctor', document);
  expect(code).toBe(6);
  return document.findings.filter((own) => own.code === 'secrets');
}

test.each([
  { where: 'a rendered cluster', file: 'demo/nodes', mode: 0o755, good: 0o700 },
  {
    where: 'a rendered cluster, from inside of it',
    file: 'demo/nodes',
    mode: 0o710,
    good: 0o700,
    at: 'demo',
    told: 'nodes',
  },
  { where: 'the password file of rmsx.yaml', file: 'word', mode: 0o644, good: 0o600, told: 'WORK/word' },
  { where: 'that of the environment', file: 'other', mode: 0o640, good: 0o600, env: { RMSX_PASSWORD_FILE: 'other' } },
])('what holds the password must be told where it is open, and be closed by what is told: $where', async (place) => {
  const { file, mode, good, at = '', told = file, env = {} } = place;
  const [cwd, path] = [join(work, at), told.replace('WORK', work)];
  chmodSync(join(work, file), mode);
  const [open] = (await see(cwd, env)).filter(({ level }) => level !== 'ok');
  expect(open).toMatchObject({
    level: 'warning',
    message: `${path} holds the password, and is open to other users of this machine (mode ${mode.toString(8)}).`,
    next: expect.stringMatching(new RegExp(`^chmod ${good.toString(8)} `)),
  });
  execFileSync('sh', ['-c', open?.next ?? ''], { cwd });
  const closed = await see(cwd, env);
  expect(closed.map(({ level }) => level)).not.toContain('warning');
  expect(closed.map(({ message }) => message)).toContain(`${path} is closed to other users of this machine.`);
});

test('where nothing holds it, or a pipe does, there must be nothing to tell', async () => {
  expect(await see(tmpdir(), { RMSX_PASSWORD_FILE: '/dev/stdin' })).toEqual([]);
});
