import { writeSync } from 'node:fs';
import type { Size } from '../render/fit.ts';

const csi = '\u001b[';
/** A screen of its own: what was there before comes back. Terminals without one keep what is on theirs. */
const enter = `${csi}?1049h${csi}?25l${csi}H${csi}2J`;
const leave = `${csi}?1049l${csi}?25h`;
const home = `${csi}H`;
const clearLine = `${csi}K`;
const clearBelow = `${csi}J`;

/** Terminals that do not tell, and those of scripts that have no size. */
const usualSize: Size = { columns: 80, rows: 24 };

/** What one picture is made of, once it is known how much room there is: no line may be longer than that. */
type Frame = (size: Size) => readonly string[];

/** Shows one picture after the other in the same place, and leaves the terminal as it was, whatever happens. */
export class WatchScreen {
  readonly #stdout: NodeJS.WriteStream;
  #isOpen = false;
  #frame: Frame | undefined;
  #height = 0;

  /** @param stdout - a terminal */
  constructor(stdout: NodeJS.WriteStream) {
    this.#stdout = stdout;
  }

  /** Takes the terminal, until it is closed or the process ends. */
  open(): void {
    this.#stdout.on('resize', this.#redraw);
    process.on('exit', this.#leaveNow);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGCONT', this.#resume);
    this.#enter();
  }

  /** Gives the terminal back. */
  close(): void {
    this.#stdout.off('resize', this.#redraw);
    process.off('SIGTSTP', this.#suspend);
    process.off('SIGCONT', this.#resume);
    this.#leaveNow();
    process.off('exit', this.#leaveNow);
  }

  /** Shows a picture, again after every change of the size. */
  draw(frame: Frame): void {
    this.#frame = frame;
    if (this.#isOpen) this.#redraw();
  }

  readonly #redraw = (): void => {
    const { columns, rows } = this.#stdout;
    const size = columns > 0 && rows > 0 ? { columns, rows } : usualSize;
    const lines = this.#frame?.(size) ?? [];
    this.#height = lines.length;
    // Cleared before it is written: after the last column some terminals would clear that. The cursor ends where what
    // somebody types does no harm.
    this.#stdout.write(`${home}${lines.map((line) => `${clearLine}${line}`).join('\r\n')}${this.#below(size)}${home}`);
  };

  #below({ rows }: Size): string {
    return this.#height < rows ? `\r\n${clearBelow}` : '';
  }

  #enter(): void {
    this.#isOpen = true;
    this.#stdout.write(enter);
  }

  /** Nothing is awaited: the process may be about to end. */
  readonly #leaveNow = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      writeSync(1, `${csi}${Math.max(1, this.#height)};1H\r\n${leave}`);
    } catch {
      // the terminal is gone
    }
  };

  readonly #suspend = (): void => {
    this.#leaveNow();
    process.kill(process.pid, 'SIGSTOP');
  };

  readonly #resume = (): void => {
    if (!this.#isOpen) this.#enter();
    this.#redraw();
  };
}
