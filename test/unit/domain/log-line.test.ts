import { expect, test } from 'vitest';
import { type LogLine, LogPosition, mergeLogs } from '../../../src/domain/log-line.ts';

const at = (second: number, text: string): LogLine => ({ time: `2026-11-28T18:00:0${second}.000000000Z`, text });
const texts = (lines: readonly LogLine[]): readonly string[] => lines.map(({ text }) => text);

test('lines of several nodes must come in the order of time, and in the order of nodes at the same time', () => {
  const logs = new Map([
    ['slave-10', [at(1, 'c')]],
    ['slave-2', [at(1, 'b'), at(3, 'e')]],
    ['master', [at(1, 'a'), at(2, 'd')]],
  ]);
  expect(mergeLogs(logs).map(({ node, text }) => `${node} ${text}`)).toEqual([
    'master a',
    'slave-2 b',
    'slave-10 c',
    'master d',
    'slave-2 e',
  ]);
});

test('a clock that was set back must not change the order of the lines of a node', () => {
  const logs = new Map([
    ['master', [at(5, 'a'), at(1, 'b'), at(6, 'd')]],
    ['slave-1', [at(5, 'c')]],
  ]);
  expect(texts(mergeLogs(logs))).toEqual(['a', 'b', 'c', 'd']);
});

test('a log that is opened again must give every line once, also of those with the same time', () => {
  const position = new LogPosition();
  expect(position.open()).toBeUndefined();
  expect(texts(position.take([at(1, 'a'), at(2, 'b')]))).toEqual(['a', 'b']);
  expect(texts(position.take([at(2, 'c')]))).toEqual(['c']);
  for (const more of [at(2, 'd'), at(3, 'e')]) {
    expect(position.open()).toBe(at(2, '').time);
    const again = [at(2, 'b'), at(2, 'c'), ...(more.text === 'e' ? [at(2, 'd')] : []), more];
    expect(texts(position.take(again))).toEqual([more.text]);
  }
  expect(position.open()).toBe(at(3, '').time);
});

test('a log from a point in time must be opened there, and keep the first line', () => {
  const position = new LogPosition(at(1, '').time);
  expect(position.open()).toBe(at(1, '').time);
  expect(texts(position.take([at(1, 'a')]))).toEqual(['a']);
  position.open();
  expect(texts(position.take([at(1, 'a'), at(1, 'b')]))).toEqual(['b']);
});
