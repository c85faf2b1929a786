import { expect, test } from 'vitest';
import { LogLineReader, toUnixSeconds } from '../../../src/engine/log-lines.ts';
import { frame } from '../../helpers/frame.ts';

const stamp = '2026-11-28T18:00:00.123456789Z';

/** Reads a log that comes in pieces of a size. */
function read(log: Buffer, size: number): readonly string[] {
  const reader = new LogLineReader();
  const lines = [];
  for (let i = 0; i < log.length; i += size) lines.push(...reader.take(log.subarray(i, i + size)));
  return [...lines, ...reader.end()].map(({ time, text }) => `${time}|${text}`);
}

test.each([1, 3, 7, 1000])('a log must be the same in whatever pieces it comes: %i bytes', (size) => {
  const log = Buffer.concat([
    frame(`${stamp} one\r\n`),
    frame(`${stamp} \n`, 2),
    frame(`${stamp} t\u00e4o \n${stamp} three\n`),
    frame(`${stamp} open`),
  ]);
  expect(read(log, size)).toEqual([
    `${stamp}|one`,
    `${stamp}|`,
    `${stamp}|t\u00e4o `,
    `${stamp}|three`,
    `${stamp}|open`,
  ]);
});

test('a long line that the engine has cut, in the middle of a character too, must be one again', () => {
  const key = Buffer.from('\u{1f511}');
  const later = Buffer.from('2026-11-28T18:00:01.000000000Z ');
  const log = Buffer.concat([
    frame(Buffer.concat([Buffer.from(`${stamp} a `), key.subarray(0, 2)])),
    frame(`${stamp} of stderr\n`, 2),
    frame(Buffer.concat([later, key.subarray(2), Buffer.from(' b\n')])),
  ]);
  expect(read(log, 1000)).toEqual([`${stamp}|of stderr`, `${stamp}|a \u{1f511} b`]);
});

test('a log that is cut off in a frame must be an error wherever that is', () => {
  const log = frame(`${stamp} one\n`);
  for (let end = 1; end < log.length; end += 1) expect(() => read(log.subarray(0, end), 1000)).toThrow('cut off');
});

test.each([
  ['2026-11-28T19:00:00.5+01:00', '2026-11-28T18:00:00.500000000Z'],
  ['2026-11-28T18:00:00Z', '2026-11-28T18:00:00.000000000Z'],
])('the stamp %s must be given in UTC with nine digits', (theirs, ours) => {
  expect(read(frame(`${theirs} x\n`), 1000)).toEqual([`${ours}|x`]);
});

test.each([['<html> page </html>'], [frame('no stamp\n')], [frame('nostamp')]])('%s must be refused', (log) => {
  expect(() => read(Buffer.from(log), 1000)).toThrow('does not speak its language');
});

test('what the engine itself has to say must be an error with its words', () => {
  expect(() => read(frame('the disk is gone', 3), 1000)).toThrow('the disk is gone');
});

test('a time must be asked for with every digit', () => {
  expect(toUnixSeconds(stamp)).toBe('1795888800.123456789');
});
