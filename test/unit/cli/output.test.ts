import { expect, test } from 'vitest';
import { errorDocument, formatDocument, formatError, toRmsxError } from '../../../src/cli/output.ts';
import { RmsxError } from '../../../src/domain/errors.ts';

const error = new RmsxError('timeout', 'Out of time after 2 s.', {
  problems: ['slave-1 does not answer'],
  logs: ['slave-1 | FATAL'],
  hint: 'Allow more: --timeout 5m\nor look: rmsx status',
  node: 'slave-1',
  cause: new Error('top-secret'),
});

test('an error must be told with all problems, the evidence, and what to do next', () => {
  expect(formatError(error)).toMatchInlineSnapshot(`
    "rmsx: Out of time after 2 s.
      - slave-1 does not answer
        slave-1 | FATAL
    hint: Allow more: --timeout 5m
          or look: rmsx status
    "
  `);
});

test('an error must be a document of its own', async () => {
  expect(await formatDocument(errorDocument(error), 'json')).toMatchInlineSnapshot(`
    "{
      "schemaVersion": 1,
      "error": {
        "code": "timeout",
        "exitCode": 124,
        "message": "Out of time after 2 s.",
        "node": "slave-1",
        "problems": [
          "slave-1 does not answer"
        ],
        "logs": [
          "slave-1 | FATAL"
        ],
        "hint": "Allow more: --timeout 5m\\nor look: rmsx status"
      }
    }
    "
  `);
  expect(await formatDocument(errorDocument(new RmsxError('failed', 'x')), 'yaml')).toMatchInlineSnapshot(`
    "schemaVersion: 1
    error:
      code: failed
      exitCode: 1
      message: x
      node: null
      problems: []
      logs: []
      hint: null
    "
  `);
});

test('what lies underneath must never be printed: foreign errors carry secrets', async () => {
  expect(formatError(error) + (await formatDocument(errorDocument(error), 'json'))).not.toContain('top-secret');
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
  expect(toRmsxError(error)).toBe(error);
});
