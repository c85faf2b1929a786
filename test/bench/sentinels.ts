import { sentinelIn } from '../helpers/sentinel-container.ts';
import { docker } from './engine.ts';
import { whenTrue } from './redis-polls.ts';
import type { ClusterNode } from './rmsx-cluster.ts';
import type { Session } from './session.ts';

const port = 26379;
const pollPauseMs = 100;
const masterName = 'bench';

/** Three Sentinels on the network of a cluster, which agree on its master and know its replicas. */
export class Sentinels {
  readonly #session: Session;
  readonly #label: string;
  readonly #names: readonly string[];

  private constructor(session: Session) {
    this.#session = session;
    this.#label = `bench.sentinels=${session.id}`;
    this.#names = [1, 2, 3].map((i) => `bench-${session.id}-sentinel-${i}`);
  }

  /** @param network - of the cluster */
  static async start(session: Session, network: string, master: ClusterNode, replicas: number): Promise<Sentinels> {
    const sentinels = new Sentinels(session);
    session.owns(sentinels.#label);
    const conf = [
      `port ${port}`,
      `sentinel monitor ${masterName} ${master.ip} ${master.port} 2`,
      `sentinel auth-pass ${masterName} ${master.endpoint.password}`,
      `sentinel down-after-milliseconds ${masterName} 1000`,
      `sentinel failover-timeout ${masterName} 10000`,
      `sentinel parallel-syncs ${masterName} 1`,
    ];
    for (const name of sentinels.#names) {
      const how = ['--name', name, '--label', sentinels.#label, '--network', network, '--pull', 'never'];
      await docker(['run', '--detach', ...how, ...sentinelIn(session.image, conf)], session.signal);
    }
    for (const name of sentinels.#names) {
      const isReady = async (): Promise<boolean> => {
        const facts = await sentinels.#ask(name, 'MASTER', masterName);
        return facts['num-other-sentinels'] === '2' && facts['num-slaves'] === String(replicas);
      };
      await whenTrue(isReady, pollPauseMs, session.signal);
    }
    return sentinels;
  }

  /** Asks for a failover, as an operator does who wants another master. */
  async failOver(): Promise<void> {
    const [name = ''] = this.#names;
    const [answer] = await this.#redisCli(name, 'FAILOVER', masterName);
    if (answer !== 'OK') throw new Error(`SENTINEL FAILOVER: ${answer}`);
  }

  /** Waits until all of them agree on a master again. */
  async agreed(): Promise<void> {
    const isSame = async (): Promise<boolean> => {
      const places = await Promise.all(this.#names.map((name) => this.#ask(name, 'MASTER', masterName)));
      return places.every(({ ip, flags }) => ip === places[0]?.ip && flags === 'master');
    };
    await whenTrue(isSame, pollPauseMs, this.#session.signal);
  }

  remove(): Promise<void> {
    return this.#session.remove(this.#label);
  }

  #redisCli(name: string, ...args: readonly string[]): Promise<readonly string[]> {
    return docker(['exec', name, 'redis-cli', '-p', String(port), 'SENTINEL', ...args], this.#session.signal);
  }

  /** @returns the pairs of an answer */
  async #ask(name: string, ...args: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const lines = await this.#redisCli(name, ...args);
    return Object.fromEntries(lines.flatMap((key, i) => (i % 2 === 0 ? [[key, lines[i + 1] ?? '']] : [])));
  }
}
