import { expect, test } from 'vitest';
import { incompleteInWords } from '../../../src/cli/tell-new-master.ts';

const told = (...incomplete: readonly string[]): readonly string[] =>
  incompleteInWords({ promoted: 'slave-1', resync: {}, incomplete }, 'shop');

test('a new master that takes no write must not be told as one that does not follow itself', () => {
  const refuses = 'slave-1 is the master, and takes no write yet: rmsx status -n shop tells why';
  expect(told('slave-1')).toEqual([refuses]);
  expect(told('slave-2', 'slave-1')).toEqual(['not following slave-1 yet: slave-2', refuses]);
  expect(told('slave-2')).toEqual(['not following slave-1 yet: slave-2']);
  expect(told()).toEqual([]);
});
