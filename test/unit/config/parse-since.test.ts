import { expect, test } from 'vitest';
import { parseSince } from '../../../src/config/parse-since.ts';

test.each([
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['1.5s', 1500],
  ['500ms', 500],
])('%s must be a time ago', (text, agoMs) => {
  expect(parseSince('--since', text)).toEqual({ value: { agoMs } });
});

test.each([
  ['2026-11-28T18:00:00Z', Date.UTC(2026, 10, 28, 18)],
  ['2026-11-28T18:00:00.5+01:00', Date.UTC(2026, 10, 28, 17, 0, 0, 500)],
  ['2026-11-28 18:00', new Date(2026, 10, 28, 18).getTime()],
  ['2026-11-28', new Date(2026, 10, 28).getTime()],
  ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
])('%s must be a point in time', (text, atMs) => {
  expect(parseSince('--since', text)).toEqual({ value: { atMs } });
});

test.each(['', '5', '-5m', '5 m', '30m1h', '5x', 'now', '2026-02-30', '2026-13-01', '2026-11-28T25:00', '18:00'])(
  '"%s" must be refused',
  (text) => {
    expect(parseSince('--since', text)).toEqual({
      problem: `--since: "${text}" is neither a time with a unit, such as 5m or 1h30m, nor one in ISO 8601`,
    });
  },
);
