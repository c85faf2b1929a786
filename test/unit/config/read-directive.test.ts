import { describe, expect, test } from 'vitest';
import { readDirective } from '../../../src/config/read-directive.ts';
import { splitWords } from '../../../src/domain/conf-grammar.ts';
import { nastyBytes, randomFrom } from '../../helpers/conf-grammar.ts';

describe('a directive must be read', () => {
  test.each<[string, readonly string[], string, readonly string[]]>([
    ['maxclients', ['5000'], 'maxclients', ['5000']],
    ['MaxClients', ['5000'], 'maxclients', ['5000']],
    [
      'client-output-buffer-limit',
      ['replica 256mb  64mb\t60 '],
      'client-output-buffer-limit',
      ['replica 256mb 64mb 60'],
    ],
    [
      'client-output-buffer-limit',
      ['replica 0 0 0', 'pubsub 0 0 0'],
      'client-output-buffer-limit',
      ['replica 0 0 0', 'pubsub 0 0 0'],
    ],
    ['proc-title-template', ['"{title} {listen-addr}"'], 'proc-title-template', ['"{title} {listen-addr}"']],
    ['proc-title-template', ["'{title}'"], 'proc-title-template', ['"{title}"']],
    ['notify-keyspace-events', [''], 'notify-keyspace-events', ['""']],
    ['notify-keyspace-events', ['""'], 'notify-keyspace-events', ['""']],
    ['syslog-ident', ['a#b'], 'syslog-ident', ['"a#b"']],
    ['syslog-ident', ['ä'], 'syslog-ident', ['"\\xc3\\xa4"']],
    ['syslog-ident', ['"a\\nb"'], 'syslog-ident', ['"a\\x0ab"']],
    ['slave-priority', ['10'], 'replica-priority', ['10']],
    ['min-slaves-to-write', ['1'], 'min-replicas-to-write', ['1']],
    ['hash-max-ziplist-entries', ['1'], 'hash-max-listpack-entries', ['1']],
    ['lua-time-limit', ['1'], 'busy-reply-threshold', ['1']],
    ['server_cpulist', ['0-3'], 'server-cpulist', ['0-3']],
    ['primaryauth', ['x'], 'masterauth', ['x']],
    ['Nonsense', ['x'], 'nonsense', ['x']],
  ])('%s %j as %s %j', (name, values, canonical, lines) => {
    expect(readDirective(name, values)).toEqual({ name: canonical, lines });
  });
});

describe('a directive must be refused', () => {
  test.each<[readonly string[], string]>([
    [[], 'has no value'],
    [[' '], 'has no value'],
    [['\t \r'], 'has no value'],
    [['5000\nappendonly no'], 'more than one line'],
    [['5000\n'], 'more than one line'],
    [['a\0b'], 'a NUL byte'],
    [['"a\\x00b"'], 'a value in redis.conf cannot contain a NUL byte'],
    [['"a'], 'a quote is not closed'],
    [["'a"], 'a quote is not closed'],
    [['"a"b'], 'a closing quote is not followed by a blank'],
    [['1', '"'], 'a quote is not closed'],
  ])('%j: %s', (values, problem) => {
    expect(readDirective('maxclients', values)).toBe(problem);
  });
});

test('whatever the text holds, it must stay one line of the same words (5000 random texts)', () => {
  const random = randomFrom(7);
  let read = 0;
  for (let round = 0; round < 5000; round++) {
    const text = nastyBytes(random, 20).toString('latin1');
    const directive = readDirective('syslog-ident', [text]);
    if (typeof directive === 'string') continue;
    read++;
    expect([text, directive.lines.length, directive.lines[0]?.includes('\n')]).toEqual([text, 1, false]);
    const expected = text === '' ? [Buffer.alloc(0)] : splitWords(text);
    expect([text, splitWords(directive.lines[0] ?? '')]).toEqual([text, expected]);
  }
  expect(read).toBeGreaterThan(500);
});
