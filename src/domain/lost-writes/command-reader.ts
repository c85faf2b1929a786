/** One command as it stands in a stream of commands: its name and its arguments, as bytes. */
export type RawCommand = readonly Buffer[];

/** What stands at a place of a stream. */
export type Piece =
  | { readonly kind: 'command'; readonly command: RawCommand; readonly end: number }
  /** A line that is no command: `#TS:` of an append-only file. */
  | { readonly kind: 'note'; readonly end: number }
  /** The stream ends in the middle of it. */
  | { readonly kind: 'cut'; readonly neededBytes: number }
  | { readonly kind: 'foreign' };

const star = 0x2a;
const dollar = 0x24;
const hash = 0x23;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
/** No number in a stream has more digits. */
const longestNumber = 20;
const foreign: Piece = { kind: 'foreign' };

/**
 * Reads what stands at a place of a stream in the protocol of Redis, as replicas receive it and append-only files keep it.
 * Values may hold any bytes: they are told by their length.
 */
export function pieceAt(stream: Buffer, start: number): Piece {
  if (start >= stream.length) return { kind: 'cut', neededBytes: start + 1 };
  if (stream[start] === hash) return noteAt(stream, start);
  const count = numberAt(stream, start, star);
  if (typeof count === 'string') return count === 'cut' ? cutAt(stream) : foreign;
  if (count.value < 1) return foreign;
  const command: Buffer[] = [];
  let at = count.end;
  for (let left = count.value; left > 0; left--) {
    if (at >= stream.length) return cutAt(stream);
    const size = numberAt(stream, at, dollar);
    if (typeof size === 'string') return size === 'cut' ? cutAt(stream) : foreign;
    const end = size.end + size.value;
    if (end + 2 > stream.length) return { kind: 'cut', neededBytes: end + 2 };
    if (stream[end] !== carriageReturn || stream[end + 1] !== lineFeed) return foreign;
    command.push(stream.subarray(size.end, end));
    at = end + 2;
  }
  return { kind: 'command', command, end: at };
}

const cutAt = (stream: Buffer): Piece => ({ kind: 'cut', neededBytes: stream.length + 1 });

function noteAt(stream: Buffer, start: number): Piece {
  const end = stream.indexOf(lineFeed, start);
  return end < 0 ? cutAt(stream) : { kind: 'note', end: end + 1 };
}

function numberAt(
  stream: Buffer,
  start: number,
  mark: number,
): { readonly value: number; readonly end: number } | 'cut' | 'foreign' {
  if (stream[start] !== mark) return 'foreign';
  let value = 0;
  for (let at = start + 1; at - start <= longestNumber; at++) {
    const byte = stream[at];
    if (byte === undefined) return 'cut';
    if (byte === carriageReturn) {
      if (at === start + 1) return 'foreign';
      if (at + 1 >= stream.length) return 'cut';
      return stream[at + 1] === lineFeed ? { value, end: at + 2 } : 'foreign';
    }
    if (byte < 0x30 || byte > 0x39) return 'foreign';
    value = value * 10 + byte - 0x30;
  }
  return 'foreign';
}

/** Reads a stream of commands as it comes, in pieces of any size. */
export class CommandReader {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #neededBytes = 1;

  /**
   * @returns the commands that are complete by now
   * @throws RangeError where the stream is no stream of commands
   */
  take(chunk: Buffer): readonly RawCommand[] {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes < this.#neededBytes) return [];
    const stream = this.#waiting.length === 1 ? chunk : Buffer.concat(this.#waiting);
    const commands: RawCommand[] = [];
    let at = 0;
    for (;;) {
      const piece = pieceAt(stream, at);
      if (piece.kind === 'foreign') throw new RangeError('this is no stream of commands');
      if (piece.kind === 'cut') {
        this.#keep(stream.subarray(at), piece.neededBytes - at);
        return commands;
      }
      if (piece.kind === 'command') commands.push(piece.command);
      at = piece.end;
    }
  }

  #keep(rest: Buffer, neededBytes: number): void {
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#waitingBytes = rest.length;
    this.#neededBytes = neededBytes;
  }
}

/** So many places of a stream are tried before it is given up. */
const tries = 10_000;

/**
 * Reads a part of a stream that begins anywhere, most likely in the middle of a command, and ends after a whole one.
 * @returns the commands from the first one on from which everything is a stream of commands up to the end; null where
 * there is no such one
 */
export function commandsUpTo(part: Buffer): readonly RawCommand[] | null {
  let start = 0;
  for (let left = tries; left > 0 && start >= 0 && start < part.length; left--) {
    const commands = commandsFrom(part, start);
    if (commands) return commands;
    const next = part.indexOf('\n*', start, 'latin1');
    start = next < 0 ? -1 : next + 1;
  }
  return part.length === 0 ? [] : null;
}

/** @returns all commands from a place on, or null where something else stands there, or the last one is cut off */
export function commandsFrom(part: Buffer, start = 0): readonly RawCommand[] | null {
  const commands: RawCommand[] = [];
  let at = start;
  while (at < part.length) {
    const piece = pieceAt(part, at);
    if (piece.kind === 'foreign' || piece.kind === 'cut') return null;
    if (piece.kind === 'command') commands.push(piece.command);
    at = piece.end;
  }
  return commands;
}
