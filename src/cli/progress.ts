import type { Progress } from '../domain/ports.ts';
import type { Streams } from './output.ts';

/** Logs need no line for every megabyte. */
const betweenUpdatesMs = 10_000;

/** How much is told, and how. */
export interface Look {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly colour: boolean;
}

/** What is done, one line each. On a terminal the present step is shown by a spinner. */
export async function createProgress({ stderr }: Streams, { quiet, verbose, colour }: Look): Promise<Progress> {
  const print = (line: string): void => void stderr.write(`${line}\n`);
  const warn = (text: string): void => print(`warning: ${text}`);
  const silent = (): void => undefined;
  if (quiet) return { begin: silent, succeed: silent, fail: silent, note: silent, detail: silent, warn };
  // A terminal without a size (of a CI, of expect): the spinner would divide by its width, and clear lines for ever.
  if (!stderr.isTTY || process.env.TERM === 'dumb' || !(stderr.columns > 0))
    return { ...plainProgress(print, warn), detail: verbose ? print : silent };
  const { default: ora } = await import('ora');
  // Discarding what is typed needs the raw mode of the terminal: no Ctrl-C while nobody reads it, and a stop in the background.
  const spinner = ora({ stream: stderr, discardStdin: false, ...(colour ? {} : { color: false as never }) });
  const interrupt = (line: string): void => {
    spinner.clear();
    print(line);
  };
  return {
    begin: (text) => void spinner.start(text),
    update: (text) => {
      spinner.text = text;
    },
    succeed: (text) => void spinner.stopAndPersist({ symbol: '✓', text }),
    fail: (text) => {
      if (spinner.isSpinning) spinner.stopAndPersist({ symbol: '✗', text: `${spinner.text}: ${text}` });
    },
    note: interrupt,
    detail: verbose ? interrupt : silent,
    warn: (text) => interrupt(`warning: ${text}`),
  };
}

/** What is under way is told once, what is done is told by its end. */
function plainProgress(print: (line: string) => void, warn: (text: string) => void): Omit<Progress, 'detail'> {
  let last = '';
  let updatedMs = Number.NEGATIVE_INFINITY;
  return {
    begin: (text) => {
      if (text !== last) print(`… ${text}`);
      last = text;
    },
    update: (text) => {
      if (performance.now() - updatedMs < betweenUpdatesMs) return;
      updatedMs = performance.now();
      print(`… ${text}`);
    },
    succeed: (text) => print(`✓ ${text}`),
    fail: (text) => print(`✗ ${text}`),
    note: print,
    warn,
  };
}
