import { expect, test } from 'vitest';
import { makeMarkers, markerPrefix } from '../../../../src/domain/verification/markers.ts';

test('markers must be of every type, under names that nobody else has', () => {
  const markers = makeMarkers('run', 12, ['KEYS']);
  expect(new Set(markers.map(({ type }) => type)).size).toBe(6);
  expect(new Set(markers.map(({ name }) => name)).size).toBe(12);
  expect(markers.every(({ name }) => name.startsWith(`${markerPrefix}run:`))).toBe(true);
});

test('types whose commands the cluster disables must be left out, strings must not', () => {
  const typesWithout = (...disabled: readonly string[]): readonly string[] => [
    ...new Set(makeMarkers('run', 12, disabled).map(({ type }) => type)),
  ];
  expect(typesWithout('HSCAN', 'XADD')).toEqual(['string', 'list', 'set', 'zset']);
  expect(typesWithout('PEXPIRE')).toEqual(['string']);
});
