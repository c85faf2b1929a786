import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Fate } from '../domain/owner.ts';

/**
 * @returns what tells this process from every other one, on any machine: host, number, when it began, whose numbers, and
 * the start of the machine
 */
export const thisProcess = (): string => [hostname(), process.pid, startOf(process.pid), numbering(), boot()].join('/');

/** @returns the mark of a run: it tells it from every other one, and names the process that it belongs to */
export const newRun = (): string => `${randomBytes(8).toString('hex')}/${thisProcess()}`;

/** @returns the process behind the mark of a run; undefined for a mark that does not say, as those before 0.2 */
export const ownerOfRun = (run: string): string | undefined => /^[0-9a-f]+\/(.+)$/.exec(run)?.[1];

/** @returns whether a process has surely ended: see `fateOf` */
export const hasEnded = (owner: string): boolean => fateOf(owner) === 'ended';

/**
 * What became of a process.
 * @param owner - what `thisProcess` said of it
 */
export function fateOf(owner: string): Fate {
  const [host, pid, start, theirNumbering, theirBoot] = owner.split('/');
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return 'unknown';
  if (theirNumbering && theirNumbering !== numbering()) return 'unknown';
  if (theirBoot && theirBoot !== boot()) return 'unknown';
  if (!isRunning(Number(pid))) return 'ended';
  return startOf(Number(pid)) === start ? 'alive' : 'ended'; // the number is used again
}

/** Whether a process of this machine runs, whosever it is. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Containers count their processes anew and may share the name of their host: the same number is another process there. */
function numbering(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  } catch {
    return ''; // not on Linux
  }
}

/**
 * Which start of which machine this is. Machines made from one image share their name, and all of them count their processes
 * from the same first numbering; one that has been started anew is not told from them.
 */
function boot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return ''; // not on Linux
  }
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
    return ''; // it has ended, or this is not Linux
  }
}
