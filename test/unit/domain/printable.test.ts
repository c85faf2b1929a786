import { expect, test } from 'vitest';
import { encodeWord } from '../../../src/domain/conf-grammar.ts';
import { toPrintable } from '../../../src/domain/printable.ts';

test.each([
  [`>>> 'requirepass "top-secret"'`, ">>> 'requirepass ***'"],
  [`>>> 'requirepass "top secret" and more'`, ">>> 'requirepass ***'"],
  [">>> 'REQUIREPASS top-secret'", ">>> 'REQUIREPASS ***'"],
  [`>>> '"requirepass" "top-secret"'`, `>>> '"requirepass" ***'`],
  ["master | >>> 'masterauth top-secret'", "master | >>> 'masterauth ***'"],
  [">>> 'masteruser top-secret'", ">>> 'masteruser ***'"],
  [">>> 'primaryauth top-secret'", ">>> 'primaryauth ***'"],
  [">>> 'tls-key-file-pass top-secret'", ">>> 'tls-key-file-pass ***'"],
  [">>> 'tls-client-key-file-pass top-secret'", ">>> 'tls-client-key-file-pass ***'"],
  [">>> 'sentinel auth-pass mymaster top-secret'", ">>> 'sentinel auth-pass ***'"],
  [">>> 'user default on >top-secret ~* +@all'", ">>> 'user default on >***'"],
  [">>> 'user default on #0011aabb ~*'", ">>> 'user default on #***'"],
  [`>>> 'user default on ">top secret"'`, `>>> 'user default on ">***'`],
  ["Error in user declaration '>top-secret': syntax", "Error in user declaration '>***"],
  ['AUTH default top-secret', 'AUTH ***'],
  ['HELLO 3 auth default top-secret', 'HELLO 3 auth ***'],
  ['proxyconnect: http://me:top-secret@proxy:3128 refused', 'proxyconnect: http://me:***@proxy:3128 refused'],
])('a secret must be hidden, whatever it is: %s', (line, shown) => {
  expect(toPrintable(line)).toBe(shown);
});

test.each([
  "1:M 28 Nov 2026 10:00:00.000 # Fatal error, can't open config file '/redis/redis.conf': Permission denied",
  'MASTER aborted replication with an error: NOAUTH Authentication required.',
  'Unable to AUTH to MASTER: -WRONGPASS invalid username-password pair or user is disabled.',
  'the HELLO <proto> AUTH <user> <pass> option can be used',
  'AUTH failed: WRONGPASS',
  '1:M 28 Nov 2026 10:00:00.000 # the user is not root # nor anybody > else',
  "Can't handle RDB format version 12",
  'a\ttab, and é \u{1f511}',
])('what holds no secret must stay as it is: %s', (line) => {
  expect(toPrintable(line)).toBe(line);
});

test('a known password must be hidden wherever it stands, unless it may be a word of its own', () => {
  expect(toPrintable('odd: top-secret, top-secret', 'top-secret')).toBe('odd: ***, ***');
  expect(toPrintable('Ready to accept connections', 'accept')).toBe('Ready to accept connections');
  expect(toPrintable("config 'a.*b$c'", 'a.*b$c.d')).toBe("config 'a.*b$c'");
});

const odd = `to p/s%e+c'r"e\\t é🔑~7?`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['as it is', odd],
  ['in an address', encodeURIComponent(odd)],
  ['in an address, with small letters', encodeURIComponent(odd).toLowerCase()],
  ['in an address, as forms have it', encodeURIComponent(odd).replaceAll('%20', '+')],
  ['in an address, every byte', [...Buffer.from(odd)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
  ['in JSON', JSON.stringify(odd).slice(1, -1)],
  ['in a conf', encodeWord(odd).slice(1, -1)],
  ['in base64', base64(odd)],
  ['in base64 for addresses', Buffer.from(odd).toString('base64url')],
  ['in base64 behind a name', base64(`me:${odd}`)],
  ['in base64, in the middle of something', base64(`default:${odd}@x`)],
])('a known password must be hidden %s', (_, form) => {
  // What stands around it in base64 stays.
  expect(toPrintable(`so: ${form}, so`, odd)).toMatch(/^so: \w{0,10}\*\*\*\w{0,4}, so$/);
});

test.each(['%41%42%43', 'YWNjZXB0', 'ready+to+accept'])('what only looks encoded must stay as it is: %s', (text) => {
  expect(toPrintable(text, 'top-secret')).toBe(text);
});

test('nothing may steer the terminal: every control character but the tab must become a blank', () => {
  const codes = [...Array(32).keys(), 127, ...Array.from({ length: 32 }, (_, i) => 128 + i)];
  const shown = toPrintable(codes.map((code) => `a${String.fromCharCode(code)}`).join(''));
  expect(shown).toBe(codes.map((code) => (code === 9 ? 'a\t' : 'a ')).join(''));
});
