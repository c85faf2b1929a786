import { describe, expect, test } from 'vitest';
import { writesIn } from '../../../src/domain/lost-writes/write-command.ts';
import { formatWrite, lostWritesAsText, lostWritesToPipe } from '../../../src/render/lost-writes-file.ts';
import { lostInWords } from '../../../src/render/lost-writes-text.ts';
import { encode, stream, words, writes } from '../domain/lost-writes/streams.ts';

const see = 'rmsx rejoin master --dry-run';

describe('what a promotion lost', () => {
  test.each([
    [{ writes: [], bytes: 0, beyond: null }, '0 bytes lost'],
    [{ writes: writes('SET a 1'), bytes: 27, beyond: null }, `27 bytes in 1 write lost: see ${see}`],
    [{ writes: writes('SET a 1', 'SET b 1'), bytes: null, beyond: null }, `2 writes lost: see ${see}`],
    [
      { writes: writes('SET a 1'), bytes: 27, beyond: 'it was killed' },
      `at least 27 bytes in 1 write lost: see ${see}; whether there were more cannot be known: it was killed`,
    ],
    [
      { writes: [], bytes: 0, beyond: 'it was killed' },
      'no lost write found; whether there were more cannot be known: it was killed',
    ],
    [{ unknown: 'its container is gone' }, 'lost writes cannot be known: its container is gone'],
  ])('must be told in one line: %j', (lost, text) => {
    expect(lostInWords(lost, see)).toBe(text);
  });
});

describe('lost writes in a file', () => {
  const found = writesIn(['SELECT 0', 'SET a 1', 'SELECT 3', 'MULTI', 'SET b 2', 'EXEC'].map(words), 0);

  test('must be what redis-cli --pipe takes, each in its database', () => {
    expect(lostWritesToPipe(found)).toEqual(stream('SELECT 0', 'SET a 1', 'SELECT 3', 'MULTI', 'SET b 2', 'EXEC'));
    const binary = [{ database: 0, args: [Buffer.from('SET'), Buffer.from('a'), Buffer.from([0, 13, 10, 255])] }];
    expect(lostWritesToPipe(binary)).toEqual(
      Buffer.concat([stream('SELECT 0'), encode('SET', 'a', Buffer.from([0, 13, 10, 255]))]),
    );
  });

  test('must be readable, and steer no terminal', () => {
    const text = lostWritesAsText({ writes: found, bytes: 54, beyond: null }, { cluster: 'demo', node: 'master' });
    expect(text).toBe(
      [
        '# 2 writes (54 bytes) that only master of demo had, oldest first.',
        '# The number of the database stands before each.',
        '0> SET "a" "1"',
        '3> MULTI',
        '3> SET "b" "2"',
        '3> EXEC',
        '',
      ].join('\n'),
    );
    const unknown = lostWritesAsText(
      { writes: [{ database: null, args: words('SET a 1') }], bytes: 27, beyond: null },
      { cluster: 'demo', node: 'master' },
    );
    expect(unknown.split('\n').slice(2, 4)).toEqual([expect.stringContaining('nobody knows it'), '?> SET "a" "1"']);
    const args = ['SET', 'a\n\u001b[2J', 'say "hi" \\ ä', 'x'.repeat(80)].map((each) => Buffer.from(each));
    expect(formatWrite({ database: null, args }, 20)).toBe(
      String.raw`?> SET "a\x0a\x1b[2J" "say \"hi\" \\ \xc3\xa4" "xxxxxxxxxxxxxxxxxxxx"… (80 bytes)`,
    );
  });
});
