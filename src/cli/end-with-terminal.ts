import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * A terminal that was closed cannot be given its settings back: Node 20 aborts in the attempt, with a stack, and perhaps a
 * core that holds a password. The process ends by SIGHUP then, like everything else that was started there.
 */
export function endWithTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on('exit', () => {
    if (!terminals.some(isGone)) return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}

/** Nothing is written, and a terminal that is gone refuses even that. */
function isGone(fd: number): boolean {
  try {
    writeSync(fd, '');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EIO';
  }
}
