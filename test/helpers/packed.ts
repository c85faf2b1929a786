import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** What a process left behind. */
export interface Ran {
  readonly code: number | null;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

/** A folder outside of the project, gone when its block ends. */
export class Folder implements AsyncDisposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'rmsx-folder-'));

  /** @returns the path of the packed rmsx in it: what `npm pack` makes of the build that the tests run */
  async pack(): Promise<string> {
    const args = ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', this.path];
    const { stdout } = await run('npm', args, { cwd: root });
    return join(this.path, stdout.trim());
  }

  /** Installs packages, from the cache of npm where they are there. */
  async install(...packages: readonly string[]): Promise<string> {
    const args = [
      'install',
      '--no-save',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...packages,
    ];
    const { stdout, stderr } = await run('npm', args, { cwd: this.path });
    return stdout + stderr;
  }

  /**
   * Puts the packed rmsx into node_modules, with what the project has for everything else, so that nothing is fetched.
   * @param example - a folder of examples/ that is copied as well
   */
  async furnish(example?: string): Promise<void> {
    const modules = join(this.path, 'node_modules');
    mkdirSync(join(modules, 'rmsx'), { recursive: true });
    const file = await this.pack();
    await run('tar', ['-xzf', file, '--strip-components=1', '-C', join(modules, 'rmsx')]);
    rmSync(file);
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name.startsWith('.') || existsSync(join(modules, name))) continue;
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    if (example !== undefined) this.copy(example);
  }

  /** Copies what is in a folder of examples/. */
  copy(example: string): void {
    cpSync(join(root, 'examples', example), this.path, { recursive: true });
  }

  /**
   * Runs a program in it, with nothing in the environment that a test runner has put there.
   * @param atOutput - told of everything it has said on stdout so far, and may kill it
   */
  run(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    atOutput: (stdout: string, kill: () => void) => void = () => undefined,
  ): Promise<Ran> {
    const kept = Object.entries(process.env).filter(([name]) =>
      /^(PATH|HOME|TZ|DOCKER_\w+|npm_config_\w+)$/.test(name),
    );
    return new Promise((resolve) => {
      const options = {
        cwd: this.path,
        env: { ...Object.fromEntries(kept), NO_COLOR: '1', ...env },
        maxBuffer: 2 ** 24,
      };
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        resolve({ code: error ? child.exitCode : 0, output: stdout + stderr });
      });
      let said = '';
      child.stdout?.on('data', (text: string) => {
        said += text;
        atOutput(said, () => child.kill('SIGKILL'));
      });
    });
  }

  /** @returns the names of what is in a directory of it */
  list(directory: string): readonly string[] {
    return readdirSync(join(this.path, directory)).map((name) => basename(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.path, { recursive: true, force: true });
  }
}
