import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeScalar } from '../../../src/render/compose-scalar.ts';

const hostile = [
  '',
  'plain',
  '123',
  '0x1F',
  '1e3',
  '6379:22',
  'no',
  'null',
  '~',
  '2026-11-21',
  '<<',
  '*alias',
  '&anchor',
  '!!int 5',
  '- a',
  'a: b # c',
  `$\{HOME} $$ $x`,
  'back\\slash "quoted" \'single\'',
  'line\nbreak\r\n\ttab',
  '\x00\x07\x1b\x7f\x85\u2028\ufeff',
  'ä€\u{1f511}',
  '%TAG',
  '{{name}}',
];

describe('a scalar of a compose file', () => {
  test.each(hostile)('%j must come back as it is, dollars doubled', (text) => {
    const scalar = composeScalar(text);
    expect(scalar).toMatch(/^"[ -~]*"$/);
    expect(parse(`a: ${scalar}`)).toEqual({ a: text.replaceAll('$', '$$$$') });
    expect(parse(`a: ${scalar}`, { version: '1.1' })).toEqual({ a: text.replaceAll('$', '$$$$') });
  });

  test('half a surrogate pair must be refused, as it is no text', () => {
    expect(() => composeScalar('a\ud800')).toThrow(RangeError);
  });
});
