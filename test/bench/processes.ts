import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process that has ended with exit code 0. */
export interface Finished {
  /** From the call of spawn to the end of the process, as whoever types the command sees it. */
  readonly durationMs: number;
  readonly stdout: string;
}

/** How a process is run. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** How long it may take. */
  readonly timeoutMs?: number;
}

/** Nearly nothing here takes as long on a machine that works. */
export const defaultTimeoutMs = 180_000;
/** How long a process has to take back what it made, before it is killed. */
const graceMs = 30_000;

/**
 * Runs a program to its end. On a signal the program is told to end, and its end is awaited, so that what it takes back
 * is taken back before anything else happens.
 * @throws Error with what it said, where its exit code is not 0
 */
export async function runProcess(program: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { timeoutMs = defaultTimeoutMs } = options;
  options.signal.throwIfAborted();
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  const { code, ...finished } = await spawned(program, args, options, signal);
  if (code === 0) return finished;
  options.signal.throwIfAborted();
  const why = signal.aborted ? `did not end within ${timeoutMs / 1000} s` : `ended with ${code}`;
  throw new Error(`${[program, ...args].join(' ')} ${why}:\n${finished.stderr || finished.stdout}`);
}

function spawned(
  program: string,
  args: readonly string[],
  { env, cwd }: RunOptions,
  signal: AbortSignal,
): Promise<Finished & { readonly stderr: string; readonly code: number | string }> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: env ?? cleanEnvironment(), cwd });
    const output = { stdout: '', stderr: '' };
    let durationMs = 0;
    let killer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill('SIGTERM');
      killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    };
    signal.addEventListener('abort', stop, { once: true });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    }
    child.once('error', reject);
    child.once('exit', () => {
      durationMs = performance.now() - startedMs;
    });
    child.once('close', (code, killedBy) => {
      clearTimeout(killer);
      signal.removeEventListener('abort', stop);
      resolve({ ...output, durationMs, code: code ?? killedBy ?? 'nothing' });
    });
  });
}

/** @returns our environment without what would make every Node or every rmsx behave in another way */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && !/^(RMSX|COMPOSE|REDISCLI)_/.test(name)),
  );
}

/**
 * Runs a program while something else is watched. When one of the two fails the other is told to stop, and its end is
 * awaited: a program that still works makes things that nobody would remove.
 * @returns what the program and the watching brought
 */
export async function runWatched<T>(
  run: (signal: AbortSignal) => Promise<Finished>,
  watch: (signal: AbortSignal) => Promise<T>,
  outer: AbortSignal,
): Promise<readonly [Finished, T]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([outer, failure.signal]);
  const stopOther = (error: unknown): never => {
    failure.abort(error);
    throw error;
  };
  const works = [run(signal).catch(stopOther), watch(signal).catch(stopOther)] as const;
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Ends with the signal's reason where that comes first. */
export async function pause(timeMs: number, signal: AbortSignal): Promise<void> {
  await sleep(timeMs, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
