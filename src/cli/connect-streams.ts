import type { ExecSession, TerminalSize } from '../domain/exec.ts';
import type { CliStreams } from '../operations/cli.ts';
import type { Streams } from './output.ts';
import { writeOut } from './write-out.ts';

/**
 * The streams of this process for a program that runs elsewhere. Where people type and read, it gets their terminal:
 * every key, Ctrl-C included, goes to it.
 * @param signal - ends what is written to a reader that takes nothing
 */
export function connectStreams({ stdin, stdout, stderr }: Streams, signal: AbortSignal): CliStreams {
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  const size = (): TerminalSize => ({ columns: stdout.columns, rows: stdout.rows });
  return {
    terminal: isTerminal ? size() : null,
    write: ({ from, bytes }) => writeOut(from === 'stdout' ? stdout : stderr, bytes, signal),
    connect: (program) => {
      const stopReading = readInput(stdin, program, isTerminal ? hangUp : () => program.endInput());
      if (!isTerminal) return stopReading;
      const resize = (): void => void program.resize(size()).catch(() => undefined); // the next one may succeed
      stdout.on('resize', resize);
      stdin.setRawMode(true);
      return () => {
        restore(stdin);
        stdout.off('resize', resize);
        stopReading();
      };
    },
  };
}

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
