import type { ExecSession, TerminalSize } from '../domain/exec.ts';
import type { CliStreams } from '../operations/cli.ts';
import type { Streams } from './output.ts';
import { writeOut } from './write-out.ts';

/** Ctrl-C, as a terminal in raw mode passes it on. */
const interrupt = 0x03;

/** How long a program has to answer Ctrl-C: redis-cli ends, or shows its prompt again. One that is paused does neither. */
const heededMs = 1000;

/** What a terminal shows for the key, whether or not anybody reads it. */
const echo = '^C';

/**
 * The streams of this process for a program that runs elsewhere. Where people type and read, it gets their terminal:
 * every key, Ctrl-C included, goes to it; Ctrl-C that it does not heed is for this process.
 * @param signal - ends what is written to a reader that takes nothing
 */
export function connectStreams({ stdin, stdout, stderr }: Streams, signal: AbortSignal): CliStreams {
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const size = (): TerminalSize => ({ columns: stdout.columns, rows: stdout.rows });
  let unheeded: NodeJS.Timeout | undefined;
  const onTyped = (bytes: Buffer): void => {
    if (bytes.includes(interrupt)) unheeded ??= setTimeout(() => process.kill(process.pid, 'SIGINT'), heededMs);
  };
  const heeded = (): void => {
    clearTimeout(unheeded);
    unheeded = undefined;
  };
  return {
    terminal: isTerminal ? size() : null,
    write: ({ from, bytes }) => {
      if (!isEcho(bytes)) heeded();
      return writeOut(from === 'stdout' ? stdout : stderr, bytes, signal);
    },
    connect: (program) => {
      if (!isTerminal) return readInput(stdin, program, () => program.endInput());
      stdin.on('data', onTyped);
      const stopReading = readInput(stdin, program, hangUp);
      const resize = (): void => void program.resize(size()).catch(() => undefined); // the next one may succeed
      stdout.on('resize', resize);
      stdin.setRawMode(true);
      return () => {
        restore(stdin);
        heeded();
        stdin.off('data', onTyped);
        stdout.off('resize', resize);
        stopReading();
      };
    },
  };
}

const isEcho = (bytes: Uint8Array): boolean => Buffer.from(bytes).toString('latin1').replaceAll(echo, '') === '';

/** A terminal that has been closed needs nothing. */
function restore(stdin: NodeJS.ReadStream): void {
  try {
    stdin.setRawMode(false);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
  }
}

/** The input of a terminal ends when that is closed. Whoever runs the first program there is told so, and we may not be. */
const hangUp = (): void => void process.kill(process.pid, 'SIGHUP');

/** Takes no more than the program does. */
function readInput(stdin: NodeJS.ReadStream, program: Pick<ExecSession, 'write'>, end: () => void): () => void {
  const take = (bytes: Buffer): void => {
    stdin.pause();
    void program.write(bytes).then(() => stdin.resume());
  };
  stdin.on('data', take).once('end', end).once('error', end);
  return () => {
    stdin.off('data', take).off('end', end).off('error', end);
    stdin.on('error', () => undefined).pause();
    stdin.unref?.(); // files have none
  };
}
