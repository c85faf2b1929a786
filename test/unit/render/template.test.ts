import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { renderTemplate } from '../../../src/render/template.ts';
import { errorOf } from '../../helpers/error-of.ts';

test('every placeholder must be filled, with or without spaces', () => {
  expect(renderTemplate('t', 'port {{port}}\nid {{ id }}-{{port}}\n', { port: '6379', id: 'a' })).toBe(
    'port 6379\nid a-6379\n',
  );
});

test('a line that names a list must stand once for each of its elements, other values filled too', () => {
  const text = 'before\nrename-command {{command}} "{{to}}"\nafter';
  expect(renderTemplate('t', text, { command: ['KEYS', 'FLUSHALL'], to: '' })).toBe(
    'before\nrename-command KEYS ""\nrename-command FLUSHALL ""\nafter',
  );
});

test('a line that names an empty list must be gone', () => {
  expect(renderTemplate('t', 'before\nrename-command {{command}} ""\nafter', { command: [] })).toBe('before\nafter');
});

test('a value must never be taken for a template or a pattern of replacement', () => {
  const values = { a: '{{b}} $& $1 $$', b: 'B' };
  expect(renderTemplate('t', 'x {{a}}', values)).toBe('x {{b}} $& $1 $$');
});

test('unknown placeholders must all be named, with file and line', () => {
  const text = 'port {{port}}\n{{prot}}\n\n{{}} {{other}}';
  expect(errorOf(() => renderTemplate('redis.conf', text, { port: '1', name: ['x'] }))).toEqual({
    code: 'bad-spec',
    message: 'The template redis.conf cannot be rendered.',
    problems: [
      'redis.conf:2: unknown placeholder {{prot}}',
      'redis.conf:4: unknown placeholder {{}}',
      'redis.conf:4: unknown placeholder {{other}}',
    ],
    hint: 'It may name: port, name',
  });
});

test.each(['constructor', 'toString', '__proto__'])('{{%s}} must be as unknown as any other name', (name) => {
  expect(() => renderTemplate('t', `{{${name}}}`, { a: '1' })).toThrow(RmsxError);
});
