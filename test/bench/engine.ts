import { createServer } from 'node:net';
import { subnetsOverlap } from '../../src/domain/subnet.ts';
import { runProcess } from './processes.ts';

/** Runs the docker client. @returns what it prints, line by line */
export async function docker(args: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await runProcess('docker', args, { signal });
  return stdout.split('\n').filter((line) => line !== '');
}

/** @returns the filter of the docker client for what carries a label */
export const labelled = (label: string): string => `label=${label}`;

/** @returns that for whatever has this in its name */
export const named = (name: string): string => `name=${name}`;

/**
 * Removes every container, network and volume that a filter finds, until none is left: what an interrupted program had
 * asked for may appear a moment later.
 */
export async function removeAll(filter: string, signal: AbortSignal): Promise<void> {
  const kinds = [
    { list: ['ps', '-aq', '--filter', filter], remove: ['rm', '--force', '--volumes'] },
    { list: ['network', 'ls', '-q', '--filter', filter], remove: ['network', 'rm'] },
    { list: ['volume', 'ls', '-q', '--filter', filter], remove: ['volume', 'rm'] },
  ];
  for (const { list, remove } of kinds) {
    for (let ids = await docker(list, signal); ids.length > 0; ids = await docker(list, signal)) {
      await docker([...remove, ...ids], signal);
    }
  }
}

/**
 * Asks from inside of a container: the engine may be on another machine, or in one of its own.
 * @returns how much memory its machine can give without taking it from a program
 */
export async function freeMemoryMb(image: string, signal: AbortSignal): Promise<number> {
  const run = ['run', '--rm', '--pull', 'never', '--network', 'none', '--entrypoint', 'cat', image, '/proc/meminfo'];
  const lines = await docker(run, signal);
  const [, kib] = lines.flatMap((line) => /^MemAvailable:\s+(\d+) kB$/.exec(line) ?? []);
  if (kib === undefined) throw new Error('/proc/meminfo of the engine names no MemAvailable');
  return Number(kib) / 1024;
}

/** Beside Docker's own address pools, and at the far end of the range from which `--subnet auto` chooses. */
const subnets = Array.from({ length: 16 }, (_, i) => `172.16.${255 - i}.0/24`);

/** @returns a subnet that no network of the engine overlaps */
export async function findSubnet(signal: AbortSignal): Promise<string> {
  const ids = await docker(['network', 'ls', '-q'], signal);
  const template = '{{range .IPAM.Config}}{{println .Subnet}}{{end}}';
  const taken = await docker(['network', 'inspect', '--format', template, ...ids], signal);
  const free = subnets.find((subnet) => !taken.some((other) => subnetsOverlap(subnet, other)));
  if (free === undefined) throw new Error(`every subnet from ${subnets.at(-1)} to ${subnets[0]} is taken`);
  return free;
}

/** Above what `--base-port auto` chooses from, below what systems take by themselves. */
const firstPort = 31_100;
const lastPort = 32_700;

/** @returns the first of a run of ports on which nothing listens */
export async function findBasePort(count: number): Promise<number> {
  for (let base = firstPort; base + count <= lastPort; base += count) {
    const free = await Promise.all(Array.from({ length: count }, (_, i) => canListen(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`there are no ${count} free ports in a row between ${firstPort} and ${lastPort}`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
