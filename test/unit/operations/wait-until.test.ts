import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { untilAborted, waitUntil } from '../../../src/operations/wait-until.ts';
import { rejectionOf } from '../../helpers/error-of.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;

test('the first answer must end the wait, a false or empty one too', async () => {
  for (const answer of [1, 0, '', false, null]) {
    expect(await waitUntil(async () => answer, { pauseMs: 50, signal: never })).toBe(answer);
  }
  expect(vi.getTimerCount()).toBe(0);
});

test('the question must be asked again after each pause', async () => {
  let asked = 0;
  const answer = waitUntil(async () => (++asked === 3 ? 'yes' : undefined), { pauseMs: 50, signal: never });
  await vi.advanceTimersByTimeAsync(49);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(51);
  expect([await answer, asked]).toEqual(['yes', 3]);
});

test('an abort must end a pause at once, with its reason, and leave neither timer nor listener', async () => {
  const controller = new AbortController();
  const removed = vi.spyOn(controller.signal, 'removeEventListener');
  const ended = rejectionOf(waitUntil(async () => undefined, { pauseMs: 1_000_000, signal: controller.signal }));
  await vi.advanceTimersByTimeAsync(1);
  controller.abort(new RmsxError('timeout', 'Out of time after 1 s.'));
  expect(await ended).toMatchObject({ code: 'timeout', message: 'Out of time after 1 s.' });
  expect([vi.getTimerCount(), removed.mock.calls.length]).toEqual([0, 1]);
});

test('an abort that came before must keep the question from being asked', async () => {
  const check = vi.fn(async () => 'yes');
  const signal = AbortSignal.abort(new RmsxError('timeout', 'x'));
  expect(await rejectionOf(waitUntil(check, { pauseMs: 1, signal }))).toMatchObject({ code: 'timeout' });
  expect(check).not.toHaveBeenCalled();
});

test('what the question throws must end the wait', async () => {
  const check = async (): Promise<never> => {
    throw new RmsxError('failed', 'no');
  };
  expect(await rejectionOf(waitUntil(check, { pauseMs: 1, signal: never }))).toMatchObject({ code: 'failed' });
});

describe('a look that cannot be cut off', () => {
  const failing = (): Promise<never> =>
    new Promise((_, reject) => {
      setTimeout(() => reject(new Error('it failed long after')), 1000);
    });

  test('must not be waited for after an abort, nor be heard of when it fails later', async () => {
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    const ended = rejectionOf(untilAborted(failing(), controller.signal));
    controller.abort(new RmsxError('timeout', 'Out of time after 1 s.'));
    expect([(await ended).code, removed.mock.calls.length]).toEqual(['timeout', 1]);
    await vi.advanceTimersByTimeAsync(1000); // a failure that nobody takes would end the run
  });

  test('must not be waited for where the abort came before', async () => {
    const signal = AbortSignal.abort(new RmsxError('timeout', 'x'));
    expect(await rejectionOf(untilAborted(failing(), signal))).toMatchObject({ code: 'timeout' });
  });

  test('must end with what it brings where nothing aborts it', async () => {
    expect(await untilAborted(Promise.resolve('yes'), never)).toBe('yes');
  });
});
