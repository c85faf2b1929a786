import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { Streams } from '../../../src/cli/output.ts';
import { createProgress } from '../../../src/cli/progress.ts';

// The spinner would clear infinitely many lines there, and no signal would be heeded meanwhile.
test.each([0, undefined])('a terminal that is %s columns wide must get lines, and no spinner', async (columns) => {
  const written: string[] = [];
  const stderr = { isTTY: true, columns, write: (text: string) => written.push(text) };
  const look = { quiet: false, verbose: false, colour: false };
  const progress = await createProgress({ stderr } as unknown as Streams, look);
  progress.begin('starting demo');
  progress.succeed('started demo');
  expect(written).toEqual(['… starting demo\n', '✓ started demo\n']);
});

test('the spinner must leave the terminal as it is: Ctrl-C is a signal, and what is typed is for the command', async () => {
  const setRawMode = vi.fn();
  const was = { isTTY: process.stdin.isTTY, setRawMode: process.stdin.setRawMode };
  Object.assign(process.stdin, { isTTY: true, setRawMode });
  try {
    const stderr = Object.assign(new PassThrough(), {
      isTTY: true,
      columns: 80,
      cursorTo() {},
      clearLine() {},
      moveCursor() {},
    });
    const look = { quiet: false, verbose: false, colour: false };
    const progress = await createProgress({ stderr } as unknown as Streams, look);
    progress.begin('starting demo');
    progress.succeed('started demo');
    expect(setRawMode).not.toHaveBeenCalled();
  } finally {
    Object.assign(process.stdin, was);
  }
});
