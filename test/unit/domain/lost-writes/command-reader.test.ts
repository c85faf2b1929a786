import { describe, expect, test } from 'vitest';
import { CommandReader, commandsUpTo } from '../../../../src/domain/lost-writes/command-reader.ts';
import { bytesOf, encode, randomOf, stream, words } from './streams.ts';

const read = (chunks: readonly Buffer[]): readonly (readonly Buffer[])[] => {
  const reader = new CommandReader();
  return chunks.flatMap((chunk) => reader.take(chunk));
};

describe('a stream of commands', () => {
  test('must come out the same however it is cut into pieces, whatever bytes its values hold', () => {
    const random = randomOf(7);
    for (let round = 0; round < 200; round++) {
      const commands = Array.from({ length: 1 + random(8) }, () =>
        Array.from({ length: 1 + random(4) }, () => Buffer.from(Array.from({ length: random(30) }, () => random(256)))),
      );
      const whole = Buffer.concat(commands.map((command) => encode(...command)));
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length; ) {
        const size = 1 + random(9);
        chunks.push(whole.subarray(at, at + size));
        at += size;
      }
      expect(read(chunks)).toEqual(commands);
      expect(commands.reduce((sum, command) => sum + bytesOf(command), 0)).toBe(whole.length);
    }
  });

  test('must give whole commands only where its end is cut off', () => {
    const whole = stream('SET a 1', 'SET b 2');
    const reader = new CommandReader();
    expect(reader.take(whole.subarray(0, whole.length - 3))).toEqual([words('SET a 1')]);
    expect(reader.take(whole.subarray(-3))).toEqual([words('SET b 2')]);
  });

  test('must leave the annotations of an append-only file out', () => {
    const annotated = Buffer.concat([Buffer.from('#TS:1700000000\r\n'), stream('SET a 1'), Buffer.from('#TS:1\r\n')]);
    expect(read([annotated])).toEqual([words('SET a 1')]);
  });

  test.each(['SET a 1\r\n', '*1\r\n+PING\r\n', '*-1\r\n', '*1\r\n$1\r\nabc', '*x\r\n', '$1\r\na\r\n', '*\r\n'])(
    'must be refused where it is none: %j',
    (text) => {
      expect(() => read([Buffer.from(text)])).toThrow(RangeError);
    },
  );
});

describe('a part of a stream', () => {
  test('must be read from the first whole command on, wherever it begins', () => {
    const first = stream('SET first 1');
    const rest = stream('SET b 2', 'PING', 'SET c 3');
    for (let at = 1; at < first.length; at++) {
      expect(commandsUpTo(Buffer.concat([first, rest]).subarray(at))).toEqual([
        words('SET b 2'),
        words('PING'),
        words('SET c 3'),
      ]);
    }
  });

  test('must not take a value for commands that looks like them', () => {
    const value = stream('SET fake 1', 'SET fake 2');
    const whole = Buffer.concat([encode('SET', 'real', value), stream('SET b 2')]);
    expect(commandsUpTo(whole.subarray(5))).toEqual([words('SET b 2')]);
  });

  test('must be nothing where it ends inside a command', () => {
    const whole = stream('SET a 1', 'SET b 2');
    expect(commandsUpTo(whole.subarray(0, whole.length - 1))).toBe(null);
    expect(commandsUpTo(Buffer.alloc(0))).toEqual([]);
  });
});
