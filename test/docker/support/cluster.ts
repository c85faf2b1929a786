import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type ClusterStatus, env, status, url } from '../../../src/operations.ts';
import { assertValid } from '../../helpers/schemas.ts';
import { library } from './library.ts';
import { docker, rmsx, rmsxJson } from './run.ts';

/** A cluster of a test: its own name, subnet and ports; gone when the test is over. */
export class TestCluster {
  readonly name: string;
  readonly #clients: Redis[] = [];
  #password: string | undefined;
  #isDue: Promise<void> = Promise.resolve();

  /** @param topic - a word for the name, so that what is left behind can be traced */
  constructor(topic: string) {
    this.name = `t-${topic}-${randomBytes(3).toString('hex')}`;
  }

  /** Flags that keep it away from every other cluster. */
  get apart(): readonly string[] {
    return ['-n', this.name, '--subnet', 'auto', '--base-port', 'auto', '--pull', 'never'];
  }

  /** Brings it up; must succeed. */
  up(...flags: readonly string[]): Promise<ClusterStatus & { changed: boolean; plan: unknown[] }> {
    return rmsxJson(['up', ...this.apart, ...flags]);
  }

  /** Runs a verb on it. */
  rmsx(verb: string, ...args: readonly string[]): ReturnType<typeof rmsx> {
    return rmsx([verb, ...args, '-n', this.name]);
  }

  /** @returns its status, whatever its health; it must match its schema */
  async status(): Promise<ClusterStatus> {
    await this.#isDue;
    const beganMs = performance.now();
    try {
      const seen = await status(this.name, await library());
      assertValid('status', { schemaVersion: 1, ...seen });
      return seen;
    } finally {
      // Who looks again and again looks half of the time at most: what is waited for needs the machine, too.
      this.#isDue = sleep(performance.now() - beganMs);
    }
  }

  /** @returns the name of the container of a node */
  container(node: string): string {
    return `${this.name}-${node}`;
  }

  /** @returns a client of a node, logged in unless told otherwise; closed with the cluster */
  async client(node: string, { login = true } = {}): Promise<Redis> {
    const { hostname, port, password } = new URL((await url(this.name, node, await library())).url);
    const client = new Redis({
      host: hostname,
      port: Number(port),
      ...(login ? { password: decodeURIComponent(password) } : {}),
      protocol: 2,
      enableReadyCheck: false,
      maxRetriesPerRequest: 50,
      retryStrategy: () => 50,
    });
    client.on('error', () => undefined); // tests kill servers; what matters is what the commands answer
    this.#clients.push(client);
    return client;
  }

  /** @returns the password */
  async password(): Promise<string> {
    this.#password ??= (await env(this.name, await library())).password;
    return this.#password;
  }

  /** Names of everything on the engine that carries its label. */
  objects(): Promise<readonly string[]> {
    return objectsOf(this.name);
  }

  /** Removes everything; to be called when the test is over. */
  async remove(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await rmsx(['down', '--volumes', '--yes', '-n', this.name]);
    const left = await this.objects();
    if (left.length > 0) throw new Error(`left behind by ${this.name}: ${left.join(', ')}`);
  }
}

/** @returns the names of everything on the engine that carries the label of a cluster */
export async function objectsOf(cluster: string): Promise<readonly string[]> {
  const filter = `label=rmsx.cluster=${cluster}`;
  const lists = await Promise.all([
    docker('ps', '-a', '--filter', filter, '--format', '{{.Names}}'),
    docker('network', 'ls', '--filter', filter, '--format', '{{.Name}}'),
    docker('volume', 'ls', '--filter', filter, '--format', '{{.Name}}'),
  ]);
  return lists.flatMap((list) => list.split('\n')).filter(Boolean);
}
