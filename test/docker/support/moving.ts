import { createServer, type Server } from 'node:net';
import type { ClusterStatus } from '../../../src/domain/status.ts';
import { TestCluster } from './cluster.ts';
import { loadKeys, missingKeys } from './keys.ts';
import { rmsxMeeting } from './meeting.ts';
import { flagsOf, ownPlace, type Place } from './own-place.ts';
import { docker, type Finished, rmsxJson } from './run.ts';

const keys = 50;

/** The nodes of such a cluster. */
export const nodes: readonly string[] = ['master', 'slave-1', 'slave-2'];

/** @returns the ports of all nodes, in their order */
export const portsOf = (status: ClusterStatus): readonly number[] => status.nodes.map(({ port }) => port);

/** A cluster of two replicas with data, that is to get other addresses. */
export class MovingCluster extends TestCluster {
  #servers: Server[] = [];
  #before: ClusterStatus | undefined;
  readonly #other: Place = ownPlace();

  /** Brings it up with data; it is what it was before. */
  async begin(...flags: readonly string[]): Promise<ClusterStatus> {
    await this.up('--replicas', '2', ...flags);
    await loadKeys(this, 'master', keys);
    return this.remember();
  }

  /** How it is now is how it was before. */
  async remember(): Promise<ClusterStatus> {
    this.#before = await this.status();
    return this.#before;
  }

  /** How it was. */
  get before(): ClusterStatus {
    if (!this.#before) throw new Error('it has not begun');
    return this.#before;
  }

  /** The port of the first node before. */
  get basePort(): number {
    return portsOf(this.before)[0] ?? 0;
  }

  /** The port of the first node elsewhere. */
  get otherPort(): number {
    return this.#other.basePort;
  }

  get otherSubnet(): string {
    return this.#other.subnet;
  }

  /** Asks for other addresses. */
  get elsewhere(): readonly string[] {
    return flagsOf(this.#other);
  }

  /** Asks for those that it had. */
  get back(): readonly string[] {
    return ['--subnet', this.before.cluster.subnet, '--base-port', `${this.basePort}`];
  }

  /** Runs `up`, which must succeed. */
  again(...flags: readonly string[]): Promise<ClusterStatus & { readonly changed: boolean }> {
    return rmsxJson(['up', '-n', this.name, '--pull', 'never', ...flags]);
  }

  /** Runs `up` through a proxy: see `rmsxMeeting`. */
  meeting(flags: readonly string[], meet: Parameters<typeof rmsxMeeting>[2]): Promise<Finished> {
    return rmsxMeeting(this, ['up', '-n', this.name, '--pull', 'never', ...flags], meet);
  }

  /** @returns what an `up` asks the engine for that changes something */
  async writesOf(...flags: readonly string[]): Promise<readonly string[]> {
    const routes: string[] = [];
    const { code, stderr } = await this.meeting(flags, (route) => void routes.push(route));
    if (code !== 0) throw new Error(stderr);
    return routes.filter((route) => !/^(GET|HEAD) /.test(route));
  }

  /** @returns the keys that some node does not have any more */
  missing(): Promise<readonly string[]> {
    return missingKeys(this, nodes, keys);
  }

  /** Takes a port of this host until the test is over. */
  take(port: number): Promise<void> {
    const server = createServer();
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  }

  override async remove(): Promise<void> {
    for (const server of this.#servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await docker('rm', '-f', '-v', `${this.name}-guest`).catch(() => undefined); // not every test makes it
    await super.remove();
  }
}
