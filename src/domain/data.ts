/** The types of values that can be compared; modules bring others. */
export const dataTypes = ['string', 'hash', 'list', 'set', 'zset', 'stream'] as const;

/** One of them, in the words of TYPE. */
export type DataType = (typeof dataTypes)[number];

/**
 * The name of a key: one character for each byte (latin1), as names need not be text.
 * @see printableKey
 */
export type KeyName = string;

/** What a server holds under one key. Values are hashed where they are read: nobody else needs them. */
export interface KeyState {
  /** As TYPE says it; null where there is no such key. */
  readonly type: string | null;
  /** Equal where the values are; null for a type that cannot be compared. */
  readonly digest: string | null;
  /** How many elements it has; of a string, how many bytes. */
  readonly size: number;
  /** When it expires, in ms since 1970 by the clock of this machine; null for never. */
  readonly expiresAtMs: number | null;
}

/** A key that is written to see where it arrives. */
export interface Marker {
  readonly name: KeyName;
  readonly type: DataType;
  /** See `digestOf`. */
  readonly elements: readonly string[];
}

/** One step of a scan: where the next one begins, and what was met. */
export interface ScanStep {
  /** `0` at the end. */
  readonly cursor: string;
  readonly keys: readonly KeyName[];
}

/** The data of one server. Every method throws RmsxError only, with the words of the server where it refuses. */
export interface DataAccess {
  /** Database -> how many keys it holds; those that hold none are not in it. */
  databases(): Promise<ReadonlyMap<number, number>>;
  /** One step of a scan from each of the cursors, all in one go. */
  scan(database: number, cursors: readonly string[], count: number): Promise<readonly ScanStep[]>;
  /** Reads keys, large values piece by piece. Changes nothing. */
  read(database: number, keys: readonly KeyName[]): Promise<ReadonlyMap<KeyName, KeyState>>;
  /** A text in database 0; null where there is none. */
  get(key: KeyName): Promise<string | null>;
  /** Writes markers into database 0: all of them or none, in one transaction, each with its end. */
  write(markers: readonly Marker[], ttlMs: number): Promise<void>;
  /** Removes keys of database 0. */
  remove(keys: readonly KeyName[]): Promise<void>;
  /** @returns those of the commands that the server knows. Runs none of them. */
  known(commands: readonly string[]): Promise<readonly string[]>;
}
