import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually, type Finished, finished } from './run.ts';

const execute = promisify(execFile);
const bin = fileURLToPath(new URL('../../../bin/rmsx.js', import.meta.url));

interface OwnRunOptions {
  readonly input?: string;
  readonly atOutput?: (stderr: string) => void;
}

/**
 * A Docker engine of the test's own, which it may stop and kill: in a network namespace of its own, so that neither its
 * rules of the firewall nor its ports meet those of the shared one. rmsx runs in there, too. Needs root.
 */
export class OwnEngine {
  readonly #directory = mkdtempSync(join(tmpdir(), 'rmsx-engine-'));
  readonly #namespace = `rmsx-${randomBytes(4).toString('hex')}`;
  #daemon: ChildProcess | undefined;

  /** Makes it, with one image in it, and starts it. */
  async make(image: string): Promise<void> {
    await execute('ip', ['netns', 'add', this.#namespace]);
    await execute('nsenter', [...this.#inside, 'ip', 'link', 'set', 'lo', 'up']);
    await this.start();
    const file = join(this.#directory, 'image.tar');
    await execute('docker', ['save', '-o', file, image]);
    await this.docker('load', '-i', file);
    rmSync(file);
  }

  /** Starts the daemon, and waits until it answers. */
  async start(): Promise<void> {
    // After a SIGKILL: where nobody reaps orphans, its containerd would pass for one that runs, and be waited for.
    rmSync(this.#file('exec/containerd/containerd.pid'), { force: true });
    const log = openSync(this.#file('log'), 'a');
    const files = { '--data-root': 'data', '--exec-root': 'exec', '--pidfile': 'pid' };
    const flags = Object.entries(files).flatMap(([flag, name]) => [flag, this.#file(name)]);
    // No pool that it could choose an address from: every subnet is named.
    const network = ['--bridge=none', '--default-address-pool', 'base=10.213.0.0/30,size=30'];
    const args = [...this.#inside, 'dockerd', ...flags, '-H', this.#host, ...network];
    const daemon = spawn('nsenter', args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#daemon = daemon;
    await eventually(
      'the engine answers',
      async () => {
        if (daemon.exitCode !== null) throw new Error(readFileSync(this.#file('log'), 'utf8').slice(-2000));
        return this.docker('version');
      },
      60_000,
    );
  }

  /** Ends the daemon: in peace, with its containers, or as a power failure would. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const daemon = this.#daemon;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill(signal);
    await ended;
  }

  /** Runs docker on it. @returns its stdout, trimmed */
  async docker(...args: readonly string[]): Promise<string> {
    return (await execute('docker', ['-H', this.#host, ...args])).stdout.trim();
  }

  /** Runs the real rmsx on it, whatever its exit code. @param atOutput - told of everything it has said on stderr */
  rmsx(args: readonly string[], { input = '', atOutput }: OwnRunOptions = {}): Promise<Finished> {
    const env = { ...process.env, DOCKER_HOST: this.#host };
    const child = spawn('nsenter', [...this.#inside, process.execPath, bin, ...args], { env });
    child.stdin.end(input);
    return finished(child, atOutput);
  }

  /** Removes it and everything in it. */
  async remove(): Promise<void> {
    if (this.#daemon && this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
      const containers = (await this.docker('ps', '-aq')).split('\n').filter(Boolean);
      if (containers.length > 0) await this.docker('rm', '-f', '-v', ...containers);
    }
    await this.end('SIGTERM');
    await execute('ip', ['netns', 'del', this.#namespace]);
    // What a daemon that was killed could not unmount.
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    const own = mounts.filter((path) => path.startsWith(`${this.#directory}/`));
    for (const path of own.reverse()) await execute('umount', [path]);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #inside(): readonly string[] {
    return [`--net=/run/netns/${this.#namespace}`];
  }

  get #host(): string {
    return `unix://${this.#file('docker.sock')}`;
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }
}
