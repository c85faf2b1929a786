import type { FileTail } from './align.ts';
import { commandsFrom, type RawCommand } from './command-reader.ts';
import { isSnapshot, RdbEnd } from './rdb-end.ts';
import { skim } from './skim.ts';
import { type WriteCommand, WriteFinder, wholeTransactions } from './write-command.ts';

/** Enough of the start of a file to see what it is. */
const magicBytes = 6;
/** However short they are: taken apart, each takes memory of its own. */
const mostCommands = 200_000;

/** Whole commands as they stand in a file, side by side. */
interface Slice {
  readonly bytes: Buffer;
  readonly commands: number;
  /** The database in which they begin. */
  readonly database: number;
  /** Whether they are the first of a file: nothing goes on from the one before. */
  readonly isFirst: boolean;
}

/**
 * Reads an append-only file as it comes, oldest part first, and keeps its last writes: no more than so many bytes of them.
 * The end of the last part may be cut off in the middle of a command or a transaction, as a server that is killed leaves it.
 */
export class AofReader {
  readonly #keptBytes: number;
  #slices: Slice[] = [];
  #heldBytes = 0;
  #heldCommands = 0;
  #isWhole = true;
  #part: PartReader | null = null;

  /** @param keptBytes - of the writes, as they stand in the file */
  constructor(keptBytes: number) {
    this.#keptBytes = keptBytes;
  }

  /** To be called before the first piece of each file of which it consists. */
  beginPart(): void {
    this.#closePart();
    this.#part = new PartReader();
  }

  /** @throws RangeError where the file is no append-only file */
  take(chunk: Buffer): void {
    const slice = this.#part?.take(chunk);
    if (slice) this.#keep(slice);
  }

  /**
   * @returns what was read; to be called once, at the end
   * @throws RangeError where the file is no append-only file
   */
  end(): FileTail {
    this.#closePart();
    const isWhole = this.#isWhole;
    const writes: WriteCommand[] = [];
    for (const [index, { database, commands }] of this.#parts().entries()) {
      const finder = new WriteFinder(database); // a server says anew in each file which one it means
      for (const args of index === 0 && !isWhole ? wholeTransactions(commands) : commands) {
        for (const write of finder.take(args)) writes.push(write);
      }
    }
    return { writes, isWhole };
  }

  #parts(): readonly { readonly database: number; readonly commands: RawCommand[] }[] {
    const parts: { readonly database: number; readonly commands: RawCommand[] }[] = [];
    for (const { bytes, database, isFirst } of this.#slices) {
      const found = commandsFrom(bytes);
      if (!found) throw new RangeError('this is no stream of commands');
      if (isFirst || parts.length === 0) parts.push({ database, commands: [] });
      for (const args of found) parts.at(-1)?.commands.push(args);
    }
    return parts;
  }

  /** A snapshot that holds data may hold anything of what was written before it. */
  #closePart(): void {
    this.#isWhole &&= this.#part?.isWhole ?? true;
    this.#part = null;
  }

  #keep(slice: Slice): void {
    this.#slices.push(slice);
    this.#heldBytes += slice.bytes.length;
    this.#heldCommands += slice.commands;
    while (this.#slices.length > 1 && (this.#heldBytes > this.#keptBytes || this.#heldCommands > mostCommands)) {
      const [oldest] = this.#slices.splice(0, 1);
      this.#heldBytes -= oldest?.bytes.length ?? 0;
      this.#heldCommands -= oldest?.commands ?? 0;
      this.#isWhole = false;
    }
  }
}

/** One file: a snapshot, or commands, or commands behind a snapshot. */
class PartReader {
  #start: Buffer | null = Buffer.alloc(0);
  #snapshot: RdbEnd | null = null;
  #wasEmpty = true;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #neededBytes = 1;
  #database = 0;
  #isFirst = true;

  /** @returns the commands that are whole by now; null where there is none */
  take(chunk: Buffer): Slice | null {
    if (!this.#start) return this.#take(chunk);
    const start = Buffer.concat([this.#start, chunk]);
    this.#start = start.length < magicBytes ? start : null;
    if (this.#start) return null;
    if (isSnapshot(start)) this.#snapshot = new RdbEnd();
    return this.#take(start);
  }

  #take(chunk: Buffer): Slice | null {
    if (!this.#snapshot) return this.#commands(chunk);
    const rest = this.#snapshot.take(chunk);
    if (rest === null) return null;
    this.#wasEmpty = this.#snapshot.isEmpty;
    this.#snapshot = null;
    return this.#commands(rest);
  }

  #commands(chunk: Buffer): Slice | null {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes < this.#neededBytes) return null;
    const stream = Buffer.concat(this.#waiting);
    const { end, commands, database, neededBytes } = skim(stream, this.#database);
    const slice = { bytes: stream.subarray(0, end), commands, database: this.#database, isFirst: this.#isFirst };
    this.#waiting = [stream.subarray(end)];
    this.#waitingBytes = stream.length - end;
    this.#neededBytes = neededBytes - end;
    this.#database = database;
    if (commands === 0) return null;
    this.#isFirst = false;
    return slice;
  }

  /** Whether nothing was before the commands in it. */
  get isWhole(): boolean {
    return this.#wasEmpty && this.#snapshot === null;
  }
}
