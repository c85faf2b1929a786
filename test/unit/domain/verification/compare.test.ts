import { expect, test } from 'vitest';
import type { KeyState } from '../../../../src/domain/data.ts';
import { differenceOf, isUnchanged, printableKey } from '../../../../src/domain/verification/compare.ts';

const list: KeyState = { type: 'list', digest: 'one', size: 3, expiresAtMs: null };
const gone: KeyState = { type: null, digest: null, size: 0, expiresAtMs: null };
const ending = (expiresAtMs: number): KeyState => ({ ...list, expiresAtMs });

test.each<[string, KeyState, KeyState, string | undefined]>([
  ['the same', list, list, undefined],
  ['nowhere', gone, gone, undefined],
  ['lost', gone, list, 'is not there; master has a list'],
  ['only here', list, gone, 'is a list that master does not have'],
  ['another type', { ...list, type: 'set' }, list, 'is a set, on master a list'],
  ['another value', { ...list, digest: 'two' }, list, 'has another value than on master (list, 3 elements each)'],
  ['another size', { ...list, digest: 'two', size: 1 }, list, 'has 1 elements, on master 3 (list)'],
  ['an end of its own', ending(5000), list, 'expires, and does not on master'],
  ['no end', list, ending(5000), 'never expires, and does on master'],
  ['about the same end', ending(5000), ending(9000), undefined],
  ['a later end', ending(30_000), ending(9000), 'expires 21 s after that on master'],
])('how a key differs must be told: %s', (_, own, other, difference) => {
  expect(differenceOf(own, other, 'master')).toBe(difference);
});

test('a key must count as unchanged only where type, value and end are', () => {
  expect(isUnchanged(ending(5000), ending(6000))).toBe(true);
  const others = [gone, { ...list, digest: 'two' }, { ...list, type: 'set' }, ending(5000)];
  expect(others.map((other) => isUnchanged(list, other))).toEqual([false, false, false, false]);
});

test.each([
  ['plain', '"plain"'],
  ['with "quotes"', String.raw`"with \"quotes\""`],
  ['steers\u001b[2J\n', '"steers [2J "'],
  [Buffer.from('größe').toString('latin1'), '"größe"'],
  ['k'.repeat(80), `"${'k'.repeat(59)}…"`],
])('the name of a key must be shown as text, short and harmless: %j', (key, shown) => {
  expect(printableKey(key)).toBe(shown);
});
