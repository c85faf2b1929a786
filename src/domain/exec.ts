import type { Owner } from './ports.ts';

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A program that is to run. Everybody who may ask the engine sees all of this: no secrets. */
export interface ExecSpec {
  readonly command: readonly string[];
  readonly user: Owner;
  readonly env: Readonly<Record<string, string>>;
  /** Null for three streams without a terminal. */
  readonly terminal: TerminalSize | null;
}

/** What a program writes. */
export interface Output {
  readonly from: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/** A program that runs. */
export interface ExecSession {
  /** Ends with the program, or with the signal of the command, whose reason it throws. On a terminal all is stdout. */
  readonly output: AsyncIterable<Output>;
  /** Resolves when the engine has taken it, or the program has ended. */
  write(bytes: Uint8Array): Promise<void>;
  endInput(): void;
  resize(size: TerminalSize): Promise<void>;
  /** To be asked when the output has ended. */
  exitCode(): Promise<number>;
  /** Cuts the connection; the program may go on. */
  close(): void;
}
