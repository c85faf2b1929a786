import { describe, expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { runPlan } from '../../../src/operations/run-plan.ts';
import { rejectionOf } from '../../helpers/error-of.ts';

/** `c: a b` is a step c that waits for a and b. */
const plan = (...lines: readonly string[]): Plan =>
  lines.map((line) => {
    const [id = '', after = ''] = line.split(':');
    return { id, step: { op: 'start', node: id }, because: '', after: after.split(' ').filter(Boolean) };
  });

/** Steps that end when they are told to. */
class Steps {
  readonly started: string[] = [];
  readonly #ends = new Map<string, { resolve: () => void; reject: (error: unknown) => void }>();

  readonly run = ({ id }: { readonly id: string }): Promise<void> => {
    this.started.push(id);
    return new Promise((resolve, reject) => this.#ends.set(id, { resolve, reject }));
  };

  async end(id: string): Promise<void> {
    this.#ends.get(id)?.resolve();
    await settled();
  }

  async fail(id: string, error: unknown = new RmsxError('failed', `${id} failed`)): Promise<void> {
    this.#ends.get(id)?.reject(error);
    await settled();
  }
}

/** Lets everything happen that waits for nothing but promises. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

describe('the order', () => {
  test('every step must start as soon as what it waits for is done, and not before', async () => {
    const steps = new Steps();
    const done = runPlan(plan('a', 'b', 'c: a b', 'd: a'), steps.run, never);
    expect(steps.started).toEqual(['a', 'b']);
    await steps.end('a');
    expect(steps.started).toEqual(['a', 'b', 'd']);
    await steps.end('b');
    expect(steps.started).toEqual(['a', 'b', 'd', 'c']);
    await steps.end('c');
    await steps.end('d');
    await done;
  });

  test('must not depend on the order in which the steps are written down', async () => {
    const order: string[] = [];
    await runPlan(plan('c: b', 'b: a', 'a'), async ({ id }) => void order.push(id), never);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('an empty plan must be done at once', async () => {
    await expect(runPlan([], new Steps().run, never)).resolves.toBeUndefined();
  });

  test('a step that waits for something that is not there must be a bug, not a hang', async () => {
    await expect(runPlan(plan('a: nothing'), new Steps().run, never)).rejects.toThrow(RangeError);
  });
});

describe('a failure', () => {
  test('must start nothing new, and must await what is under way', async () => {
    const steps = new Steps();
    const state = { settled: false };
    const done = runPlan(plan('a', 'b', 'c: a', 'd: b'), steps.run, never).finally(() => {
      state.settled = true;
    });
    const rejection = rejectionOf(done);
    await steps.fail('a');
    expect([steps.started, state.settled]).toEqual([['a', 'b'], false]);
    await steps.end('b');
    expect(await rejection).toMatchObject({ code: 'failed', message: 'a failed' });
    expect(steps.started).toEqual(['a', 'b']);
  });

  test('must be told with every other failure', async () => {
    const steps = new Steps();
    const rejection = rejectionOf(runPlan(plan('a', 'b'), steps.run, never));
    await steps.fail('b', new RmsxError('conflict', 'b is taken'));
    await steps.fail('a');
    expect(await rejection).toMatchObject({
      code: 'conflict',
      message: '2 things went wrong.',
      problems: ['b is taken', 'a failed'],
    });
  });

  test('that is no error of ours must be a bug', async () => {
    const steps = new Steps();
    const rejection = rejectionOf(runPlan(plan('a'), steps.run, never));
    await steps.fail('a', new TypeError('x is undefined'));
    expect(await rejection).toMatchObject({ code: 'bug', message: 'This is a bug in rmsx. TypeError: x is undefined' });
  });
});

describe('an abort', () => {
  test('must start nothing new, await what is under way, and end with its reason', async () => {
    const steps = new Steps();
    const controller = new AbortController();
    const rejection = rejectionOf(runPlan(plan('a', 'b: a'), steps.run, controller.signal));
    controller.abort(new RmsxError('interrupted', 'Stopped by SIGINT.'));
    await steps.end('a');
    expect(await rejection).toMatchObject({ code: 'interrupted', message: 'Stopped by SIGINT.' });
    expect(steps.started).toEqual(['a']);
  });

  test('that came before must start nothing', async () => {
    const steps = new Steps();
    const signal = AbortSignal.abort(new RmsxError('timeout', 'Out of time.'));
    expect(await rejectionOf(runPlan(plan('a'), steps.run, signal))).toMatchObject({ code: 'timeout' });
    expect(steps.started).toEqual([]);
  });

  test('that comes after the last step must not be lost', async () => {
    const controller = new AbortController();
    const run = async (): Promise<void> => controller.abort(new RmsxError('terminated', 'Stopped by SIGTERM.'));
    expect(await rejectionOf(runPlan(plan('a'), run, controller.signal))).toMatchObject({ code: 'terminated' });
  });
});
