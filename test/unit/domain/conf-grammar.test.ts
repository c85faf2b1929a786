import { describe, expect, test } from 'vitest';
import { ConfSyntaxError, decodeWord, encodeWord, splitWords } from '../../../src/domain/conf-grammar.ts';
import { nastyBytes, pick, randomFrom } from '../../helpers/conf-grammar.ts';

const hex = (words: readonly Uint8Array[]): string => words.map((word) => Buffer.from(word).toString('hex')).join(' ');
const words = (line: string | Uint8Array): readonly string[] => splitWords(line).map((word) => word.toString('latin1'));

/** A whole file as the server reads it: config.c, loadServerConfigFromString. */
function directivesOf(file: string): readonly (readonly Buffer[])[] {
  const lines = file.split('\n').map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''));
  const directives = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return directives.map((line) => splitWords(line)).filter((directive) => directive.length > 0);
}

describe('a value that is encoded', () => {
  test.each([
    ['plain', 'plain'],
    ['a.b:c/d-e_f', 'a.b:c/d-e_f'],
    ['', '""'],
    ['two words', '"two words"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["it's", '"it\'s"'],
    ['back\\slash', '"back\\\\slash"'],
    ['\\x41', '"\\\\x41"'],
    ['# no comment', '"# no comment"'],
    ['a\nrename-command CONFIG ""', '"a\\x0arename-command CONFIG \\"\\""'],
    ['a\r', '"a\\x0d"'],
    ['ä', '"\\xc3\\xa4"'],
    ['\u{1f511}', '"\\xf0\\x9f\\x94\\x91"'],
    ['\ufeffbom', '"\\xef\\xbb\\xbfbom"'],
    ['\x7f\t', '"\\x7f\\x09"'],
  ])('%j must be written as %s and read back', (value, encoded) => {
    expect(encodeWord(value)).toBe(encoded);
    expect(encodeWord(Buffer.from(value))).toBe(encoded);
    expect(decodeWord(encoded)).toBe(value);
  });

  test('every byte but NUL must be read back, alone and between others', () => {
    for (let byte = 1; byte < 256; byte++) {
      const values = [[byte], [byte, byte], [0x61, byte], [byte, 0x61], [0x5c, byte], [0x22, byte, 0x22]];
      for (const value of values.map((bytes) => Uint8Array.from(bytes))) {
        expect(hex(splitWords(encodeWord(value)))).toBe(hex([value]));
      }
    }
  });

  test('a view of a larger buffer must be encoded without its surroundings', () => {
    expect(encodeWord(new Uint8Array(Buffer.from('"abc"')).subarray(1, 4))).toBe('abc');
    expect(encodeWord(Buffer.from('"abc"').subarray(1, 4))).toBe('abc');
  });

  test('a NUL byte must be refused, as servers cut values there, and the message must not show the value', () => {
    const refused = new RangeError('a value in redis.conf cannot contain a NUL byte');
    for (const value of ['\0', 'secret\0', '\0secret', 'sec\0ret', '"\0']) {
      expect(() => encodeWord(value)).toThrow(refused);
      expect(() => encodeWord(Buffer.from(value))).toThrow(refused);
    }
  });

  test('half a surrogate pair must be refused, as it is no text and would come back as another', () => {
    for (const value of ['\ud800', 'a\udc00b', '\udd11\ud83d']) {
      expect(() => encodeWord(value)).toThrow(
        new RangeError('a value in redis.conf cannot contain half a surrogate pair'),
      );
    }
    expect(decodeWord(encodeWord('\ud83d\udd11'))).toBe('\u{1f511}');
  });
});

describe('random values', () => {
  test('20,000 byte strings must each be read back, byte by byte, from one line of printable ASCII', () => {
    const random = randomFrom(20_261_121);
    const seen = new Set<number>();
    for (let i = 0; i < 20_000; i++) {
      const value = nastyBytes(random, 200);
      for (const byte of value) seen.add(byte);
      const line = `directive ${encodeWord(value)}`;
      if (!/^[ -~]+$/.test(line)) expect.fail(`number ${i}, ${hex([value])}: a line of other bytes: ${line}`);
      const read = hex(splitWords(line));
      if (read !== hex([Buffer.from('directive'), value]))
        expect.fail(`number ${i}, ${hex([value])} came back as ${read}`);
    }
    expect(seen.size).toBe(255);
  });

  test('10,000 texts must come back from decodeWord', () => {
    const random = randomFrom(41);
    for (let i = 0; i < 10_000; i++) {
      const value = nastyBytes(random, 60).toString(i % 2 ? 'utf8' : 'latin1');
      if (decodeWord(encodeWord(value)) !== value) expect.fail(`number ${i}: ${JSON.stringify(value)}`);
    }
  });

  test('10,000 values with a NUL byte somewhere must each be refused', () => {
    const random = randomFrom(43);
    for (let i = 0; i < 10_000; i++) {
      const value = Buffer.concat([nastyBytes(random, 20), Buffer.of(0), nastyBytes(random, 20)]);
      expect(() => encodeWord(value)).toThrow(RangeError);
    }
  });

  test('2,000 files of encoded directives must be read back as exactly these directives', () => {
    const random = randomFrom(19);
    for (let i = 0; i < 2_000; i++) {
      const directives = Array.from({ length: 1 + Math.floor(random() * 8) }, () => {
        const name = Buffer.from(pick(random, ['requirepass', 'masterauth', 'user', 'include']));
        return [name, ...Array.from({ length: 1 + Math.floor(random() * 3) }, () => nastyBytes(random, 60))];
      });
      const ending = pick(random, ['\n', '\r\n', '\n\n', ' \n# comment "\n', '\n  ']);
      const file = directives.map((directive) => directive.map(encodeWord).join(' ') + ending).join('');
      const read = directivesOf(file);
      if (read.map(hex).join('\n') !== directives.map(hex).join('\n')) expect.fail(`number ${i}:\n${file}`);
    }
  });

  test('10,000 lines of encoded words must be taken apart into exactly these words, whatever blanks are between', () => {
    const random = randomFrom(6);
    const blanks = [' ', '  ', '\t', ' \t ', '\r', ' \v', '\t\f '];
    for (let i = 0; i < 10_000; i++) {
      const expected = Array.from({ length: Math.floor(random() * 6) }, () => nastyBytes(random, 60));
      const line =
        expected.map((word) => pick(random, blanks) + encodeWord(word)).join('') + pick(random, ['', ...blanks]);
      if (hex(splitWords(line)) !== hex(expected)) expect.fail(`number ${i}: ${JSON.stringify(line)}`);
    }
  });

  test('20,000 lines of rubbish must either be refused or have words that are the same after encoding', () => {
    const random = randomFrom(7);
    const outcomes = { refused: 0, same: 0, nul: 0 };
    for (let i = 0; i < 20_000; i++) {
      const line = nastyBytes(random, 12).filter((byte) => byte !== 0x0a);
      let read: readonly Buffer[];
      try {
        read = splitWords(line);
      } catch (error) {
        if (!(error instanceof ConfSyntaxError)) throw error;
        outcomes.refused++;
        continue;
      }
      if (read.some((word) => word.includes(0))) {
        outcomes.nul++; // from \x00 in quotes, which encodeWord refuses
      } else if (hex(splitWords(read.map(encodeWord).join(' '))) === hex(read)) {
        outcomes.same++;
      } else {
        expect.fail(`number ${i}: ${hex([line])}`);
      }
    }
    expect(outcomes.refused).toBeGreaterThan(1_000);
    expect(outcomes.same).toBeGreaterThan(5_000);
  });
});

