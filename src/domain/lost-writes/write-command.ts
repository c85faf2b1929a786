import type { RawCommand } from './command-reader.ts';

/** A command that changes data, as servers hand it on. */
export interface WriteCommand {
  /** The database that it changes; null where the part of a stream that was read does not say it. */
  readonly database: number | null;
  /** Its name and its arguments. */
  readonly args: RawCommand;
}

/** What servers say to each other beside the writes. Messages are not data. */
const bookkeeping: ReadonlySet<string> = new Set(['PING', 'REPLCONF', 'SELECT', 'PUBLISH', 'SPUBLISH']);

/** @returns the name of a command, in capitals */
export const nameOf = (args: RawCommand): string => (args[0]?.toString('latin1') ?? '').toUpperCase();

/** @returns how many bytes a command takes in the stream to the replicas */
export const bytesOf = (args: RawCommand): number =>
  args.reduce((sum, arg) => sum + part(arg.length) + arg.length + 2, part(args.length));

const part = (value: number): number => 1 + String(value).length + 2;

/** @returns how many bytes writes take in the stream to the replicas; what servers say beside them is not counted */
export const bytesOfAll = (writes: readonly WriteCommand[]): number =>
  writes.reduce((sum, { args }) => sum + bytesOf(args), 0);

/** @returns how many of them are writes, and not the brackets of a transaction */
export const countWrites = (writes: readonly WriteCommand[]): number =>
  writes.filter(({ args }) => !isBracket(args)).length;

const isBracket = (args: RawCommand): boolean => ['MULTI', 'EXEC'].includes(nameOf(args));

/** Finds the writes in a stream of commands, as it comes. */
export class WriteFinder {
  #database: number | null;
  #open: { readonly multi: WriteCommand; readonly writes: WriteCommand[] } | null = null;

  /** @param database - in which the stream begins; null where nobody knows */
  constructor(database: number | null = null) {
    this.#database = database;
  }

  /** @returns the writes that are complete with this command: those of a transaction come with its end, all at once */
  take(args: RawCommand): readonly WriteCommand[] {
    const name = nameOf(args);
    if (name === 'SELECT') this.#database = Number(args[1]?.toString('latin1'));
    if (bookkeeping.has(name)) return [];
    const write: WriteCommand = { database: this.#database, args };
    if (name === 'MULTI') {
      this.#open = { multi: write, writes: [] };
      return [];
    }
    if (!this.#open) return name === 'EXEC' ? [] : [write]; // the beginning of that transaction was not read
    if (name !== 'EXEC') {
      this.#open.writes.push(write);
      return [];
    }
    const { multi, writes } = this.#open;
    this.#open = null;
    return writes.length === 0 ? [] : [multi, ...writes, write];
  }
}

/** @returns the writes in a part of a stream; a transaction that does not end is none */
export function writesIn(commands: readonly RawCommand[], database: number | null = null): readonly WriteCommand[] {
  const finder = new WriteFinder(database);
  return commands.flatMap((args) => finder.take(args));
}

/** @returns the database in which a stream goes on after these commands; null where none of them says it */
export function databaseAfter(commands: readonly RawCommand[]): number | null {
  const last = commands.findLast((args) => nameOf(args) === 'SELECT');
  return last ? Number(last[1]?.toString('latin1')) : null;
}

/**
 * Commands from a stream that may begin inside a transaction: then from its end on, as its beginning is not there, and with
 * the database that was chosen in it.
 */
export function wholeTransactions(commands: readonly RawCommand[]): readonly RawCommand[] {
  const bracket = commands.findIndex(isBracket);
  const first = commands[bracket];
  if (first === undefined || nameOf(first) !== 'EXEC') return commands;
  const selects = commands.slice(0, bracket).filter((args) => nameOf(args) === 'SELECT');
  return [...selects.slice(-1), ...commands.slice(bracket + 1)];
}
