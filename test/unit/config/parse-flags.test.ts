import { describe, expect, test } from 'vitest';
import { nearest } from '../../../src/config/nearest.ts';
import { parseBoolean, parseChoice, parseDurationMs, parseInteger } from '../../../src/config/parse-flags.ts';

describe('whole numbers', () => {
  test.each([
    ['0', 0],
    ['2', 2],
    ['-1', -1],
    ['007', 7],
  ])('%s must be %i', (text, value) => {
    expect(parseInteger('--replicas', text)).toEqual({ value });
  });

  test.each(['x', '1.5', '1e3', '0x10', ' 1', '+1', '', '１', 'NaN', 'Infinity'])('%j must be none', (text) => {
    expect(parseInteger('--replicas', text)).toEqual({ problem: `--replicas: "${text}" is not a whole number` });
  });
});

describe('times', () => {
  test.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0.6ms', 1],
  ])('%s must be %i ms', (text, value) => {
    expect(parseDurationMs('--timeout', text)).toEqual({ value });
  });

  test.each(['60', '60 s', 's', '1m30s', '-1s', '1d', '1S', '.5s', '', 'constructor', '1constructor'])(
    '%j must be none, as it has no number or no unit',
    (text) => {
      expect(parseDurationMs('--timeout', text)).toEqual({
        problem: `--timeout: "${text}" is not a time with a unit, such as 500ms, 60s or 2m`,
      });
    },
  );

  test.each(['0s', '0.1ms', '600h', '9999999999999h'])('%s must be out of range: a timer would end at once', (text) => {
    expect(parseDurationMs('--timeout', text)).toEqual({
      problem: `--timeout: ${text} must be more than 0 and at most 24 days`,
    });
  });
});

test.each([
  ['1', true],
  ['TRUE', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['False', false],
  ['no', false],
  ['off', false],
  ['', false],
])('%j in the environment must be %s', (text, value) => {
  expect(parseBoolean('RMSX_RETAIN', text)).toEqual({ value });
});

test.each(['2', 'maybe', 'truee'])('%j in the environment must be neither yes nor no', (text) => {
  expect(parseBoolean('RMSX_RETAIN', text)).toEqual({ problem: `RMSX_RETAIN: "${text}" is neither yes nor no` });
});

test('a choice must be one of the words', () => {
  expect(parseChoice('--pull', 'never', ['missing', 'never'])).toEqual({ value: 'never' });
  expect(parseChoice('--pull', 'nevr', ['missing', 'never'])).toEqual({
    problem: '--pull: "nevr" is not one of missing, never',
  });
});

describe('the word that was meant', () => {
  const verbs = ['up', 'down', 'status', 'promote', 'env', 'url', 'ls'];
  test.each([
    ['statsu', 'status'],
    ['promot', 'promote'],
    ['pormote', 'promote'],
    ['dwon', undefined],
    ['donw', undefined],
    ['dow', 'down'],
    ['uP', 'up'],
    ['xyz', undefined],
    ['', undefined],
    ['statusstatus', undefined],
  ])('%s: %s', (typed, meant) => {
    expect(nearest(typed, verbs)).toBe(meant);
  });

  test('must be none where there is no word', () => {
    expect(nearest('up', [])).toBeUndefined();
  });
});
