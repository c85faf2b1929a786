/** The polynomial of Jones, reflected: what servers write behind their snapshots. */
const polynomial = 0x95ac9329ac4bc9b5n;
const endOpcode = 0xff;
const auxOpcode = 0xfa;
const checksumBytes = 8;
/** More than what a snapshot says of itself before its data. */
const headBytes = 2048;

const [tableLow, tableHigh] = makeTables();

function makeTables(): readonly [Uint32Array, Uint32Array] {
  const low = new Uint32Array(256);
  const high = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    low[byte] = Number(crc & 0xffffffffn);
    high[byte] = Number(crc >> 32n);
  }
  return [low, high];
}

/** Whether a file begins with a snapshot. */
export const isSnapshot = (start: Buffer): boolean => /^(REDIS|VALKEY)/.test(start.subarray(0, 6).toString('latin1'));

/**
 * Finds the end of a snapshot in a file that may go on behind it, as it comes: where the checksum of everything before
 * stands behind the mark of the end. Nothing of the data is read. A server with `rdbchecksum no` writes none; then there
 * is no end to be found.
 */
export class RdbEnd {
  #low = 0;
  #high = 0;
  #head: Buffer[] = [];
  #headBytes = 0;
  /** What may be the checksum behind a mark of the end. */
  #open: { readonly low: number; readonly high: number; readonly bytes: number[] }[] = [];

  /** @returns what stands behind the snapshot; null as long as that has not ended */
  take(chunk: Buffer): Buffer | null {
    if (this.#headBytes < headBytes) this.#head.push(chunk);
    this.#headBytes += chunk.length;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#isComplete(byte)) return chunk.subarray(at + 1);
      const index = (this.#low ^ byte) & 0xff;
      const low = (tableLow[index] ?? 0) ^ ((this.#low >>> 8) | (this.#high << 24));
      this.#high = ((tableHigh[index] ?? 0) ^ (this.#high >>> 8)) >>> 0;
      this.#low = low >>> 0;
      if (byte === endOpcode) this.#open.push({ low: this.#low, high: this.#high, bytes: [] });
    }
    return null;
  }

  #isComplete(byte: number): boolean {
    if (this.#open.length === 0) return false;
    for (const { bytes } of this.#open) bytes.push(byte);
    const [oldest] = this.#open;
    if (!oldest || oldest.bytes.length < checksumBytes) return false;
    this.#open.shift();
    const found = Buffer.from(oldest.bytes);
    return found.readUInt32LE(0) === oldest.low && found.readUInt32LE(4) === oldest.high;
  }

  /** Whether the snapshot holds no data at all: the one with which a server begins an append-only file. */
  get isEmpty(): boolean {
    return holdsNothing(Buffer.concat(this.#head));
  }
}

/** A snapshot says what it is before its data: pairs of strings. */
function holdsNothing(head: Buffer): boolean {
  let at = 'REDIS0000'.length;
  while (head[at] === auxOpcode) {
    const key = endOfString(head, at + 1);
    const value = key === null ? null : endOfString(head, key);
    if (value === null) return false;
    at = value;
  }
  return head[at] === endOpcode;
}

function endOfString(head: Buffer, at: number): number | null {
  const first = head[at];
  if (first === undefined) return null;
  const low = first & 0x3f;
  if (first < 0x40) return at + 1 + low;
  if (first < 0x80) return at + 2 + low * 256 + (head[at + 1] ?? 0);
  if (first === 0x80) return at + 5 <= head.length ? at + 5 + head.readUInt32BE(at + 1) : null;
  return [0xc0, 0xc1, 0xc2].includes(first) ? at + 1 + 2 ** low : null; // an integer of 1, 2 or 4 bytes
}
