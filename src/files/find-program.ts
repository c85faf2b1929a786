import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RmsxError } from '../domain/errors.ts';

/**
 * Looks for a program as the system would when it is started.
 * @param path - the PATH
 * @throws RmsxError `command-missing` where there is none, `command-unusable` where it cannot be executed
 */
export function requireProgram(program: string, path: string): void {
  const places = program.includes('/') ? [program] : path.split(delimiter).map((place) => join(place || '.', program));
  const found = places.map(usabilityOf);
  if (found.includes('usable')) return;
  if (found.includes('unusable')) {
    throw new RmsxError('command-unusable', `${program} is not a program that can be executed.`, {
      hint: 'Make it executable: chmod +x FILE   or name its interpreter: sh FILE',
    });
  }
  const where = program.includes('/') ? '' : ' in the PATH';
  throw new RmsxError('command-missing', `There is no program ${program}${where}.`, {
    hint: program.includes(' ')
      ? `The words of a command stand apart: rmsx run -- ${program}`
      : `A line of shell needs one: rmsx run -- sh -c 'LINE'`,
  });
}

function usabilityOf(file: string): 'usable' | 'unusable' | 'missing' {
  try {
    if (!statSync(file).isFile()) return 'unusable';
  } catch {
    return 'missing';
  }
  try {
    accessSync(file, constants.X_OK);
    return 'usable';
  } catch {
    return 'unusable';
  }
}
