import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { RmsxError } from '../domain/errors.ts';
import { isInForeground } from '../files/foreground.ts';
import { codeOf, cutOff, endingSignals } from './deadline.ts';
import { endAtOnce } from './end-at-once.ts';
import { FirstSignal } from './first-signal.ts';

/** How long a command has to end after a signal: CI services allow some seconds for that and for what comes after it. */
const graceMs = 5000;

/** Sent by a terminal to all that runs in it. */
const ofTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGHUP'];

/**
 * Runs a command between what is made for it and what is taken away after it. The first signal is passed on to the command,
 * and whatever comes after that still happens; the second one ends the process at once.
 */
export class ChildKeeper {
  readonly #cleaningUp: string;
  readonly #tell: (text: string) => void;
  #child: ChildProcess | undefined;
  readonly #first = new FirstSignal();
  #grace: NodeJS.Timeout | undefined;

  /**
   * Signals are heeded from now on.
   * @param cleaningUp - what is to be typed where everything ends at once
   */
  constructor(cleaningUp: string, tell: (text: string) => void) {
    this.#cleaningUp = cleaningUp;
    this.#tell = tell;
    for (const name of endingSignals) process.on(name, this.#onSignal);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => {
    const taken = this.#first.take(name);
    if (taken === 'echo') return;
    if (taken === 'second') {
      this.#child?.kill('SIGKILL');
      endAtOnce(cutOff(name, this.#cleaningUp), false);
    }
    const child = this.#child;
    if (!child) {
      this.#tell(`${name}: taking away what was made; a second signal ends it at once`);
      return;
    }
    if (!(ofTerminal.includes(name) && isInForeground())) child.kill(name); // the terminal has told it
    this.#grace = setTimeout(() => {
      this.#tell(`the command did not end within ${graceMs / 1000} s of ${name}: killing it`);
      child.kill('SIGKILL');
    }, graceMs);
  };

  /** Signals mean again what they meant before. */
  end(): void {
    for (const name of endingSignals) process.off(name, this.#onSignal);
  }

  /**
   * Runs the command with the streams of this process.
   * @returns its exit code; 128 and the number of the signal that ended it
   * @throws RmsxError `command-missing` or `command-unusable`; `interrupted` or `terminated` where a signal came before it began
   */
  run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
    const { name } = this.#first;
    if (name) throw new RmsxError(codeOf(name), `Stopped by ${name}.`);
    const child = spawn(program, args, { stdio: 'inherit', env });
    this.#child = child;
    return new Promise<number>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => {
        const code = error.code === 'ENOENT' ? 'command-missing' : 'command-unusable';
        reject(new RmsxError(code, `${program} could not be started (${error.code}).`));
      });
      child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
    }).finally(() => {
      clearTimeout(this.#grace);
      this.#child = undefined;
    });
  }
}
