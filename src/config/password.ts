import { randomBytes } from 'node:crypto';

/** Redis 6.0 refuses to start with a longer one (CONFIG_AUTHPASS_MAX_LEN in server.h). */
const maxPasswordBytes = 512;

/** 192 bits, in characters that need no quoting anywhere. */
export const generatePassword = (): string => randomBytes(24).toString('base64url');

/**
 * Every character is fine but the ones that some place of a password cannot hold: a line break cannot stand in a dotenv
 * file, a NUL byte ends it in redis.conf.
 * @returns what is wrong with a password, never the password itself; nothing when it is sound
 */
export function passwordProblem(password: string): readonly string[] {
  if (password === '') return ['the password is empty, which would switch authentication off'];
  const bytes = Buffer.byteLength(password);
  if (bytes > maxPasswordBytes) {
    return [`the password has ${bytes} bytes; Redis 6.0 takes no more than ${maxPasswordBytes}`];
  }
  const characters = [...password];
  const at = characters.findIndex((character) => isUnprintable(character));
  if (at < 0) return [];
  return [
    `the password has ${nameOf(characters[at] ?? '')} as its character number ${at + 1}; use printable characters`,
  ];
}

function isUnprintable(character: string): boolean {
  return /[\p{Cc}\p{Cs}\u2028\u2029\uFEFF\uFFFD]/u.test(character);
}

function nameOf(character: string): string {
  const names: Record<string, string> = {
    '\n': 'a line break',
    '\r': 'a carriage return',
    '\t': 'a tab',
    '\0': 'a NUL byte',
    '\uFEFF': 'a byte order mark',
  };
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return names[character] ?? `the character U+${code}`;
}
