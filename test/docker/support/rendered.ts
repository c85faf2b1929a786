import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterStatus } from '../../../src/domain/status.ts';
import { flagsOf, ownPlace } from './own-place.ts';
import { docker, eventually, type Finished, rmsx } from './run.ts';

const bin = fileURLToPath(new URL('../../../bin/rmsx.js', import.meta.url));
const composeScript = fileURLToPath(new URL('../../support/setup/compose.sh', import.meta.url));

/** Provides Docker Compose, where it is not there. */
export const provideCompose = (): Promise<Finished> => run('bash', [composeScript]);

/** A user of the host. */
export interface HostUser {
  readonly uid: number;
  /** What the modes of new files lose, in octal. */
  readonly umask?: string;
}

/** The user who runs the tests. */
export const thisUser: HostUser = { uid: process.getuid?.() ?? 0 };

/** Runs a program as a user of the host, whatever its exit code; as another one than this only for root. */
export function runAs({ uid, umask = '022' }: HostUser, command: readonly string[]): Promise<Finished> {
  const script = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh', ...command];
  const become = uid === thisUser.uid ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const [program = '', ...args] = [...become, ...script];
  return run(program, args);
}

/** A cluster that is rendered, and run by Docker Compose; gone when the test is over. */
export class RenderedCluster {
  readonly name: string = `tr-${randomBytes(4).toString('hex')}`;
  /** Others on the host come as far as here. */
  readonly home: string;
  readonly out: string;
  readonly #flags: readonly string[];
  #image: string | undefined;

  /** @param owner - the uid of the directory it is rendered into */
  constructor(owner: number = thisUser.uid) {
    this.home = mkdtempSync(join(tmpdir(), `${this.name}-`));
    this.out = join(this.home, 'cluster');
    chmodSync(this.home, 0o755);
    if (owner !== thisUser.uid) chownSync(this.home, owner, owner);
    this.#flags = ['-n', this.name, '--out', this.out, ...flagsOf(ownPlace())];
  }

  /** Renders it as this user, whatever the exit code. */
  render(user: HostUser, ...flags: readonly string[]): Promise<Finished> {
    return runAs(user, [process.execPath, bin, 'render', ...this.#flags, ...flags]);
  }

  /** Runs docker compose on it. @returns its stdout */
  compose(...args: readonly string[]): Promise<string> {
    return docker('compose', '-f', join(this.out, 'compose.yaml'), ...args);
  }

  /** Runs redis-cli in a node, in which the password is on no command line. @returns what it prints */
  redis(node: string, ...command: readonly string[]): Promise<string> {
    const conf = '/usr/local/etc/redis/redis.conf';
    const value = (directive: string): string => `$(sed -n 's/^${directive} //p' ${conf})`;
    const script = `REDISCLI_AUTH=${value('requirepass')} exec redis-cli -p ${value('port')} "$@"`;
    return docker('exec', `${this.name}-${node}`, 'sh', '-c', script, 'sh', ...command);
  }

  /**
   * Makes an image whose entrypoint gives a conf to the user of the server where nothing lies beside it, as that of the
   * official image of Redis 8 does (redis/docker-library-redis#451). It goes with the cluster.
   * @returns its name
   */
  async imageThatTakesOver(from: string): Promise<string> {
    const takeOver = 'if [ "$(ls -A "$(dirname "$2")" | wc -l)" = 1 ]; then chown redis "$2"; chmod 0604 "$2"; fi';
    const entrypoint = ['sh', '-c', `${takeOver}; exec docker-entrypoint.sh "$@"`, 'sh'];
    this.#image = `${this.name}:1.0`;
    const maker = await docker('create', from);
    try {
      await docker('commit', '--change', `ENTRYPOINT ${JSON.stringify(entrypoint)}`, maker, this.#image);
    } finally {
      await docker('rm', '--volumes', maker);
    }
    return this.#image;
  }

  /** Waits until its replication is in order, and every replica has heard of its source, so that it may be promoted. */
  healthy(): Promise<ClusterStatus> {
    const ask = async (): Promise<ClusterStatus | false> => {
      const status = JSON.parse((await rmsx(['status', '--json', '-n', this.name])).stdout) as ClusterStatus;
      const hasSpoken = status.nodes.every(({ role, offset }) => role === 'master' || (offset ?? 0) > 0);
      return status.cluster.health === 'healthy' && hasSpoken ? status : false;
    };
    return eventually(`${this.name} is healthy`, ask, 60_000);
  }

  /** Removes everything; to be called when the test is over. */
  async remove(): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '1').catch(() => undefined); // not every test comes as far
    if (this.#image !== undefined) await docker('rmi', this.#image);
    rmSync(this.home, { recursive: true, force: true });
    const filter = ['--filter', `label=rmsx.cluster=${this.name}`];
    const left = await Promise.all([
      docker('ps', '-aq', ...filter),
      docker('network', 'ls', '-q', ...filter),
      docker('volume', 'ls', '-q', ...filter),
    ]);
    if (left.some(Boolean)) throw new Error(`left behind by ${this.name}: ${left.join(' ')}`);
  }
}

function run(command: string, args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}
