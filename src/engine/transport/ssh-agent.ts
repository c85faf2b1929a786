import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import type { Duplex, Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { inspect } from 'node:util';
import { type SshTarget, sshArguments } from './ssh-command.ts';
import { SshStream } from './ssh-stream.ts';

/** The server drops connections when more than ten begin at once, and each one costs a handshake. */
const maxConnections = 4;

/**
 * An agent that makes connections through the system's ssh, few and used again.
 * @param env - of ssh, which gets all of it but what is meant for rmsx: the password may be there
 */
export const sshAgent = (target: SshTarget, env: NodeJS.ProcessEnv): Agent => new SshAgent(target, env);

class SshAgent extends Agent {
  readonly #target: SshTarget;
  readonly #env: NodeJS.ProcessEnv;
  readonly #streams = new Set<SshStream>();

  constructor(target: SshTarget, env: NodeJS.ProcessEnv) {
    super({ keepAlive: true, maxSockets: maxConnections });
    this.#target = target;
    this.#env = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('RMSX_')));
  }

  override createConnection(): Duplex {
    const stream = new SshStream(() => this.#spawn());
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  /** In a session of its own: Ctrl-C must not cut the way on which things are taken back, and nobody is asked there. */
  #spawn(): ChildProcessByStdio<Writable, Readable, Readable> {
    return spawn('ssh', sshArguments(this.#target, isatty(0)), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: this.#env,
      detached: true,
    });
  }

  override destroy(): void {
    super.destroy();
    for (const stream of this.#streams) stream.destroy();
  }

  [inspect.custom](): string {
    return 'Agent';
  }
}
