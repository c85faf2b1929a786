import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
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

test('an abort must end work that never settles, with its reason, and leave nothing behind', async () => {
  const controller = new AbortController();
  const ended = rejectionOf(withDeadline('x', 1000, () => new Promise(() => undefined), controller.signal));
  controller.abort(new RmsxError('timeout', 'Out of time.'));
  expect(await ended).toMatchObject({ code: 'timeout', message: 'Out of time.' });
  expect(vi.getTimerCount()).toBe(0);
});

test('work that cleans up after an abort must not be ended by it', async () => {
  const signal = AbortSignal.abort(new RmsxError('timeout', 'Out of time.'));
  expect(await withDeadline('x', 1000, () => Promise.resolve('clean'), signal)).toBe('clean');
});

test('an abort must leave work the grace that it is given, and no more', async () => {
  const controller = new AbortController();
  const takes = (timeMs: number): Promise<string> =>
    withDeadline(
      'x',
      60_000,
      () => new Promise((resolve) => setTimeout(resolve, timeMs, 'made')),
      controller.signal,
      5000,
    );
  const [soon, late] = [takes(4000), rejectionOf(takes(6000))];
  controller.abort(new RmsxError('timeout', 'Out of time.'));
  await vi.advanceTimersByTimeAsync(6000);
  expect(await soon).toBe('made');
  expect(await late).toMatchObject({ code: 'timeout', message: 'Out of time.' });
  expect(vi.getTimerCount()).toBe(0);
});