describe('a line of redis.conf', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    [' \t\r\v\f', []],
    ['appendonly yes', ['appendonly', 'yes']],
    ['  a \t b\r', ['a', 'b']],
    ['a "" b', ['a', '', 'b']],
    ["''", ['']],
    ['"\\n\\r\\t\\b\\a"', ['\n\r\t\b\x07']],
    ['"\\x41\\x4A\\x4a\\xfF"', ['AJJ\xff']],
    ['"\\x4" "\\xg1" "\\x"', ['x4', 'xg1', 'x']],
    ['"\\\\x41"', ['\\x41']],
    ['"\\"\\\\\\q"', ['"\\q']],
    ['"it\'s" \'say "hi"\'', ["it's", 'say "hi"']],
    ["'it\\'s' '\\n\\x41\\\\ '", ["it's", '\\n\\x41\\\\ ']],
    ['a"b c" d\'e f\'', ['ab c', 'de f']],
    ['\\x41 a\\ b', ['\\x41', 'a\\', 'b']],
    ['a#b # c', ['a#b', '#', 'c']],
    ['a\vb\fc', ['a\vb\fc']],
    ['\va "b"\v"c"', ['a', 'b', 'c']],
    ['"a\rb\tc"', ['a\rb\tc']],
    ['"\\x00"', ['\0']],
  ])('%j must be taken apart into %j', (line, expected) => {
    expect(words(line)).toEqual(expected);
    expect(words(Buffer.from(line, 'latin1'))).toEqual(expected);
  });

  test.each([
    ['"', 'a quote is not closed'],
    ['a "b', 'a quote is not closed'],
    ["it's", 'a quote is not closed'],
    ['"a\\"', 'a quote is not closed'],
    ['"a\\', 'a quote is not closed'],
    ["'a\\'", 'a quote is not closed'],
    ["'a\\\\'", 'a quote is not closed'],
    ['\'a"', 'a quote is not closed'],
    ['"a"b', 'a closing quote is not followed by a blank'],
    ['"a"\'b\'', 'a closing quote is not followed by a blank'],
    ["'a'b", 'a closing quote is not followed by a blank'],
    ['"a"#', 'a closing quote is not followed by a blank'],
    ['"a"\xa0', 'a closing quote is not followed by a blank'],
    ['a\nb', 'more than one line'],
    ['"a\nb"', 'more than one line'],
    ['a\n', 'more than one line'],
    ['a\0', 'a NUL byte'],
    ['"\0"', 'a NUL byte'],
  ])('%j must be refused: %s', (line, message) => {
    expect(() => splitWords(line)).toThrow(new ConfSyntaxError(message));
    expect(() => splitWords(Buffer.from(line, 'latin1'))).toThrow(new ConfSyntaxError(message));
  });

  test('a megabyte of one value must be taken apart', () => {
    const value = Buffer.alloc(2 ** 20, '\\"\n');
    const [word, ...more] = splitWords(encodeWord(value));
    expect([word?.equals(value), more.length]).toEqual([true, 0]);
  });
});

describe('decoding', () => {
  test.each([
    ["'single quotes'", 'single quotes'],
    ['ä', 'ä'],
    ['"\\xef\\xbb\\xbfa"', '\ufeffa'],
    [' a\r', 'a'],
  ])('%j, written by a person, must be read as %j', (text, value) => {
    expect(decodeWord(text)).toBe(value);
  });

  test.each([
    ['', 'not exactly one word'],
    ['a b', 'not exactly one word'],
    ['"\\xff"', 'the word is not UTF-8'],
    ['"a', 'a quote is not closed'],
  ])('%j must be refused: %s', (text, message) => {
    expect(() => decodeWord(text)).toThrow(new ConfSyntaxError(message));
  });
});
