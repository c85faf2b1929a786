import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assertPrinted } from './schemas.ts';

/** The real program. */
export const bin: string = fileURLToPath(new URL('../../bin/rmsx.js', import.meta.url));

/** What a run of rmsx left behind. */
export interface Run {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** What a run gets besides its arguments. */
export interface RunOptions {
  /** Added to an environment that holds nothing of the person who runs the tests but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Where it runs. @default where the tests run */
  readonly cwd?: string;
  /** Given what sends a signal to the run. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Ends a run that hangs. */
  readonly timeoutMs?: number;
}

/** Runs the real bin/rmsx.js; a JSON document that it prints must match its schema. */
export async function runRmsx(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return checked(args, options, await runCommand(process.execPath, [bin, ...args], options));
}

/** Runs a line of shell in which `"$@"` is rmsx. Where it ends with that, stdout is all of rmsx: see `runRmsx`. */
export async function runInShell(line: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const run = await runCommand('sh', ['-c', line, 'sh', process.execPath, bin, ...args], options);
  return line.endsWith('"$@"') ? checked(args, options, run) : run;
}

/** Runs it so that modes of files hold for it, also where the tests run as root. */
export async function runWithoutRights(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  if (process.getuid?.() !== 0) return runRmsx(args, options);
  const run = await runCommand('setpriv', ['--bounding-set=-all', process.execPath, bin, ...args], options);
  return checked(args, options, run);
}

function checked(args: readonly string[], { env = {} }: RunOptions, run: Run): Run {
  assertPrinted({ args, env, ...run });
  return run;
}

function runCommand(command: string, args: readonly string[], options: RunOptions): Promise<Run> {
  const startedMs = performance.now();
  const { PATH = '' } = process.env;
  const child = spawn(command, args, {
    env: { PATH, HOME: '/nonexistent', TZ: 'UTC', DOCKER_HOST: 'unix:///nonexistent/docker.sock', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    timeout: options.timeoutMs ?? 15_000,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin.on('error', () => undefined); // a run that ends early reads no input
  child.stdin.end(options.stdin ?? '');
  options.onStart?.((signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output, durationMs: performance.now() - startedMs }));
  });
}
