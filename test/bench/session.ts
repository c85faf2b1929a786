import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { labelled, named, removeAll } from './engine.ts';
import { cleanEnvironment, defaultTimeoutMs, type Finished, pause, runProcess } from './processes.ts';

/** After something was removed, the kernel goes on tidying up for a while. */
const restMs = 700;

/** One run of the benchmark: its names, its directory, and what has to be removed when it ends. */
export class Session {
  /** Part of every name, so that nothing of another run can be meant. */
  readonly id: string = randomBytes(4).toString('hex');
  readonly signal: AbortSignal;
  readonly directory: string;
  readonly image: string;
  /** The rmsx that is measured. */
  readonly bin: string;
  readonly #filters = new Set<string>();
  readonly #peaks = new Map<string, number[]>();

  private constructor(
    options: { readonly bin: string; readonly image: string },
    directory: string,
    signal: AbortSignal,
  ) {
    this.bin = resolve(options.bin);
    this.image = options.image;
    this.directory = directory;
    this.signal = signal;
  }

  static async begin(options: { readonly bin: string; readonly image: string }, signal: AbortSignal): Promise<Session> {
    return new Session(options, await mkdtemp(join(tmpdir(), 'rmsx-bench-')), signal);
  }

  /** Says before something is made by which label it will be found. */
  owns(label: string): void {
    this.#filters.add(labelled(label));
  }

  /** The same of what can be found by a part of its name alone. */
  ownsNamed(name: string): void {
    this.#filters.add(named(name));
  }

  /** Removes what carries the label, and lets the machine come to rest. */
  async remove(label: string): Promise<void> {
    await this.#removeAll(labelled(label));
    await pause(restMs, this.signal);
  }

  /** The same of what was said to be found by its name. */
  removeNamed(name: string): Promise<void> {
    return this.#removeAll(named(name));
  }

  async #removeAll(filter: string): Promise<void> {
    await removeAll(filter, this.signal);
    this.#filters.delete(filter);
  }

  /** @returns the command line of rmsx, to be timed without anything else in it */
  rmsxCommand(...args: readonly string[]): readonly string[] {
    return [process.execPath, this.bin, ...args];
  }

  /**
   * Runs rmsx and notes its peak memory.
   * @param measured - under which name, where not under the verb alone
   */
  async rmsx(
    args: readonly string[],
    {
      measured = args[0] ?? '',
      signal = this.signal,
      timeoutMs = defaultTimeoutMs,
    }: { readonly measured?: string; readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
  ): Promise<Finished> {
    const peakFile = join(this.directory, `peak-${randomBytes(4).toString('hex')}`);
    const preload = pathToFileURL(join(import.meta.dirname, 'peak-memory.js')).href;
    const env = { ...cleanEnvironment(), RMSX_IMAGE: this.image, BENCH_PEAK_FILE: peakFile };
    const command = ['--import', preload, this.bin, ...args];
    // Away from any rmsx.yaml.
    const finished = await runProcess(process.execPath, command, { signal, env, cwd: this.directory, timeoutMs });
    const peakMb = Number(await readFile(peakFile, 'utf8')) / 1024;
    this.#peaks.set(measured, [...(this.#peaks.get(measured) ?? []), peakMb]);
    return finished;
  }

  /** Peak memory in MB of every run, by command. */
  get peaks(): ReadonlyMap<string, readonly number[]> {
    return this.#peaks;
  }

  /** Removes everything that is left. Not to be interrupted: the signal that ended the work does not end this. */
  async end(): Promise<void> {
    const unstoppable = new AbortController().signal;
    if (this.signal.aborted) await pause(restMs, unstoppable);
    const results = await Promise.allSettled([...this.#filters].map((filter) => removeAll(filter, unstoppable)));
    await rm(this.directory, { recursive: true, force: true });
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length > 0)
      throw new AggregateError(failures, `not everything could be removed: ${failures.join('; ')}`);
  }
}
