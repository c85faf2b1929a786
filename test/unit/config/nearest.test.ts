import { expect, test } from 'vitest';
import { nearest, partOf } from '../../../src/config/nearest.ts';

const verbs = ['up', 'status', 'topology', 'start', 'stop', 'restart', 'logs'];

test.each<[string, string | undefined, string]>([
  ['statsu', 'status', 'letters in another order'],
  ['stat', 'status', 'it begins so, although start is as near'],
  ['topo', 'topology', 'it begins so'],
  ['STATUS', 'status', 'the same letters'],
  ['sta', undefined, 'two begin so'],
  ['s', undefined, 'too little was said'],
  ['dance', undefined, 'none is near'],
])('%s must be taken for %s: %s', (typed, meant, _why) => {
  expect(nearest(typed, verbs)).toBe(meant);
});

test.each([
  ['basePort', 'base'],
  ['port-base', 'base'],
  ['baseBind', undefined],
  ['port', undefined],
])('the known word in %s must be %s', (typed, meant) => {
  expect(partOf(typed, ['base', 'bind'])).toBe(meant);
});
