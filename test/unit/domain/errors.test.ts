import { expect, test } from 'vitest';
import { exitCodes, joinErrors, RmsxError, retold, toRmsxError } from '../../../src/domain/errors.ts';

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
    'command-unusable': 126,
    'command-missing': 127,
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

test('several failures must all be told; the first decides the exit code, and each has its hint', () => {
  const joined = joinErrors([
    new RmsxError('conflict', 'a', { hint: 'do', reason: 'port-taken', logs: ['1'] }),
    new RmsxError('failed', 'b', { logs: ['2'], hint: 'do\nor do that' }),
    new RmsxError('failed', 'b'),
  ]);
  const { code, message, problems, logs, hint, reason, exitCode } = joined;
  expect({ code, message, problems, logs, hint, reason, exitCode }).toEqual({
    code: 'conflict',
    message: '2 things went wrong.',
    problems: ['a', 'b'],
    logs: ['1', '2'],
    hint: 'do\nor do that',
    reason: 'port-taken',
    exitCode: 5,
  });
});

test('what one of several failures consists of must be told with the others', () => {
  const both = joinErrors([new RmsxError('failed', 'a'), new RmsxError('failed', 'b')]);
  const late = new RmsxError('timeout', 'c', { problems: ['slave-1 does not answer'] });
  expect(joinErrors([both, late])).toMatchObject({
    message: '4 things went wrong.',
    problems: ['a', 'b', 'c', 'slave-1 does not answer'],
  });
});

test('an error that is told in other words must keep everything else, but for what is to be another', () => {
  const details = { hint: 'do', node: 'slave-1', reason: 'port-taken', problems: ['p'], logs: ['l'] };
  const error = new RmsxError('conflict', 'a', details);
  expect(retold(error, 'b')).toMatchObject({ code: 'conflict', message: 'b', ...details, cause: error });
  const other = retold(error, 'b', { hint: 'do that', reason: undefined });
  expect([other.hint, other.reason, other.node]).toEqual(['do that', undefined, 'slave-1']);
});

test.each([
  [new TypeError('x is undefined'), 'This is a bug in rmsx. TypeError: x is undefined'],
  [new Error('requirepass top-secret\u001b[2J'), 'This is a bug in rmsx. Error: requirepass ***'],
  ['text', 'This is a bug in rmsx. an unknown value was thrown'],
  [undefined, 'This is a bug in rmsx. an unknown value was thrown'],
])('%s must be called a bug', (thrown, message) => {
  const translated = toRmsxError(thrown);
  expect([translated.exitCode, translated.message]).toEqual([70, message]);
});

test('our own errors must pass unchanged', () => {
  const error = new RmsxError('failed', 'a');
  expect(toRmsxError(error)).toBe(error);
});
