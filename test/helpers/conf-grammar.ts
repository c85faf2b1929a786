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

/** What breaks encoders of redis.conf: what the grammar knows, what looks like an escape, what is half a character. */
const nasty: readonly Buffer[] = [
  ...['"', "'", '\\', '#', ' ', '\t', '\n', '\r', '\r\n', '\v', '\f', '\b', '\x07', '\x01', '\x1b', '\x7f'],
  ...['\\x', '\\x0', '\\x00', '\\x41', '\\n', '\\"', "\\'", '" ', "' ", '""', '\n#', '0', 'a', 'F', '$', '`', '%s'],
  ...['\nappendonly yes\n', '"\nappendonly yes\n"', '\nrename-command PING ""\n'],
  ...'\xef\xbb\xbf \xc3 \xa4 \xc3\xa4 \xf0\x9f\x94 \xf0\x9f\x94\x91 \x80 \xff \xfe \xa0 \x85'.split(' '),
].map((text) => Buffer.from(text, 'latin1'));

/** @returns one of the items */
export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** @returns up to `most` bytes without NUL: any, or mostly nasty ones, or harmless ones with a few nasty ones */
export function nastyBytes(random: () => number, most: number): Buffer {
  const length = Math.floor(random() * (most + 1));
  const share = pick(random, [0, 0.1, 0.5, 0.95]);
  const harmless = random() < 0.3;
  const pieces: Buffer[] = [];
  for (let size = 0; size < length; size += pieces.at(-1)?.length ?? 0) {
    if (random() < share) pieces.push(pick(random, nasty));
    else pieces.push(Buffer.of(harmless ? 0x61 + Math.floor(random() * 26) : 1 + Math.floor(random() * 255)));
  }
  return Buffer.concat(pieces).subarray(0, length);
}
