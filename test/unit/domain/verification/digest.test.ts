import { expect, test } from 'vitest';
import type { DataType } from '../../../../src/domain/data.ts';
import { digestFor, digestOf } from '../../../../src/domain/verification/digest.ts';

const cases: readonly [DataType, readonly string[], readonly string[], boolean][] = [
  ['string', ['abc'], ['abc'], true],
  ['string', ['abc'], ['abd'], false],
  ['list', ['a', 'b'], ['a', 'b'], true],
  ['list', ['a', 'b'], ['b', 'a'], false],
  ['list', ['ab', 'c'], ['a', 'bc'], false],
  ['set', ['a', 'b', 'c'], ['c', 'a', 'b'], true],
  ['set', ['a', 'b', 'a'], ['b', 'a'], true],
  ['set', ['a', 'b'], ['a', 'c'], false],
  ['hash', ['f', '1', 'g', '2'], ['g', '2', 'f', '1'], true],
  ['hash', ['f', '1', 'g', '2'], ['f', '2', 'g', '1'], false],
  ['zset', ['a', '1e+20', 'b', '2'], ['a', '100000000000000000000', 'b', '2'], true],
  ['zset', ['a', '-inf'], ['a', 'inf'], false],
  ['zset', ['a', '1.5'], ['a', '1.6'], false],
  ['stream', ['1-1', 'f', 'v'], ['1-1', 'f', 'v'], true],
  ['stream', ['1-1', 'f', 'v'], ['1-2', 'f', 'v'], false],
];

test.each(cases)('a digest must be equal where the data is: %s %j %j -> %s', (type, one, other, isEqual) => {
  expect(digestOf(type, one) === digestOf(type, other)).toBe(isEqual);
});

test('a string must have one digest, in whatever pieces it is read', () => {
  const digest = digestFor('string');
  for (const piece of ['\u0000\u00ff', '', 'abc']) digest?.add(piece);
  expect([digest?.size, digest?.end()]).toEqual([5, digestOf('string', ['\u0000\u00ffabc'])]);
});

test('a type of a module must have no digest', () => {
  expect(digestFor('vectorset')).toBeUndefined();
});
