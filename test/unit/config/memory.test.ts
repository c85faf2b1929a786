import { expect, test } from 'vitest';
import { maxMemoryBytes, parseBytes } from '../../../src/config/memory.ts';
import { cluster, node } from '../../helpers/values.ts';

test.each([
  ['0', 0],
  ['100', 100],
  ['100b', 100],
  ['1k', 1000],
  ['1kb', 1024],
  ['1m', 1_000_000],
  ['1mb', 1_048_576],
  ['1MB', 1_048_576],
  ['2g', 2_000_000_000],
  ['2Gb', 2_147_483_648],
  ['007', 7],
  ['9223372036854775807', 2 ** 63],
])('%s must be %i bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each([
  '9223372036854775808',
  '8589934592gb',
  '',
  'mb',
  '1 mb',
  '1.5gb',
  '-1',
  '1tb',
  '1mbb',
  '50%',
  '1constructor',
  'constructor',
])('%j must be no size', (text) => {
  expect(parseBytes(text)).toBeUndefined();
});

test('the limit of a node must be its own, then that of the cluster, then none', () => {
  const own = node('slave-1', 'master', { directives: { maxmemory: ['2mb'] } });
  const spec = cluster(1, { directives: { maxmemory: ['1mb'] } });
  expect([
    maxMemoryBytes(spec, own),
    maxMemoryBytes(spec, node('slave-2', 'master')),
    maxMemoryBytes(cluster(1), node('slave-2', 'master')),
    maxMemoryBytes(cluster(1, { directives: { maxmemory: ['x'] } }), node('slave-2', 'master')),
    maxMemoryBytes(spec, node('slave-1', 'master', { directives: { maxmemory: ['0'] } })),
  ]).toEqual([2_097_152, 1_048_576, 0, 0, 0]);
});
