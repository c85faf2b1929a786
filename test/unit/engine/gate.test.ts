import { expect, test } from 'vitest';
import { Gate } from '../../../src/engine/gate.ts';

/** A call that ends when it is told to. */
class Call {
  isMade = false;
  end: () => void = () => undefined;
  readonly make = (): Promise<string> => {
    this.isMade = true;
    return new Promise((resolve) => {
      this.end = () => resolve('done');
    });
  };
}

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a gate must let as many calls through at a time as it has places, the others in the order in which they came', async () => {
  const gate = new Gate(2);
  const calls = [new Call(), new Call(), new Call(), new Call()];
  const results = calls.map(({ make }) => gate.through(never, make));
  await settled();
  expect(calls.map(({ isMade }) => isMade)).toEqual([true, true, false, false]);
  calls[1]?.end();
  await settled();
  expect(calls.map(({ isMade }) => isMade)).toEqual([true, true, true, false]);
  for (const call of calls) {
    call.end();
    await settled();
  }
  expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done']);
});

test('a call that fails must give its place away', async () => {
  const gate = new Gate(1);
  const failing = gate.through(never, () => Promise.reject(new Error('no')));
  const next = gate.through(never, async () => 'made');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('made');
});

test('a call that waits when the signal comes must not be made; one that comes after it must', async () => {
  const gate = new Gate(1);
  const stop = new AbortController();
  const first = new Call();
  const under = gate.through(stop.signal, first.make);
  const waiting = new Call();
  const refused = gate.through(stop.signal, waiting.make);
  stop.abort(new Error('stopped'));
  const cleaning = gate.through(stop.signal, async () => 'removed');
  first.end();
  expect(await under).toBe('done');
  await expect(refused).rejects.toThrow('stopped');
  expect(waiting.isMade).toBe(false);
  expect(await cleaning).toBe('removed');
});
