import type { ChildProcessByStdio } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { toPrintable } from '../../domain/printable.ts';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Why ssh ended before the engine said a word. */
class SshError extends Error {
  readonly code = 'SSH_FAILED';
  /** Null where it never began, or a signal ended it. */
  readonly exitCode: number | null;
  /** The last lines that ssh, or the other side, wrote on stderr. */
  readonly lines: readonly string[];

  constructor(message: string, exitCode: number | null, lines: readonly string[]) {
    super(message);
    this.name = 'SshError';
    this.exitCode = exitCode;
    this.lines = lines;
  }
}

/** What a server says that has too many connections at the moment: nothing was logged in, and nothing was sent. */
const dropped = /kex_exchange_identification|ssh_exchange_identification|banner exchange/;
const maxDrops = 3;
const keptLines = 20;
/** More than any request that is written before the engine says something, but for files. */
const maxReplayBytes = 65_536;

/** A connection over the standard streams of a child, as http expects a socket to be. */
export class SshStream extends Duplex {
  readonly #start: () => Child;
  #child: Child;
  #stderr = '';
  #hasAnswered = false;
  #drops = 0;
  #retry: NodeJS.Timeout | undefined;
  /** What was written so far, for a server that drops us at first; null where it was too much. */
  #sent: Buffer[] | null = [];

  constructor(start: () => Child) {
    super({ allowHalfOpen: false });
    this.#start = start;
    this.#child = this.#begin();
  }

  #begin(): Child {
    const child = this.#start();
    this.#stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      this.#hasAnswered = true;
      this.#sent = null;
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-8192);
    });
    child.stdin.on('error', () => undefined); // its end says why
    child.once('error', (error) => this.destroy(new SshError(error.message, null, [])));
    // A shared connection of the user's own may keep stderr open: its end is not waited for.
    child.once('exit', (code) => void setTimeout(() => this.#ended(code), 50));
    return child;
  }

  #ended(exitCode: number | null): void {
    if (this.destroyed) return;
    if (this.#hasAnswered) {
      this.push(null);
      if (this.readableLength === 0) this.destroy();
      return;
    }
    const isDropped = exitCode === 255 && dropped.test(this.#stderr);
    if (isDropped && this.#sent !== null && this.#drops < maxDrops) {
      this.#drops += 1;
      this.#retry = setTimeout(() => this.#again(), 200 * 2 ** this.#drops);
      return;
    }
    this.destroy(new SshError(`ssh ended with ${exitCode}`, exitCode, linesOf(this.#stderr)));
  }

  #again(): void {
    const sent = this.#sent ?? [];
    this.#child = this.#begin();
    for (const chunk of sent) this.#child.stdin.write(chunk);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const { stdin } = this.#child;
    if (this.#sent !== null) {
      this.#sent.push(chunk);
      if (this.#sent.reduce((sum, { length }) => sum + length, 0) <= maxReplayBytes) {
        stdin.write(chunk);
        done();
        return;
      }
      this.#sent = null;
    }
    stdin.write(chunk, (error) => {
      if (!error) done(); // otherwise the child has ended, and its end tells
    });
  }

  override _final(done: () => void): void {
    this.#child.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#retry);
    const { stdin, stdout, stderr } = this.#child;
    this.#child.kill();
    this.#child.unref(); // it may not heed that, and what it has started may hold its streams: nobody waits for either
    for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
    done(error);
  }

  setTimeout(): this {
    return this; // every call has a deadline of its own
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this.#each('ref');
  }

  /** An idle connection keeps no process alive. */
  unref(): this {
    return this.#each('unref');
  }

  #each(what: 'ref' | 'unref'): this {
    const { stdin, stdout, stderr } = this.#child;
    this.#child[what]();
    // Pipes of children are sockets, which their types do not say.
    for (const pipe of [stdin, stdout, stderr]) (pipe as unknown as { ref(): void; unref(): void })[what]();
    return this;
  }
}

const linesOf = (stderr: string): readonly string[] =>
  stderr
    .split(/[\r\n]+/)
    .map((line) => toPrintable(line).trim())
    .filter((line) => line !== '')
    .slice(-keptLines)
    .map((line) => line.slice(0, 300));
