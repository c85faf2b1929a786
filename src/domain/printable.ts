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
 * A line of a log, or what an engine says, as it may be shown: no secrets, and no control characters that steer a
 * terminal. Servers print the line of their conf that they do not like.
 * @param text - one line; a line break becomes a blank
 * @param password - one that is known, and hidden wherever it stands. @default none
 */
export function toPrintable(text: string, password = ''): string {
  const shown = text.replace(/[^\P{Cc}\t]/gu, ' ');
  const known = password.length < minKnownLength ? shown : shown.replaceAll(password, '***');
  return known
    .replace(secretDirective, '$1***$2')
    .replace(userRule, '$1***$2')
    .replace(login, '$1***$2')
    .replace(inAddress, '$1***@');
}
