import { expect, test } from 'vitest';
import { FirstSignal } from '../../../src/cli/first-signal.ts';

test.each([
  ['the same one at once', 'SIGTERM', 0, 'echo'],
  ['the same one, passed on by another program', 'SIGTERM', 50, 'echo'],
  ['the same one, typed again', 'SIGTERM', 100, 'second'],
  ['another one at once', 'SIGINT', 0, 'second'],
] as const)('after a first signal, %s must be taken for what it is', (_, name, afterMs, taken) => {
  const first = new FirstSignal();
  expect([first.take('SIGTERM', 1000), first.take(name, 1000 + afterMs), first.name]).toEqual([
    'first',
    taken,
    'SIGTERM',
  ]);
});
