import { expect, test } from 'vitest';
import { generatePassword, passwordProblem } from '../../../src/config/password.ts';

test.each([
  ['', 'the password is empty, which would switch authentication off'],
  ['a\nb', 'the password has a line break as its character number 2; use printable characters'],
  ['\rb', 'the password has a carriage return as its character number 1; use printable characters'],
  ['ab\t', 'the password has a tab as its character number 3; use printable characters'],
  ['a\0', 'the password has a NUL byte as its character number 2; use printable characters'],
  ['a\x7f', 'the password has the character U+007F as its character number 2; use printable characters'],
  ['\u{1f511}\u2028', 'the password has the character U+2028 as its character number 2; use printable characters'],
  ['a\ud800', 'the password has the character U+D800 as its character number 2; use printable characters'],
  ['\ufffd', 'the password has the character U+FFFD as its character number 1; use printable characters'],
])('%j must be refused without being printed', (password, problem) => {
  expect(passwordProblem(password)).toEqual([problem]);
});

test.each(['x', ' ', 'two words', '"\'\\#$`', 'ä€\u{1f511}', '-dash', 'x'.repeat(512)])(
  '%j must be accepted',
  (password) => {
    expect(passwordProblem(password)).toEqual([]);
  },
);

test('a generated password must have 128 bits or more, never twice the same, and need no quoting', () => {
  const made = Array.from({ length: 1000 }, generatePassword);
  expect(new Set(made).size).toBe(1000);
  expect(made.filter((password) => !/^[\w-]{32}$/.test(password))).toEqual([]);
});

test.each([
  ['x'.repeat(513), 513],
  ['x'.repeat(600), 600],
  ['\u{1f511}'.repeat(129), 516],
])('a password of more than 512 bytes must be refused without being printed', (password, bytes) => {
  expect(passwordProblem(password)).toEqual([`the password has ${bytes} bytes; Redis 6.0 takes no more than 512`]);
});

test('a password that Redis 6.0 would refuse to start with must be refused', () => {
  expect(passwordProblem('é'.repeat(256))).toEqual([]);
  expect(passwordProblem('é'.repeat(257))).toEqual(['the password has 514 bytes; Redis 6.0 takes no more than 512']);
});
