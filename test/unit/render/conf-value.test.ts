import { describe, expect, test } from 'vitest';
import { decodeConfValue, encodeConfValue } from '../../../src/render/conf-value.ts';
import { randomFrom, readConfLine } from '../../helpers/conf-grammar.ts';

/** What the server makes of `requirepass VALUE`. */
function asServerReads(value: string): string | undefined {
  const encoded = encodeConfValue(value);
  if (/[\r\n]/.test(encoded)) throw new Error(`a line break in ${encoded}`);
  const words = readConfLine(Buffer.from(`requirepass ${encoded}`, 'latin1'));
  if (words.length !== 2) throw new Error(`${words.length} words in ${encoded}`);
  return words[1]?.toString('utf8');
}

describe('a value in redis.conf', () => {
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
    ['ä', '"\\xc3\\xa4"'],
    ['\u{1f511}', '"\\xf0\\x9f\\x94\\x91"'],
    ['\x7f\t', '"\\x7f\\x09"'],
  ])('%j must be written as %s and read back', (value, encoded) => {
    expect([encodeConfValue(value), asServerReads(value), decodeConfValue(encoded)]).toEqual([encoded, value, value]);
  });

  test('a NUL byte must be refused, as the server would cut the value there', () => {
    expect(() => encodeConfValue('a\0b')).toThrow(new RangeError('a value in redis.conf cannot contain a NUL byte'));
  });

  test('20,000 random values must be read back byte by byte, each from a single line', () => {
    const random = randomFrom(20_261_121);
    const alphabets = ['"\'\\x0aAfF #\n\r\t', 'abc XYZ019', '\u0001\u007f\u0080ÿĀ€\u{1f511}\u{10ffff}é "', '\\"'];
    for (let i = 0; i < 20_000; i++) {
      const alphabet = [...(alphabets[i % (alphabets.length + 1)] ?? '')];
      const length = Math.floor(random() * 40);
      const value = Array.from({ length }, () => pick(random, alphabet)).join('');
      const read = asServerReads(value);
      if (read !== value || decodeConfValue(encodeConfValue(value)) !== value) {
        expect.fail(`${JSON.stringify(value)} came back as ${JSON.stringify(read)} (number ${i})`);
      }
    }
  });
});

/** One of the characters, or any code point but NUL and lone surrogates, which are no text. */
function pick(random: () => number, alphabet: readonly string[]): string {
  const chosen = alphabet[Math.floor(random() * alphabet.length)];
  if (chosen !== undefined) return chosen;
  const codePoint = 1 + Math.floor(random() * (random() < 0.5 ? 255 : 0x10ffff));
  return codePoint >= 0xd800 && codePoint <= 0xdfff ? '?' : String.fromCodePoint(codePoint);
}
