import { expect, test } from 'vitest';
import { exitCodes, joinErrors, RmsxError } from '../../../src/domain/errors.ts';

test('exit codes must never change', () => {
  expect(exitCodes).toEqual({
    failed: 1,
    'bad-usage': 2,
    'bad-spec': 2,
    'not-found': 4,
    conflict: 5,
    'engine-unreachable': 6,
    'engine-refused': 6,
    unsafe: 7,
    incomplete: 8,
    'image-missing': 9,
    bug: 70,
    timeout: 124,
    interrupted: 130,
    terminated: 143,
  });
});

test('one failure must stay as it is', () => {
  const only = new RmsxError('conflict', 'a');
  expect(joinErrors([only])).toBe(only);
});

test('the same failure several times must be told once', () => {
  const [first, again] = [new RmsxError('conflict', 'a'), new RmsxError('conflict', 'a')];
  expect(joinErrors([first, again])).toBe(first);
});

test('several failures must all be told; the first decides the exit code and the hint', () => {
  const joined = joinErrors([
    new RmsxError('conflict', 'a', { hint: 'do', reason: 'port-taken', logs: ['1'] }),
    new RmsxError('failed', 'b', { logs: ['2'] }),
    new RmsxError('failed', 'b'),
  ]);
  const { code, message, problems, logs, hint, reason, exitCode } = joined;
  expect({ code, message, problems, logs, hint, reason, exitCode }).toEqual({
    code: 'conflict',
    message: '2 things went wrong.',
    problems: ['a', 'b'],
    logs: ['1', '2'],
    hint: 'do',
    reason: 'port-taken',
    exitCode: 5,
  });
});
