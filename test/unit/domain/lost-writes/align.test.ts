import { describe, expect, test } from 'vitest';
import { align } from '../../../../src/domain/lost-writes/align.ts';
import {
  type LostWrites,
  lostBytesOf,
  lostInFile,
  receivedIn,
} from '../../../../src/domain/lost-writes/lost-writes.ts';
import { overlapsOf } from '../../../../src/domain/lost-writes/overlaps.ts';
import { bytesOfAll, type WriteCommand } from '../../../../src/domain/lost-writes/write-command.ts';
import type { ServerVersion } from '../../../../src/domain/server-version.ts';
import { lines, randomOf, stream, writes } from './streams.ts';

const server = (major: number, minor: number): ServerVersion => ({ family: 'redis', major, minor, isMinorOpen: true });
const redis7 = server(7, 0);
const redis6 = server(6, 0);
const unclear = { unknown: expect.stringContaining('not clear') };

const sets = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, i) => `SET key:${from + i} ${from + i}`);

function lost(
  received: readonly string[],
  file: readonly string[],
  { isWhole = true, isDirect = true, version = redis7, beyond = null as string | null } = {},
): LostWrites {
  const found = receivedIn(stream(...received)) ?? [];
  return lostInFile(found, { file: { writes: writes(...file), isWhole }, isDirect, server: version, beyond });
}

const linesOf = (found: LostWrites): unknown => ('unknown' in found ? found : lines(found.writes));

describe('the writes that only a former master has', () => {
  test('must be those behind the last one that the new master received', () => {
    const found = lost(['SELECT 0', ...sets(0, 3)], sets(0, 5));
    expect(found).toEqual({ writes: writes(...sets(3, 5)), bytes: bytesOfAll(writes(...sets(3, 5))), beyond: null });
    expect(lostBytesOf(found)).toBe(stream(...sets(3, 5)).length);
  });

  test('must be none where both end with the same write, and 0 bytes', () => {
    const found = lost(sets(0, 3), sets(0, 3));
    expect(linesOf(found)).toEqual([]);
    expect(lostBytesOf(found)).toBe(0);
  });

  test('must be none where the former master was never written to', () => {
    expect(linesOf(lost(['PING'], []))).toEqual([]);
  });

  test('must be found whatever servers say beside them', () => {
    const received = ['PING', 'SET a 1', 'PUBLISH c hello', 'REPLCONF GETACK *', 'SET b 2', 'PING', 'PING'];
    expect(linesOf(lost(received, ['SET a 1', 'SET b 2', 'SET c 3']))).toEqual(['SET c 3']);
  });

  test('must tell databases apart, and find the one that the stream does not name', () => {
    const file = ['SELECT 2', 'SET a 1', 'SET b 1', 'SELECT 5', 'SET c 1', 'SELECT 2', 'SET d 1'];
    const found = lost(['SET a 1', 'SET b 1'], file);
    expect(linesOf(found)).toEqual(['SET c 1', 'SET d 1']);
    expect('writes' in found && found.writes.map(({ database }) => database)).toEqual([5, 2]);
    expect(linesOf(lost(['SELECT 3', 'SET a 1', 'SET b 1'], file))).toEqual({
      unknown: expect.stringContaining('nothing of what the new master received'),
    });
  });

  test('must keep transactions together, and those that hold messages only are none', () => {
    const both = ['MULTI', 'SET a 1', 'INCR n', 'EXEC', 'MULTI', 'PUBLISH c x', 'EXEC', 'SET b 1'];
    const own = ['MULTI', 'SET c 1', 'SET d 1', 'EXEC'];
    expect(linesOf(lost(both, [...both, ...own]))).toEqual(own);
    expect(linesOf(lost(both.slice(2), [...both, ...own]))).toEqual(own);
  });

  test('must not count a transaction at the end of the file that has no end', () => {
    expect(linesOf(lost(['SET a 1'], ['SET a 1', 'SET b 1', 'MULTI', 'SET c 1']))).toEqual(['SET b 1']);
  });

  test('must not be guessed from one write of a later master that is the last of the file, too', () => {
    const file = ['SET a 1', 'SET only-here 1', 'SET flag on'];
    expect(linesOf(lost(['SET flag on'], file, { isDirect: false }))).toEqual(unclear);
    expect(linesOf(lost(sets(0, 8), [...sets(0, 8), 'SET b 1'], { isDirect: false }))).toEqual(['SET b 1']);
  });

  test('must be told where the file lacks what the new master has, and it may', () => {
    const found = lost(sets(0, 20), sets(0, 12), { beyond: 'its last second' });
    expect(linesOf(found)).toEqual([]);
    expect(lostBytesOf(found)).toBe(null);
    expect(linesOf(lost(sets(0, 20), sets(0, 12)))).toHaveProperty('unknown');
  });
});

