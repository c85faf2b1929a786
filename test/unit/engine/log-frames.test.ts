import { expect, test } from 'vitest';
import { parseLogFrames } from '../../../src/engine/log-frames.ts';
import { frame } from '../../helpers/frame.ts';

test('lines of both streams must come in their order, without line ends and empty lines', () => {
  expect(parseLogFrames(Buffer.concat([frame('one\r\n'), frame('two\n\nthree\n', 2), frame('four')]))).toEqual([
    'one',
    'two',
    'three',
    'four',
  ]);
});

test('a line and a character that are split over frames must be put together again', () => {
  const key = Buffer.from('\u{1f511}');
  expect(
    parseLogFrames(Buffer.concat([frame('a '), frame(key.subarray(0, 2)), frame(key.subarray(2)), frame(' b\n')])),
  ).toEqual(['a \u{1f511} b']);
});

test('a log that is cut off anywhere must give what is there', () => {
  const whole = Buffer.concat([frame('one\n'), frame('two\n')]);
  const read = Array.from({ length: whole.length + 1 }, (_, end) => parseLogFrames(whole.subarray(0, end)).join());
  expect([read[0], read[8], read[11], read[12], read.at(-1)]).toEqual(['', '', 'one', 'one', 'one,two']);
});
