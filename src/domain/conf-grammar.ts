/** A line of redis.conf that is not one of rmsx, or that the server would refuse. Its message never shows the text. */
export class ConfSyntaxError extends Error {
  override readonly name = 'ConfSyntaxError';
}

/** What may stand outside quotes, in the middle of a line or at its start, and means itself. */
const plain = /^[A-Za-z0-9_./:-]+$/;

/**
 * One argument of a directive as it is written into redis.conf: plain where every byte means itself, else in double
 * quotes with everything unusual as `\xHH`. What comes out is printable ASCII: it can neither end the line nor begin a
 * comment, a second argument or a second directive. The rule is sdssplitargs of the server (sds.c), the same from Redis
 * 6.0 to 8 and in Valkey; lines are cut at `\n` before that (config.c, loadServerConfigFromString).
 * @param value - text, which is written as UTF-8, or bytes
 * @returns the word; `splitWords` and the server read the same bytes from it. The empty value is `""`
 * @throws RangeError for a NUL byte: the quotes can carry it as `\x00`, but the server keeps most of its settings as C
 * strings and cuts them there (Redis 6.0 even a password). Also for half a surrogate pair, which is no text
 */
export function encodeWord(value: string | Uint8Array): string {
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) {
    throw new RangeError('a value in redis.conf cannot contain half a surrogate pair');
  }
  const text = latin1(value);
  if (text.includes('\0')) throw new RangeError('a value in redis.conf cannot contain a NUL byte');
  if (plain.test(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&').replace(/[^ -~]/g, hexEscape)}"`;
}

const hexEscape = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

/**
 * The reverse of `encodeWord` for text; it also reads what a person wrote in another way, such as in single quotes.
 * @param text - exactly one word
 * @returns the text that the bytes of the word are the UTF-8 of
 * @throws ConfSyntaxError where `splitWords` does, for more or less than one word, and for bytes that are not UTF-8
 */
export function decodeWord(text: string): string {
  const [word, ...more] = splitWords(text);
  if (word === undefined || more.length > 0) throw new ConfSyntaxError('not exactly one word');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(word);
  } catch (cause) {
    throw new ConfSyntaxError('the word is not UTF-8', { cause });
  }
}

/**
 * One line of redis.conf as the server takes it apart: sdssplitargs (sds.c), strict where that is. Only the words: that
 * the server trims the line and skips it when it begins with `#` comes before (config.c, loadServerConfigFromString).
 * @param line - bytes, or text in UTF-8, without the `\n` that ends it; a `\r` is a blank
 * @returns its words, the quotes undone; none for a line of blanks
 * @throws ConfSyntaxError for what the server calls unbalanced quotes: a quote that is not closed, or something other
 * than a blank after a closing one. Also for `\n` and NUL, which no line that the server sees can contain: it reads the
 * file with fgets and strlen, so that a NUL takes the rest of the line and its end away
 */
export function splitWords(line: string | Uint8Array): readonly Buffer[] {
  const text = latin1(line);
  if (text.includes('\n')) throw new ConfSyntaxError('more than one line');
  if (text.includes('\0')) throw new ConfSyntaxError('a NUL byte');
  const words: Buffer[] = [];
  for (let at = afterBlanks(text, 0); at < text.length; ) {
    const { value, end } = readWord(text, at);
    words.push(Buffer.from(value, 'latin1'));
    at = afterBlanks(text, end);
  }
  return words;
}

/** One character for each byte. */
const latin1 = (value: string | Uint8Array): string => Buffer.from(value).toString('latin1');

/** What isspace() of C calls a blank: it may stand between words, and must follow a closing quote. */
const blanks = /[\t-\r ]*/y;
/** What is outside quotes. Unlike the other blanks, `\v` and `\f` do not end it. */
const bare = /[^\t\n\r "']*/y;
const doubleQuoted = /"((?:[^"\\]|\\.)*)"/sy;
/** The only escape in single quotes is the one of the quote. */
const singleQuoted = /'((?:[^'\\]|\\'|\\(?!'))*)'/y;

const afterBlanks = (text: string, at: number): number => at + (matchAt(blanks, text, at)?.[0].length ?? 0);

/** A word is something bare, something quoted, or the one followed by the other. */
function readWord(text: string, start: number): { value: string; end: number } {
  const head = matchAt(bare, text, start)?.[0] ?? '';
  const at = start + head.length;
  if (text[at] !== '"' && text[at] !== "'") return { value: head, end: at };
  const quoted = matchAt(text[at] === '"' ? doubleQuoted : singleQuoted, text, at);
  if (!quoted) throw new ConfSyntaxError('a quote is not closed');
  const end = at + quoted[0].length;
  if (end < text.length && afterBlanks(text, end) === end)
    throw new ConfSyntaxError('a closing quote is not followed by a blank');
  const body = quoted[1] ?? '';
  return { value: head + (text[at] === '"' ? unescaped(body) : body.replaceAll("\\'", "'")), end };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

const unescaped = (body: string): string =>
  body.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}
