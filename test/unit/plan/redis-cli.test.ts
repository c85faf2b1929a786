import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Output } from '../../../src/domain/exec.ts';
import { Greeting, redisCliCommand } from '../../../src/plan/redis-cli.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rmsx-cli-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the command where a program of that name shows what it got. */
function run(name: string, input: string, args: readonly string[]): string {
  const place = mkdtempSync(join(directory, 'bin-'));
  const show = '#!/bin/sh\nprintf "%s|" "$REDISCLI_AUTH" "$@"\ncat\n';
  writeFileSync(join(place, name), show, { mode: 0o755 });
  const [shell = '', ...rest] = redisCliCommand(6380, args);
  try {
    return execFileSync(`/bin/${shell}`, rest, { input, env: { PATH: `${place}:/bin:/usr/bin` } }).toString();
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout);
  }
}

test.each(['redis-cli', 'valkey-cli'])(
  '%s must get password, arguments and the rest of the input as they are',
  (name) => {
    const password = ` p'"\\ $HOME \u00e4 `;
    const said = run(name, `${password}\na\n\0b`, ['-n', '3', 'SET', "k'", '$(id)', '']);
    expect(said.replace(/^rmsx \d+\n/, '')).toBe(`rmsx begun\n${password}|-p|6380|-n|3|SET|k'|$(id)||a\n\0b`);
  },
);

test('an image without redis-cli must be told', () => {
  const greeting = new Greeting();
  greeting.take({ from: 'stdout', bytes: Buffer.from(run('other', 'secret\n', [])) });
  expect([greeting.isMissing, greeting.hasBegun]).toEqual([true, false]);
});

const text = (written: readonly Output[]): string => Buffer.concat(written.map(({ bytes }) => bytes)).toString();

test('what comes before redis-cli must not be shown, and what comes from it be shown as it is', () => {
  const said = Buffer.from('stty: odd\r\nrmsx 17\r\nsecret\r\nrmsx begun\r\nrmsx 18\nOK');
  for (let size = 1; size <= said.length; size += 1) {
    const greeting = new Greeting();
    let shown = '';
    for (let i = 0; i < said.length; i += size) {
      const piece = said.subarray(i, i + size);
      shown += greeting.hasBegun ? piece : text(greeting.take({ from: 'stdout', bytes: piece }));
    }
    expect([shown, greeting.processId]).toEqual(['rmsx 18\nOK', 17]);
  }
});
