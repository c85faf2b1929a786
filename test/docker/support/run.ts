import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assertPrinted } from '../../helpers/schemas.ts';

const bin = fileURLToPath(new URL('../../../bin/rmsx.js', import.meta.url));

/** What a process left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process is run. */
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Runs beside the process, and may send it a signal. */
  readonly whileRunning?: (kill: (signal: NodeJS.Signals) => void) => Promise<void>;
}

/** What hangs fails before the test does, and by its name. */
const hangsAfterMs = 240_000;

/** Runs the real rmsx, whatever its exit code; a document that it prints must match its schema. */
export async function rmsx(
  args: readonly string[],
  { env = {}, input = '', whileRunning }: RunOptions = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, ...env },
    timeout: hangsAfterMs,
    killSignal: 'SIGKILL',
  });
  const beside = whileRunning?.((signal) => child.kill(signal));
  const running = finished(child);
  child.stdin.end(input);
  const beganMs = Date.now();
  const [result] = await Promise.all([running, beside]);
  if (result.code === null && Date.now() - beganMs >= hangsAfterMs) {
    throw new Error(`rmsx ${args.join(' ')} did not end within ${hangsAfterMs / 1000} s\n${result.stderr}`);
  }
  assertPrinted({ args, env, ...result });
  return result;
}

/** Waits until a process has ended. @param atOutput - told of everything it has said on stderr so far */
export function finished(
  child: ChildProcessWithoutNullStreams,
  atOutput: (stderr: string) => void = () => undefined,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      atOutput(stderr);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs rmsx, which must succeed. @returns the document it printed */
export async function rmsxJson<T = unknown>(args: readonly string[], options: RunOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await rmsx([...args, '--json'], options);
  if (code !== 0) throw new Error(`rmsx ${args.join(' ')} exited with ${code}\n${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Runs the docker command. @returns its stdout, trimmed */
export function docker(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('docker', args, { maxBuffer: 2 ** 24, timeout: hangsAfterMs / 2 }, (error, stdout, stderr) => {
      const hung = error?.killed ? `did not end within ${hangsAfterMs / 2000} s ` : '';
      if (error) reject(new Error(`docker ${args.join(' ')}: ${hung}${stderr}`));
      else resolve(stdout.trim());
    });
  });
}

/** @returns what the engine knows of a container */
export async function inspect(container: string): Promise<DockerInspect> {
  const [info] = JSON.parse(await docker('inspect', container)) as [DockerInspect];
  return info;
}

/** The part of `docker inspect` that tests look at. */
export interface DockerInspect {
  readonly Id: string;
  readonly Created: string;
  /** Its id. */
  readonly Image: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly StartedAt: string;
    readonly Pid: number;
  };
  readonly RestartCount: number;
  readonly Config: { readonly Env: string[]; readonly Labels: Record<string, string> };
  readonly HostConfig: {
    readonly RestartPolicy: { readonly Name: string };
    readonly Sysctls: Record<string, string> | null;
    readonly PortBindings: Record<string, { HostIp: string; HostPort: string }[]>;
    readonly Privileged: boolean;
    readonly CapAdd: string[] | null;
  };
  readonly NetworkSettings: { readonly Networks: Record<string, { readonly IPAddress: string }> };
}

/**
 * Asks again and again until a check holds. A check that hangs is given up a while after that, as one that began in
 * time may end late.
 *
 * @throws with the last failure when the time is up
 */
export async function eventually<T>(what: string, check: () => Promise<T | false>, timeoutMs = 15_000): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  const hangsAtMs = endMs + hangsAfterMs / 4;
  let last: unknown;
  for (;;) {
    const timer = new AbortController();
    const hung = sleep(hangsAtMs - Date.now(), undefined, { signal: timer.signal }).then(() => {
      throw new Error('this check hangs', { cause: last });
    });
    hung.catch(() => undefined);
    try {
      const answer = await Promise.race([check(), hung]);
      if (answer !== false) return answer;
    } catch (error) {
      last = error;
    } finally {
      timer.abort();
    }
    if (Date.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    await sleep(25);
  }
}
