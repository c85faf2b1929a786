import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { toEngineError } from '../../../src/engine/docker-errors.ts';
import { lastPartOf } from '../../../src/operations/last-role.ts';

const failing = (statusCode: number, message: string) => ({
  logs: () => Promise.reject(toEngineError('read the log of a', 'unix:///s', { statusCode, json: { message } })),
});

test('a log that no engine keeps must not be in the way: it does not tell what the node was', async () => {
  const none = failing(501, 'configured logging driver does not support reading');
  expect((await lastPartOf('a', none)).role).toBe(null);
});

test('a log that cannot be read just now must not count as one that says nothing', async () => {
  await expect(lastPartOf('a', failing(500, 'disk on fire'))).rejects.toThrow(RmsxError);
});
