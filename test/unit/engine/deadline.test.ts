import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withDeadline } from '../../../src/engine/deadline.ts';
import { rejectionOf } from '../../helpers/error-of.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('work that never settles must end with its deadline', async () => {
  const ended = rejectionOf(withDeadline('start demo', 30_000, () => new Promise(() => undefined)));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await ended).toEqual({
    code: 'timeout',
    message: 'The engine did not start demo within 30 s.',
    hint: 'docker info',
    problems: [],
  });
});

test('a deadline that was met must leave no timer behind', async () => {
  expect(await withDeadline('x', 1000, () => Promise.resolve(7))).toBe(7);
  await withDeadline('x', 1000, () => Promise.reject(new Error('no'))).catch(() => undefined);
  await withDeadline('x', 1000, () => {
    throw new Error('no');
  }).catch(() => undefined);
  expect(vi.getTimerCount()).toBe(0);
});
