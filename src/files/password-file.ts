import { RmsxError } from '../domain/errors.ts';
import { readStart } from './read-start.ts';

/** Far beyond the longest password, and a bound for what never ends, as /dev/zero. */
const mostBytes = 65_535;

/**
 * Reads a password from a file, or from standard input for `-`. One line break at the end is not part of it.
 * @param place - where the path stands, for messages
 * @param signal - ends the waiting for a pipe
 * @throws RmsxError `bad-usage` where the file cannot be read, or that of the signal
 */
export async function readPassword(path: string, place: string, signal: AbortSignal): Promise<string> {
  try {
    const content = await readStart(path, mostBytes, signal);
    return content.toString('utf8').replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof RmsxError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'it cannot be read';
    throw new RmsxError('bad-usage', `${place}: ${path} cannot be read (${code}).`, {
      hint: `Write a password into it: (umask 077; head -c 24 /dev/urandom | base64 > ${path === '-' ? 'FILE' : path})`,
      cause: error,
    });
  }
}
