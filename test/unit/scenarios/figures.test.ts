import { expect, test } from 'vitest';
import { downtimeOf, median } from '../../scenarios/downtime.ts';
import { isAsked, parseOptions } from '../../scenarios/options.ts';
import { reportOf } from '../../scenarios/report.ts';
import { type RunFigures, tableOf } from '../../scenarios/table.ts';

test('the downtime must be the longest time without an acknowledged write, whoever wrote', () => {
  expect(downtimeOf([90, 100, 110, 400, 410], 95, 420)).toEqual({ ms: 290, fromMs: 110 });
});

test('a time without any write must be a downtime as a whole, up to its end', () => {
  expect(downtimeOf([], 100, 600)).toEqual({ ms: 500, fromMs: 100 });
  expect(downtimeOf([110, 120], 100, 1000)).toEqual({ ms: 880, fromMs: 120 });
});

test('the median must be a value that was seen', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 3, 0]);
});

const run = (figures: Partial<RunFigures>): RunFigures => ({
  scenario: 'it dies',
  image: 'redis:7.0',
  downtimeMs: 100,
  lost: 0,
  reported: 0,
  lostBytes: 0,
  full: 0,
  partial: 1,
  ...figures,
});

test('the table must have a line for each scenario and server, with the median and the longest downtime', () => {
  const runs = [run({}), run({ downtimeMs: 300, lost: 2, reported: 3, lostBytes: 70 }), run({ image: 'redis:6.0' })];
  expect(tableOf(runs).split('\n')).toEqual([
    '| scenario | server | runs | downtime median | longest | lost | reported | bytes | partial | full |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    '| it dies | redis:7.0 | 2 | 300 ms | 300 ms | 2 | 3 | 70 | 2 | 0 |',
    '| it dies | redis:6.0 | 1 | 100 ms | 100 ms | 0 | 0 | 0 | 1 | 0 |',
    '',
  ]);
});

test('what is not known must not be a 0 in the table', () => {
  expect(tableOf([run({ downtimeMs: null, reported: null, lostBytes: null })])).toContain(
    '| it dies | redis:7.0 | 1 |  |  | 0 | not known | not known | 1 | 0 |',
  );
  expect(tableOf([run({}), run({ reported: null })])).toContain('| 0 (1 not known) |');
});

test('the command line must name a scenario, or ask for the list', () => {
  expect(() => parseOptions([], 'redis:7.0')).toThrow(/--list/);
  expect(() => parseOptions(['dies', '--times', 'x'], 'redis:7.0')).toThrow(/--times: x/);
  expect(parseOptions(['--list'], 'redis:7.0')).toMatchObject({ lists: true, parts: [] });
  expect(parseOptions(['a star', '--image', 'redis:6.0', '--times', '50', '--keep'], 'redis:7.0')).toEqual({
    parts: ['a star'],
    image: 'redis:6.0',
    times: 50,
    keeps: true,
    lists: false,
  });
});

test('a part of a name must find it, whatever the case', () => {
  const options = parseOptions(['MASTER OF A', 'blink'], 'redis:7.0');
  const names = ['the master of a star dies', 'all links blink', 'a star is handed over'];
  expect(names.filter((name) => options && isAsked(options, name))).toEqual(names.slice(0, 2));
});

test('the report must say which invariant is broken and how, and why another was not looked at', () => {
  const text = reportOf({
    judged: [
      { name: 'I1', says: 'one master', problems: ['2 nodes run as master: a, b'], without: null },
      { name: 'I2', says: 'only it takes writes', problems: [], without: null },
      { name: 'I9', says: 'restarts', problems: [], without: 'it takes its time' },
    ],
    problems: ['3 copied all data anew, and not 0'],
  });
  expect(text.split('\n')).toEqual([
    'not ok I1 one master',
    '         2 nodes run as master: a, b',
    'ok     I2 only it takes writes',
    '-      I9 restarts  (not looked at: it takes its time)',
    'not ok 3 copied all data anew, and not 0',
    '',
  ]);
});
