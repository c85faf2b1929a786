import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** @returns what tells this process from every other one, on any machine: host, number, and when it began */
export const thisProcess = (): string => [hostname(), process.pid, startOf(process.pid)].join('/');

/**
 * Whether a process has surely ended. One on another machine cannot be asked.
 * @param owner - what `thisProcess` said of it
 */
export function hasEnded(owner: string): boolean {
  const [host, pid, start] = owner.split('/');
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  return startOf(Number(pid)) !== start; // the number is used again
}

/**
 * When a process began, in ticks since the machine did: field 22 of /proc/PID/stat. Empty where there is none, and for
 * one that has ended and that nobody has asked about yet (a zombie).
 */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '');
  } catch {
    return '';
  }
}
