import { readdir, readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second, whatever its kernel ticks with. */
const msPerTick = 10;

/**
 * @returns how much processor time a process of this machine has taken so far, in ms
 * @throws Error where it is not there, or not here
 */
export async function processorTimeMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold blanks
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

/** @returns the processes of this machine that run a program of that name */
export async function processesOf(program: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return pids.filter((_, i) => names[i]?.trim() === program);
}
