/** How far a stream of commands has been looked through. */
export interface Skimmed {
  /** Where the last whole command ends. */
  readonly end: number;
  /** How many whole commands there are. */
  readonly commands: number;
  /** The database that they end in. */
  readonly database: number;
  /** So many bytes must be there before another look finds more. */
  readonly neededBytes: number;
}

const star = 0x2a;
const dollar = 0x24;
const hash = 0x23;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const select = /^\*2\r\n\$6\r\nselect\r\n\$\d+\r\n(\d+)\r\n$/i;
/** `*2`, `$6`, the word and a number of up to five digits, each in its line. */
const longestSelect = 30;

/**
 * Finds the whole commands in a stream without taking them apart: most of a long file is only passed by. Notes between them
 * count as one.
 * @param database - in which it begins
 * @throws RangeError where it is no stream of commands
 */
export function skim(stream: Buffer, database: number): Skimmed {
  let [end, commands, current] = [0, 0, database];
  const cursor = new Cursor(stream);
  while (end < stream.length) {
    const next = stream[end] === hash ? stream.indexOf(lineFeed, end) + 1 : cursor.endOfCommand(end);
    if (next <= 0) break;
    if (next - end <= longestSelect) current = selected(stream, end, next) ?? current;
    end = next;
    commands++;
  }
  return { end, commands, database: current, neededBytes: Math.max(cursor.neededBytes, stream.length + 1) };
}

function selected(stream: Buffer, start: number, end: number): number | undefined {
  if (stream[start + 1] !== 0x32 || stream[start + 5] !== 0x36) return undefined; // *2 and $6
  const number = select.exec(stream.toString('latin1', start, end))?.[1];
  return number === undefined ? undefined : Number(number);
}

class Cursor {
  readonly #stream: Buffer;
  #at = 0;
  neededBytes = 0;

  constructor(stream: Buffer) {
    this.#stream = stream;
  }

  /** @returns where it ends; 0 where it is not all there */
  endOfCommand(start: number): number {
    this.#at = start;
    let left = this.#number(star);
    for (; left > 0; left--) {
      const size = this.#number(dollar);
      if (size < 0) return 0;
      this.#at += size + 2;
      if (this.#at <= this.#stream.length) continue;
      this.neededBytes = this.#at;
      return 0;
    }
    return left < 0 ? 0 : this.#at;
  }

  /** @returns the number behind a mark, or -1 where it is not all there */
  #number(mark: number): number {
    const stream = this.#stream;
    let at = this.#at;
    if (at >= stream.length) return -1;
    if (stream[at] !== mark) throw new RangeError('this is no stream of commands');
    let value = 0;
    for (at++; at < stream.length; at++) {
      const byte = stream[at] ?? 0;
      if (byte === carriageReturn) {
        this.#at = at + 2;
        return this.#at > stream.length ? -1 : value;
      }
      if (byte < 0x30 || byte > 0x39) throw new RangeError('this is no stream of commands');
      value = value * 10 + byte - 0x30;
    }
    return -1;
  }
}
