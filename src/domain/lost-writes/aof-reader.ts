import type { FileTail } from './align.ts';
import { CommandReader } from './command-reader.ts';
import { isSnapshot, RdbEnd } from './rdb-end.ts';
import { bytesOfAll, type WriteCommand, WriteFinder } from './write-command.ts';

/** However short they are: each takes memory of its own, too. */
const mostBatches = 200_000;

/** Enough of the start of a file to see what it is. */
const magicBytes = 6;

/**
 * Reads an append-only file as it comes, oldest part first, and keeps its last writes: no more than so many bytes of them.
 * The end of the last part may be cut off in the middle of a command or a transaction, as a server that is killed leaves it.
 */
export class AofReader {
  readonly #keptBytes: number;
  readonly #batches: (readonly WriteCommand[])[] = [];
  #first = 0;
  #heldBytes = 0;
  #isWhole = true;
  #part: PartReader | null = null;
  #finder = new WriteFinder(0);

  /** @param keptBytes - of the writes, as they stand in the file */
  constructor(keptBytes: number) {
    this.#keptBytes = keptBytes;
  }

  /** To be called before the first piece of each file of which it consists. */
  beginPart(): void {
    this.#closePart();
    this.#part = new PartReader();
    this.#finder = new WriteFinder(0); // a server says anew which database it means
  }

  /** @throws RangeError where the file is no append-only file */
  take(chunk: Buffer): void {
    for (const args of this.#part?.take(chunk) ?? []) {
      const batch = this.#finder.take(args);
      if (batch.length > 0) this.#keep(batch);
    }
  }

  /** @returns what was read; to be called once, at the end */
  end(): FileTail {
    this.#closePart();
    return { writes: this.#batches.slice(this.#first).flat(), isWhole: this.#isWhole };
  }

  /** A snapshot that holds data may hold anything of what was written before it. */
  #closePart(): void {
    this.#isWhole &&= this.#part?.isWhole ?? true;
    this.#part = null;
  }

  #keep(batch: readonly WriteCommand[]): void {
    this.#batches.push(batch);
    this.#heldBytes += bytesOfAll(batch);
    while (this.#heldBytes > this.#keptBytes || this.#batches.length - this.#first > mostBatches) {
      this.#heldBytes -= bytesOfAll(this.#batches[this.#first] ?? []);
      this.#batches[this.#first] = [];
      this.#first++;
      this.#isWhole = false;
    }
    if (this.#first <= mostBatches) return;
    this.#batches.splice(0, this.#first);
    this.#first = 0;
  }
}

/** One file: a snapshot, or commands, or commands behind a snapshot. */
class PartReader {
  readonly #commands = new CommandReader();
  #start: Buffer | null = Buffer.alloc(0);
  #snapshot: RdbEnd | null = null;
  #wasEmpty = true;

  take(chunk: Buffer): ReturnType<CommandReader['take']> {
    if (this.#start) {
      const start = Buffer.concat([this.#start, chunk]);
      if (start.length < magicBytes) {
        this.#start = start;
        return [];
      }
      this.#start = null;
      if (isSnapshot(start)) this.#snapshot = new RdbEnd();
      return this.#take(start);
    }
    return this.#take(chunk);
  }

  #take(chunk: Buffer): ReturnType<CommandReader['take']> {
    if (!this.#snapshot) return this.#commands.take(chunk);
    const rest = this.#snapshot.take(chunk);
    if (rest === null) return [];
    this.#wasEmpty = this.#snapshot.isEmpty;
    this.#snapshot = null;
    return rest.length > 0 ? this.#commands.take(rest) : [];
  }

  /** Whether nothing was before the commands in it. */
  get isWhole(): boolean {
    return this.#wasEmpty && this.#snapshot === null;
  }
}
