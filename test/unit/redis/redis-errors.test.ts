import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { toRedisError } from '../../../src/redis/redis-errors.ts';

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });

test.each<[string, unknown, string, string]>([
  [
    'a refused connection',
    coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:6380'),
    'refused',
    'nothing accepts connections on its published port.',
  ],
  ['a reset', coded('ECONNRESET', 'read ECONNRESET'), 'refused', 'nothing accepts connections on its published port.'],
  ['a code without a text', coded('ECONNREFUSED', ''), 'refused', 'nothing accepts connections on its published port.'],
  [
    'a closed connection',
    new Error('Connection is closed.'),
    'refused',
    'nothing accepts connections on its published port.',
  ],
  ['a server that hangs', coded('ETIMEDOUT', 'connect ETIMEDOUT'), 'no-answer', 'the server does not answer.'],
  ['a command that hangs', new Error('Command timed out'), 'no-answer', 'the server does not answer.'],
  [
    'a wrong password',
    new Error('WRONGPASS invalid username-password pair or user is disabled.'),
    'wrong-password',
    'the server refuses the password in its own redis.conf.',
  ],
  [
    'a wrong password before 6.0',
    new Error('ERR invalid password'),
    'wrong-password',
    'the server refuses the password in its own redis.conf.',
  ],
  [
    'no login',
    new Error('NOAUTH Authentication required.'),
    'wrong-password',
    'the server refuses the password in its own redis.conf.',
  ],
  [
    'a server that loads',
    new Error('LOADING Redis is loading the dataset in memory'),
    'loading',
    'it is loading its data.',
  ],
  [
    'another reply',
    new Error("READONLY You can't write against a read only replica."),
    'reply',
    "READONLY You can't write against a read only replica.",
  ],
  ['something odd', 'odd', 'reply', 'odd'],
  ['nothing', undefined, 'reply', 'undefined'],
])('%s must be told apart', (_, error, reason, text) => {
  const translated = toRedisError('slave-1', 'log in', error);
  expect([translated.code, translated.node, translated.reason, translated.message]).toEqual([
    'failed',
    'slave-1',
    reason,
    `slave-1: could not log in: ${text}`,
  ]);
});

test('what ioredis hangs on an error must be left behind: it holds the password', () => {
  const error = Object.assign(new Error('WRONGPASS invalid'), { command: { name: 'auth', args: ['top-secret'] } });
  const translated = toRedisError('master', 'log in', error);
  expect(JSON.stringify({ ...translated, message: translated.message, cause: translated.cause })).not.toContain(
    'top-secret',
  );
  expect(translated.cause).toBeUndefined();
});

test('our own errors must pass unchanged', () => {
  const own = new RmsxError('timeout', 'x');
  expect(toRedisError('master', 'log in', own)).toBe(own);
});
