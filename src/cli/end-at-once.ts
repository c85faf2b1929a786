import { writeSync } from 'node:fs';
import type { RmsxError } from '../domain/errors.ts';
import { errorDocument, formatError, jsonText } from './output.ts';

/** A reader that takes nothing for so long keeps nobody. */
export const readerPatienceMs = 500;
const pauseMs = 5;

/**
 * Prints an error and ends the process, whatever is under way: nothing is awaited, so everything is written at once.
 * @param isMachine - whether stdout has to be a document
 */
export function endAtOnce(error: RmsxError, isMachine: boolean): never {
  if (isMachine) writeNow(1, jsonText(errorDocument(error))); // which is YAML as well
  writeNow(2, formatError(error));
  process.exit(error.exitCode);
}

/** Writes as much as the reader takes. */
function writeNow(fd: 1 | 2, text: string): void {
  const untilMs = performance.now() + readerPatienceMs;
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > untilMs) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs); // the pipe is full
    }
  }
}
