/**
 * One line of redis.conf as the server takes it apart: a port of sdssplitargs (sds.c), strict where that is.
 * @throws Error for what the server calls unbalanced quotes
 */
export function readConfLine(line: Buffer): readonly Buffer[] {
  const words: Buffer[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at])) at++;
    if (at >= line.length || line[at] === 0) return words;
    const word = readWord(line, at);
    words.push(Buffer.from(word.bytes));
    at = word.end;
  }
}

interface Word {
  readonly bytes: readonly number[];
  readonly end: number;
}

function readWord(line: Buffer, start: number): Word {
  const bytes: number[] = [];
  for (let at = start; ; at++) {
    const byte = line[at];
    if (byte === undefined || byte === 0 || isSpace(byte)) return { bytes, end: at };
    if (byte !== 0x22 && byte !== 0x27) {
      bytes.push(byte);
      continue;
    }
    const quoted = byte === 0x22 ? readDoubleQuoted(line, at + 1) : readSingleQuoted(line, at + 1);
    if (quoted.end < line.length && !isSpace(line[quoted.end])) throw new Error('something follows a closing quote');
    return { bytes: [...bytes, ...quoted.bytes], end: quoted.end };
  }
}

const escapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, a: 7 };

function readDoubleQuoted(line: Buffer, start: number): Word {
  const bytes: number[] = [];
  for (let at = start; at < line.length && line[at] !== 0; at++) {
    const hex = /^\\x([0-9a-fA-F]{2})/.exec(line.toString('latin1', at, at + 4))?.[1];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      at += 3;
    } else if (line[at] === 0x5c && at + 1 < line.length) {
      at += 1;
      const escaped = line[at] ?? 0;
      bytes.push(escapes[String.fromCharCode(escaped)] ?? escaped);
    } else if (line[at] === 0x22) {
      return { bytes, end: at + 1 };
    } else {
      bytes.push(line[at] ?? 0);
    }
  }
  throw new Error('a quote is not closed');
}

function readSingleQuoted(line: Buffer, start: number): Word {
  const bytes: number[] = [];
  for (let at = start; at < line.length && line[at] !== 0; at++) {
    if (line[at] === 0x5c && line[at + 1] === 0x27) {
      bytes.push(0x27);
      at += 1;
    } else if (line[at] === 0x27) {
      return { bytes, end: at + 1 };
    } else {
      bytes.push(line[at] ?? 0);
    }
  }
  throw new Error('a quote is not closed');
}

const isSpace = (byte: number | undefined): boolean =>
  byte !== undefined && (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32): a failure can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
