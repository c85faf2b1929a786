import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from './run.ts';

const bin = fileURLToPath(new URL('../../../bin/rmsx.js', import.meta.url));

/** A process that goes on, and what it says. */
export interface Running {
  /** Everything it has written so far, without carriage returns. */
  text(): string;
  type(text: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number | null>;
}

/** Starts the real rmsx, with pipes. */
export const startPiped = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Running =>
  start(process.execPath, [bin, ...args], env);

/**
 * Starts the real rmsx on a terminal of its own.
 * @param around - a line of shell in which `rmsx` is the command that is meant
 */
export function startOnTerminal(
  args: readonly string[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
  around = 'exec rmsx',
): Running {
  const words = [process.execPath, bin, ...args].map((word) => `'${word}'`);
  const line = `stty cols ${columns} rows ${rows}; ${around.replace('rmsx', words.join(' '))}`;
  return start('script', ['-qec', line, '/dev/null'], {
    SHELL: '/bin/sh',
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
  });
}

/** Waits until a process has said something. */
export const told = (running: Running, text: string): Promise<true> =>
  eventually(text, async () => running.text().includes(text) || false);

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return {
    text: () => text.replaceAll('\r', ''),
    type: (typed) => void child.stdin.write(typed),
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}
