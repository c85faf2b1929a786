import { expect, test } from 'vitest';
import { type Progressed, ratesBetween, unknownRates, withLags } from '../../../src/domain/rates.ts';
import { history } from '../../helpers/values.ts';

const before: Progressed = {
  atMs: 1000,
  master: 'master',
  runId: 'r',
  replid: history,
  offset: 5000,
  changesSinceSave: 10,
};
const later = (changes: Partial<Progressed> = {}): Progressed => ({
  ...before,
  atMs: 3000,
  offset: 9000,
  changesSinceSave: 30,
  ...changes,
});

test('rates must be per second, whatever the time between two looks', () => {
  expect(ratesBetween(before, later())).toEqual({ writesPerSecond: 10, bytesPerSecond: 2000 });
  expect(ratesBetween(before, later({ atMs: 1500 }))).toEqual({ writesPerSecond: 40, bytesPerSecond: 8000 });
});

test('a counter that a snapshot set back must be unknown, and not negative', () => {
  expect(ratesBetween(before, later({ changesSinceSave: 3 }))).toEqual({ writesPerSecond: null, bytesPerSecond: 2000 });
});

test.each<[string, Progressed | undefined, Progressed | undefined]>([
  ['the first look', undefined, later()],
  ['no master', before, undefined],
  ['another master', before, later({ master: 'slave-1' })],
  ['a restarted one', before, later({ runId: 'other' })],
  ['another history', before, later({ replid: 'b'.repeat(40) })],
  ['no time between', before, later({ atMs: 1000 })],
])('%s must have no rates', (_, from, to) => {
  expect(ratesBetween(from, to)).toEqual(unknownRates);
});

test('a server that does not count must have no writes', () => {
  expect(ratesBetween(before, later({ changesSinceSave: null })).writesPerSecond).toBeNull();
});

test('a trend must keep so many looks, and none of a node that is gone', () => {
  const looks = [1, 2, null, 4].map((lagBytes) => [{ name: 'slave-1', lagBytes }]);
  const trends = looks.reduce(
    (known, lags) => withLags(known, lags, 3),
    withLags(new Map(), [{ name: 'x', lagBytes: 0 }], 3),
  );
  expect([...trends]).toEqual([['slave-1', [2, null, 4]]]);
});
