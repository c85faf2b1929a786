import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const sshd = '/usr/sbin/sshd';

/** Whether this machine has what the tests need; test/support/setup/ssh.sh installs it. */
export const hasSshServer: boolean = existsSync(sshd);

/**
 * An sshd on the loopback with keys and configuration of its own, and an ssh that knows it. Whatever is asked for, it
 * runs one command; by default one that connects to the socket of an engine, as `docker system dial-stdio` does.
 */
export class SshServer {
  readonly directory: string;
  readonly port: number;
  #server: ChildProcess | undefined;

  private constructor(directory: string, port: number) {
    this.directory = directory;
    this.port = port;
  }

  /** @param settings - lines of sshd_config that come first, so that they hold */
  static async start(socketPath: string, settings: readonly string[] = []): Promise<SshServer> {
    const directory = mkdtempSync(join(tmpdir(), 'rmsx-ssh-'));
    chmodSync(directory, 0o755);
    const server = new SshServer(directory, await freePort());
    for (const name of ['host-key', 'user-key', 'other-key']) server.#makeKey(name);
    writeFileSync(server.path('authorized-keys'), readFileSync(server.path('user-key.pub')));
    writeFileSync(server.path('bridge.cjs'), bridge);
    server.#script(
      'command',
      `echo "$SSH_ORIGINAL_COMMAND" >>'${server.path('commands')}'
exec '${process.execPath}' '${server.path('bridge.cjs')}' '${socketPath}'`,
    );
    writeFileSync(server.path('commands'), '');
    server.#configure(settings);
    server.trust('host-key');
    server.#script('bin/ssh', `exec /usr/bin/ssh -F '${server.path('ssh-config')}' "$@"`);
    await server.#run();
    return server;
  }

  /** @returns where a file of it lies */
  path(name: string): string {
    return join(this.directory, name);
  }

  /** The environment in which rmsx goes this way: PATH has an ssh that reads our configuration alone. */
  get env(): { readonly DOCKER_HOST: string; readonly PATH: string } {
    const host = `ssh://${userInfo().username}@127.0.0.1:${this.port}`;
    return { DOCKER_HOST: host, PATH: `${this.path('bin')}:${process.env.PATH}` };
  }

  /** What it was asked to run. */
  get commands(): readonly string[] {
    return readFileSync(this.path('commands'), 'utf8').split('\n').filter(Boolean);
  }

  /** Writes the known hosts of the client: the key of this server, another one, or none. */
  trust(key: 'host-key' | 'other-key' | null): void {
    const line = key === null ? '' : `[127.0.0.1]:${this.port} ${readFileSync(this.path(`${key}.pub`), 'utf8')}`;
    writeFileSync(this.path('known-hosts'), line);
  }

  /** Lets nobody in. */
  lockOut(): void {
    writeFileSync(this.path('authorized-keys'), readFileSync(this.path('other-key.pub')));
  }

  /** Replaces the command by a line of shell. */
  answerWith(line: string): void {
    this.#script('command', line);
  }

  #makeKey(name: string): void {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', this.path(name)]);
  }

  #script(name: string, line: string): void {
    mkdirSync(this.path('bin'), { recursive: true });
    writeFileSync(this.path(name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }

  #configure(settings: readonly string[]): void {
    const server = [
      ...settings,
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${this.path('host-key')}`,
      `AuthorizedKeysFile ${this.path('authorized-keys')}`,
      `ForceCommand ${this.path('command')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
    ];
    const client = [
      `IdentityFile ${this.path('user-key')}`,
      `UserKnownHostsFile ${this.path('known-hosts')}`,
      'GlobalKnownHostsFile /dev/null',
      'IdentityAgent none',
      'IdentitiesOnly yes',
    ];
    writeFileSync(this.path('sshd-config'), `${server.join('\n')}\n`);
    writeFileSync(this.path('ssh-config'), `${client.join('\n')}\n`);
  }

  async #run(): Promise<void> {
    // Debian's service makes it; where there is no service, nobody does.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const server = spawn(sshd, ['-D', '-e', '-f', this.path('sshd-config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#server = server;
    let said = '';
    server.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const deadline = Date.now() + 5000;
    while (!(await answers(this.port))) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`sshd does not listen: ${said}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    if (server && server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const bridge = `
const socket = require('node:net').connect(process.argv[2]);
socket.pipe(process.stdout);
process.stdin.pipe(socket);
socket.on('close', () => process.exit(0));
`;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (is: boolean): void => {
      socket.destroy();
      setTimeout(() => resolve(is), is ? 0 : 20);
    };
    socket.once('data', () => end(true)); // its greeting
    socket.once('error', () => end(false));
  });
