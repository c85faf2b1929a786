/** Directives whose whole value is a secret, or says who logs in. */
const secretDirective =
  /\b((?:requirepass|(?:master|primary)(?:auth|user)|(?:tls-(?:client-)?key-file|auth|sentinel)-pass)['"]?[\s=:]+)\S.*?('?)$/i;
/** A password (`>`), or its hash (`#`), in the rules of an ACL user: the rest of the line goes with it. */
const userRule = /(\buser\s(?:.*?[\s'"])?[>#])[^\s>#].*?('?)$/i;
/** A login, but neither the word in a sentence of the server nor its own `AUTH <password>`. */
const login = /\b(AUTH['"]?\s+)(?!to (?:master|primary)\b|<|command\b|failed\b)\S.*?('?)$/i;
/** The password in an address: `http://me:secret@proxy`. */
const inAddress = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g;

/** A shorter password is hidden nowhere but in its directives: it may be a word, or part of many. */
const minKnownLength = 8;

/**
 * A password as it may stand in a text: as it is, escaped as in a conf or in JSON, percent-encoded as in an address, in
 * whole or in part, or in base64, alone or in the middle of something longer.
 */
const formsOf = (password: string): RegExp =>
  new RegExp(
    [[...password].map(characterForms).join(''), ...[0, 1, 2].map((at) => base64Form(password, at))].join('|'),
    'g',
  );

function characterForms(character: string): string {
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, '0'));
  const hex = bytes.map(
    (byte) => `(?:%|\\\\x)${byte.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`,
  );
  return `(?:\\\\?${literally(character)}|${hex.join('')}${character === ' ' ? '|\\+' : ''})`;
}

/** What base64 makes of a password that begins that many bytes after a multiple of three. */
function base64Form(password: string, at: number): string {
  const bytes = Buffer.concat([Buffer.alloc(at), Buffer.from(password)]);
  const own = bytes.toString('base64').slice(Math.ceil((at * 8) / 6), Math.floor((bytes.length * 8) / 6));
  const shared = '[\\w+/-]'; // a digit that holds bits of a neighbour, too
  const form = own.replaceAll('/', '[/_]').replaceAll('+', '[+-]');
  return `${at > 0 ? shared : ''}${form}${bytes.length % 3 > 0 ? `${shared}=*` : ''}`;
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/**
 * A line of a log, or what an engine says, as it may be shown: no secrets, and no control characters that steer a
 * terminal. Servers print the line of their conf that they do not like.
 * @param text - one line; a line break becomes a blank
 * @param password - one that is known, and hidden wherever it stands, encoded too. @default none
 */
export function toPrintable(text: string, password = ''): string {
  const shown = text.replace(/[^\P{Cc}\t]/gu, ' ');
  const known = password.length < minKnownLength ? shown : shown.replace(formsOf(password), '***');
  return known
    .replace(secretDirective, '$1***$2')
    .replace(userRule, '$1***$2')
    .replace(login, '$1***$2')
    .replace(inAddress, '$1***@');
}
