import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

/** @returns whether a terminal sends Ctrl-C, and its end, to this process and to those that it starts as well */
export function isInForeground(): boolean {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , , foreground] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return [0, 1, 2].some((fd) => isatty(fd)); // not on Linux
  }
}
