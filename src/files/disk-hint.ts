import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { quoteForShell } from '../domain/shell.ts';

/**
 * What to do where the disk refuses.
 * @param error - of the file system; it may name another path: that of a directory on the way
 * @param path - what was to be read or written
 * @param otherwise - the flag that names another place: `--out DIR`
 */
export function diskHint(error: NodeJS.ErrnoException, path: string, otherwise: string): string {
  const above = dirname(error.path ?? path);
  const directory = quoteForShell(above);
  const elsewhere = `ame another place: ${otherwise}`;
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return `See who may: ls -ld ${directory}   or n${elsewhere}`;
    case 'EROFS':
      return `Nothing can be written there. N${elsewhere}`;
    case 'ENOTDIR':
      return `A file is in the place of a directory on the way there. N${elsewhere}`;
    case 'ENOENT': // of a directory that is there: of /proc, or of a link to nowhere
      return existsSync(above) ? `N${elsewhere}` : `Make the directory: mkdir -p ${directory}   or n${elsewhere}`;
    default:
      return `N${elsewhere}`;
  }
}
