import { describe, expect, test } from 'vitest';
import { cutLine, fitInto } from '../../../src/render/fit.ts';
import { sparkline } from '../../../src/render/sparkline.ts';
import { type Picture, renderFrame } from '../../../src/render/watch-frame.ts';
import { statusOf } from '../../helpers/graphs.ts';
import { cluster } from '../../helpers/values.ts';

const picture = (changes: Partial<Picture> = {}): Picture => ({
  name: 'redis-server',
  status: statusOf(),
  rates: { writesPerSecond: 12.4, bytesPerSecond: 3456 },
  trends: new Map([
    ['slave-1', [0, 0, 50, 1200, 40_000_000, null]],
    ['slave-2', [0, 0]],
  ]),
  problem: null,
  clock: '18:05:33',
  everyMs: 2000,
  ...changes,
});
const wide = { columns: 120, rows: 40 };
const frame = (given: Picture, size = wide, isUtf8 = true): string =>
  renderFrame(given, size, (_, text) => text, isUtf8).join('\n');

describe('a frame', () => {
  test('of a healthy cluster', () => {
    expect(frame(picture())).toMatchInlineSnapshot(`
      "redis-server  star  redis:8.0  172.19.0.0/24  healthy
      18:05:33  every 2 s  writes 12/s  bytes 3.5 kB/s
      NODE     LAG TREND             ROLE     STATE    SOURCE  ADDRESS           PORT  LINK  LAG B  LAG S  OFFSET  VERSION
      master   -                     master   running  -       172.19.0.10:6379  6379  -     -      -      1000    8.0.2
      slave-1  ▁▁▂▄█?                replica  running  master  172.19.0.11:6380  6380  up    0      0      1000    8.0.2
      slave-2  ▁▁                    replica  running  master  172.19.0.12:6381  6381  up    0      0      1000    8.0.2"
    `);
  });

  test('without UTF-8, of a terminal that is narrower than the table', () => {
    expect(frame(picture(), { columns: 60, rows: 40 }, false)).toMatchInlineSnapshot(`
      "redis-server  star  redis:8.0  172.19.0.0/24  healthy
      18:05:33  every 2 s  writes 12/s  bytes 3.5 kB/s
      NODE     LAG TREND     ROLE     STATE    SOURCE  LINK  LAG B
      master   -             master   running  -       -     -
      slave-1  __.-#?        replica  running  master  up    0
      slave-2  __            replica  running  master  up    0"
    `);
  });

  test.each([
    [52, 'redis-server  star  redis:8.0  172.19.0.0/24  healthy'.length],
    [40, 'redis-server  star  redis:8.0  healthy'.length],
    [30, 'redis-server  star  healthy'.length],
    [22, 'redis-server  healthy'.length],
  ])('of %i columns must say how the cluster is', (columns, length) => {
    const [title = ''] = frame(picture(), { columns: columns + 1, rows: 4 }).split('\n');
    expect([title.startsWith('redis-server'), title.endsWith('healthy'), title.length]).toEqual([true, true, length]);
  });

  test('with warnings, on a terminal that is too low for them: the hint must stay', () => {
    const status = statusOf(cluster(9), { 'slave-1': 'stopped', 'slave-2': 'stopped', 'slave-3': 'paused' });
    expect(frame(picture({ status }), { columns: 120, rows: 12 })).toMatchInlineSnapshot(`
      "redis-server  star  redis:8.0  172.19.0.0/24  degraded
      18:05:33  every 2 s  writes 12/s  bytes 3.5 kB/s
      NODE     LAG TREND             ROLE      STATE     SOURCE  ADDRESS           PORT  LINK  LAG B  LAG S  OFFSET  VERSION
      master   -                     master    running   -       172.19.0.10:6379  6379  -     -      -      1000    8.0.2
      slave-1  ▁▁▂▄█?                ?replica  !stopped  ?       172.19.0.11:6380  6380  ?     ?      ?      ?       ?
      slave-2  ▁▁                    ?replica  !stopped  ?       172.19.0.12:6381  6381  ?     ?      ?      ?       ?
      slave-3                        ?replica  !paused   ?       172.19.0.13:6382  6382  ?     ?      ?      ?       ?
      slave-4                        replica   running   master  172.19.0.14:6383  6383  up    0      0      1000    8.0.2
      (5 more lines)
      warning: slave-1 is stopped
      (2 more lines)
      hint: rmsx up"
    `);
  });

  test('before rates are known, while the engine fails', () => {
    const problem = { message: 'The engine does not answer.', hint: null };
    const rates = { writesPerSecond: null, bytesPerSecond: null };
    expect(frame(picture({ problem, rates, status: statusOf(cluster(1)) }))).toMatchInlineSnapshot(`
      "redis-server  star  redis:8.0  172.19.0.0/24  healthy
      18:05:33  every 2 s  writes ?/s  bytes ? B/s
      !not seen now: The engine does not answer.
      NODE     LAG TREND             ROLE     STATE    SOURCE  ADDRESS           PORT  LINK  LAG B  LAG S  OFFSET  VERSION
      master   -                     master   running  -       172.19.0.10:6379  6379  -     -      -      1000    8.0.2
      slave-1  ▁▁▂▄█?                replica  running  master  172.19.0.11:6380  6380  up    0      0      1000    8.0.2"
    `);
  });

  test('of a cluster that is gone', () => {
    const problem = { message: 'There is no cluster called redis-server on this engine.', hint: 'Make it: rmsx up' };
    expect(frame(picture({ status: null, problem, trends: new Map() }))).toMatchInlineSnapshot(`
      "redis-server
      18:05:33  every 2 s  writes 12/s  bytes 3.5 kB/s
      !gone: There is no cluster called redis-server on this engine.
      hint: Make it: rmsx up"
    `);
  });

  test('must fit into every terminal', () => {
    const status = statusOf(cluster(20), { 'slave-1': 'stopped', 'slave-2': 'missing' });
    for (const columns of [1, 10, 80, 200]) {
      for (const rows of [1, 2, 3, 5, 10, 24, 50]) {
        const lines = renderFrame(picture({ status }), { columns, rows }, (_, text) => text, true);
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('must be the same with colours but for the colours', () => {
    const [red, usual] = ['\u001b[31m', '\u001b[39m'];
    const painted = renderFrame(picture(), wide, (_, text) => `${red}${text}${usual}`, true).join('\n');
    expect(painted.replaceAll(red, '').replaceAll(usual, '')).toBe(frame(picture()));
    expect(painted).toContain(`${red}healthy${usual}`);
  });
});

test.each([
  [7, 0, 'writes 7/s  bytes 0 B/s'],
  [999.4, 1000, 'writes 999/s  bytes 1.0 kB/s'],
  [999.9, 999_999, 'writes 1000/s  bytes 1000 kB/s'],
  [12_345, 12_345_678, 'writes 12k/s  bytes 12 MB/s'],
  [1e9, 5e12, 'writes 1.0G/s  bytes 5000 GB/s'],
])('rates must be short: %d and %d', (writesPerSecond, bytesPerSecond, text) => {
  const [, pace] = frame(picture({ rates: { writesPerSecond, bytesPerSecond } })).split('\n');
  expect(pace).toBe(`18:05:33  every 2 s  ${text}`);
});

test('a bar must stand for ten times as much as the one before it', () => {
  const values = [0, 1, 99, 100, 1000, 10_000, 100_000, 1e6, 1e7, 1e12, null];
  expect(sparkline(values, 20, true)).toBe('▁▂▂▃▄▅▆▇██?');
  expect(sparkline(values, 20, false)).toBe('_..:-=+*##?');
  expect(sparkline(values, 3, true)).toBe('██?');
});

test('a line must be cut between characters, and end its colours', () => {
  expect(cutLine('abcdef', 3)).toBe('abc');
  expect(cutLine('abc', 3)).toBe('abc');
  expect(cutLine('\u001b[31mabc\u001b[39mdef', 2)).toBe('\u001b[31mab\u001b[0m');
  expect(cutLine('a\u001b[31mb\u001b[39m', 2)).toBe('a\u001b[31mb\u001b[39m');
  expect(cutLine('▁▂▃', 2)).toBe('▁▂');
});

test('what does not fit must be counted', () => {
  const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i}`);
  const parts = { head: ['head'], body: lines(9), tail: lines(3), end: ['end'] };
  expect(fitInto(parts, { columns: 80, rows: 8 })).toEqual([
    'head',
    ...['line 0', 'line 1', 'line 2', '(6 more lines)'],
    ...['line 0', '(2 more lines)'],
    'end',
  ]);
  expect(fitInto(parts, { columns: 80, rows: 14 })).toHaveLength(14);
});
