import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from '../../../src/cli/confirm.ts';
import type { Context } from '../../../src/cli/context.ts';

interface Asked {
  readonly answer: boolean | unknown;
  readonly shown: string;
}

/** Asks on a terminal whose user types something. */
async function ask(typed: string | null, { yes = false, isTTY = true } = {}): Promise<Asked> {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const streams = { stdin, stderr, stdout: stderr } as unknown as Context['streams'];
  const answer = confirm('Remove demo?', { streams, yes } as Context).catch((error: unknown) => error);
  if (typed === null) stdin.end();
  else stdin.write(typed);
  return { answer: await answer, shown: String(stderr.read() ?? '') };
}

test.each([
  ['y\r', true],
  ['YES\r', true],
  [' yes \r', true],
  ['n\r', false],
  ['\r', false],
  ['yesterday\r', false],
])('the answer %j must be understood: %s', async (typed, expected) => {
  const { answer, shown } = await ask(typed);
  expect([answer, shown]).toEqual([expected, expect.stringContaining('Remove demo? [y/N] ')]);
});

test.each([
  ['Ctrl-D', '\u0004'],
  ['a terminal that is gone', null],
])('%s must mean no', async (_, typed) => {
  expect((await ask(typed)).answer).toBe(false);
});

test('Ctrl-C must interrupt, on a line of its own, and be no bug', async () => {
  const { answer, shown } = await ask('\u0003');
  expect(answer).toMatchObject({ code: 'interrupted', message: 'Stopped by SIGINT. Nothing was done.' });
  expect(shown).toMatch(/\n$/);
});

test('nobody must be asked where yes is given, or where there is no terminal', async () => {
  expect(await ask('n\r', { yes: true })).toEqual({ answer: true, shown: '' });
  expect(await ask('n\r', { isTTY: false })).toEqual({ answer: true, shown: '' });
});