describe('writes that cannot be told apart', () => {
  test('must give no answer where the same write stands there over and over', () => {
    const incr = (count: number): readonly string[] => Array.from({ length: count }, () => 'INCR n');
    expect(lost(incr(50), incr(60))).toEqual(unclear);
    expect(lost(incr(50), incr(60), { isWhole: false })).toEqual(unclear);
    expect(linesOf(lost([...incr(50), 'SET mark 1', ...incr(3)], [...incr(50), 'SET mark 1', ...incr(9)]))).toEqual(
      incr(6),
    );
  });

  test('must give no answer where the same round of writes comes again and again', () => {
    const round = sets(0, 10);
    expect(lost([...round, ...round], [...round, ...round, ...round, ...round])).toEqual(unclear);
    expect(lost(round, round, { isWhole: false })).not.toEqual(unclear);
  });

  test('must give no answer from few writes where the file begins in the middle', () => {
    const options = { isWhole: false };
    expect(lost(sets(0, 7), sets(0, 9), options)).toEqual(unclear);
    expect(linesOf(lost(sets(0, 8), sets(0, 9), options))).toEqual(sets(8, 9));
    expect(lost(['PING'], sets(0, 9), options)).toHaveProperty('unknown');
    expect(lost(sets(0, 9), [], options)).toHaveProperty('unknown');
  });

  test('must be found where the file begins after what the new master still has', () => {
    expect(linesOf(lost(sets(0, 40), sets(20, 50), { isWhole: false }))).toEqual(sets(40, 50));
    expect(lost(sets(0, 40), sets(45, 60), { isWhole: false })).toHaveProperty('unknown');
  });
});

describe('lifetimes in the file of a server before 7.0', () => {
  const received = ['SETEX a 10 1', 'SET b 1 EX 10', 'SET c 1 px 5 nx', 'EXPIRE a 5', 'SET d 1 NX', 'PEXPIREAT a 17'];
  const file = [
    'SET a 1',
    'PEXPIREAT a 1700000001000',
    'SET b 1',
    'PEXPIREAT b 1700000002000',
    'SET c 1',
    'PEXPIREAT c 1700000003000',
    'PEXPIREAT a 1700000004000',
    'SET d 1 NX',
    'PEXPIREAT a 17',
  ];

  test('must be found again', () => {
    expect(linesOf(lost(received, [...file, 'SET e 1'], { version: redis6 }))).toEqual(['SET e 1']);
    expect(lost(received, [...file, 'SET e 1'])).toHaveProperty('unknown');
  });

  test('must make the bytes of what is lost unknown, and not the list', () => {
    const found = lost(received, [...file, 'SET e 1', 'PEXPIREAT e 1700000009000'], { version: redis6 });
    expect(linesOf(found)).toEqual(['SET e 1', 'PEXPIREAT e 1700000009000']);
    expect(lostBytesOf(found)).toBe(null);
  });

  test('must be found again in the form of 6.2', () => {
    const found = lost(['SET b 1 PX 100'], ['SET b 1 PXAT 1700000002000', 'DEL b'], { version: server(6, 2) });
    expect(linesOf(found)).toEqual(['DEL b']);
  });
});

describe('any history', () => {
  test('must give exactly what is lost, or no answer', () => {
    const random = randomOf(42);
    let known = 0;
    for (let round = 0; round < 1500; round++) {
      const kinds = 1 + random(12);
      const history: WriteCommand[] = Array.from({ length: 1 + random(60) }, (_, i) => {
        const text = random(4) === 0 ? `SET once:${i} 1` : `INCR n:${random(kinds)}`;
        return { database: 0, args: text.split(' ').map((each) => Buffer.from(each)) };
      });
      const stop = random(history.length + 1);
      const start = random(stop + 1);
      const cut = random(3) === 0 ? random(history.length + 1) : 0;
      const found = align({
        received: history.slice(start, stop),
        file: { writes: history.slice(cut), isWhole: cut === 0 },
        server: redis7,
        isDirect: random(2) === 0,
        mayEndEarly: random(2) === 0,
      });
      if ('unknown' in found) continue;
      known++;
      expect(found.received).toBe(stop - cut);
    }
    expect(known).toBeGreaterThan(300);
  });

  test('must be laid along another in all ways there are', () => {
    const random = randomOf(3);
    for (let round = 0; round < 400; round++) {
      const symbols = 1 + random(3);
      const make = (): readonly number[] => Array.from({ length: random(9) }, () => random(symbols));
      const [first, second] = [make(), make()];
      const byHand = [];
      for (let shift = 1 - second.length; shift < first.length; shift++) {
        const firstEnd = Math.min(first.length, shift + second.length);
        const secondEnd = firstEnd - shift;
        const start = Math.max(0, shift);
        const isSame = first.slice(start, firstEnd).every((symbol, i) => symbol === second[start - shift + i]);
        if (isSame && firstEnd > start) byHand.push({ firstEnd, secondEnd, length: firstEnd - start });
      }
      const order = (a: { firstEnd: number; secondEnd: number }, b: { firstEnd: number; secondEnd: number }): number =>
        a.firstEnd - b.firstEnd || a.secondEnd - b.secondEnd;
      expect([...overlapsOf(first, second, true)].sort(order)).toEqual(byHand.sort(order));
      expect([...overlapsOf(first, second, false)].sort(order)).toEqual(
        byHand.filter(({ secondEnd }) => secondEnd === second.length).sort(order),
      );
    }
  });
});
