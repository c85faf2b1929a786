import { randomBytes } from 'node:crypto';
import type { TestCluster } from '../docker/support/cluster.ts';
import { docker, eventually, inspect } from '../docker/support/run.ts';
import { takeLock } from '../docker/support/take-lock.ts';
import type { Observer } from './look.ts';
import type { Bulk, Command, Fault, Setting, Step, Wait } from './scenario.ts';
import { sourcesOf } from './scenario.ts';
import { answering } from './sight.ts';

/** How long something that is waited for may take. */
const waitMs = 30_000;
const blockBytes = 8192;

/** What is done to a cluster, one step at a time. */
export class Faults {
  readonly #cluster: TestCluster;
  readonly #observer: Observer;
  readonly #shape: readonly string[];

  /** @param shape - before the first step: whom a node goes back to */
  constructor(cluster: TestCluster, observer: Observer, shape: readonly string[]) {
    this.#cluster = cluster;
    this.#observer = observer;
    this.#shape = shape;
  }

  /** Does a step that is no command of rmsx. */
  async do(step: Exclude<Step, Command>): Promise<void> {
    if ('writeKilobytes' in step) return this.#write(step);
    if ('set' in step) return this.#set(step);
    if ('until' in step) return this.#wait(step);
    return this.#hit(step);
  }

  async #hit({ fault, nodes }: Fault): Promise<void> {
    const containers = nodes.map((node) => this.#cluster.container(node));
    const each = (work: (node: string) => Promise<unknown>): Promise<unknown> => Promise.all(nodes.map(work));
    const network = `${this.#cluster.name}_app_net`;
    const ways: Readonly<Record<Fault['fault'], () => Promise<unknown>>> = {
      kill: () => docker('kill', ...containers),
      restart: () => docker('restart', '-t', '20', ...containers),
      start: () => docker('start', ...containers),
      pause: () => docker('pause', ...containers),
      wake: () => docker('unpause', ...containers),
      freeze: () => each((node) => this.#signal(node, 'SIGSTOP')),
      thaw: () => each((node) => this.#signal(node, 'SIGCONT')),
      disconnect: () => each((node) => docker('network', 'disconnect', network, this.#cluster.container(node))),
      connect: () => each((node) => this.#connect(node, network)),
      blink: () => each((node) => this.#call(node, 'CLIENT', 'KILL', 'TYPE', 'replica')),
      cut: () => each((node) => this.#cut(node)),
      mend: () => each(async (node) => this.#call(node, 'CONFIG', 'SET', 'masterauth', await this.#cluster.password())),
      crash: () => each((node) => this.#crash(node)),
      stray: () => each((node) => this.#call(node, 'REPLICAOF', 'NO', 'ONE')),
      return: () => each((node) => this.#return(node)),
      lock: () => each((node) => takeLock(this.#cluster, node)),
      unlock: () => docker('rm', '-v', `${this.#cluster.name}-lock`),
    };
    await ways[fault]();
  }

  #call(node: string, command: string, ...args: readonly string[]): Promise<unknown> {
    return this.#observer.ask(node, (client) => client.call(command, ...args));
  }

  /** From within nobody stops the first process of a container. */
  async #signal(node: string, signal: NodeJS.Signals): Promise<void> {
    process.kill((await inspect(this.#cluster.container(node))).State.Pid, signal);
  }

  async #cut(node: string): Promise<void> {
    await this.#call(node, 'CONFIG', 'SET', 'masterauth', 'wrong');
    await this.#call(node, 'CLIENT', 'KILL', 'TYPE', 'master');
    await this.#wait({ until: 'down', node });
  }

  async #connect(node: string, network: string): Promise<void> {
    await docker('network', 'connect', '--ip', await this.#plannedIp(node), network, this.#cluster.container(node));
  }

  /** As its neighbours have it: addresses and ports are counted from the master on, by one for each node. */
  async #plannedIp(node: string): Promise<string> {
    const sight = await this.#observer.look();
    const [own, other] = [sight.find(({ name }) => name === node), sight.find(({ ip }) => ip !== null)];
    if (!own || !other?.ip) throw new Error(`nobody can say where ${node} was`);
    const numbers = other.ip.split('.').map(Number);
    return [...numbers.slice(0, 3), (numbers[3] ?? 0) + own.port - other.port].join('.');
  }

  async #crash(node: string): Promise<void> {
    const container = this.#cluster.container(node);
    await docker('exec', container, 'sh', '-c', 'echo nonsense yes >> /usr/local/etc/redis/role.conf');
    await this.#signal(node, 'SIGKILL');
    await eventually(
      `${node} crashes again and again`,
      async () => (await this.#observer.look()).some(({ name, state }) => name === node && state === 'restarting'),
      waitMs,
    );
  }

  async #return(node: string): Promise<void> {
    const source = sourcesOf(this.#shape).get(node);
    const { ip, port } = (await this.#observer.look()).find(({ name }) => name === source) ?? {};
    if (!ip) throw new Error(`${node} has nobody to go back to`);
    await this.#call(node, 'REPLICAOF', ip, String(port));
  }

  async #write({ node, writeKilobytes }: Bulk): Promise<void> {
    await this.#observer.ask(node, async (client) => {
      const pipeline = client.pipeline();
      const name = randomBytes(4).toString('hex');
      for (let written = 0; written < writeKilobytes * 1024; written += blockBytes) {
        pipeline.set(`bulk:${name}:${written}`, randomBytes(blockBytes / 2).toString('hex'));
      }
      const failed = (await pipeline.exec())?.find(([error]) => error);
      if (failed?.[0]) throw failed[0];
    });
  }

  async #set({ node, set, to }: Setting): Promise<void> {
    await this.#call(node, 'CONFIG', 'SET', set, to);
  }

  async #wait({ node, until }: Wait): Promise<void> {
    const check = async (): Promise<boolean> => {
      if (until === 'forgotten') return this.#isForgotten(node);
      const info = await this.#observer.info(node);
      if (until === 'answers') return true;
      if (until === 'loading') return info.loading === '1';
      if (until === 'syncing') return info.master_sync_in_progress === '1';
      return info.master_link_status === until && info.master_sync_in_progress === '0';
    };
    await eventually(`${node}: ${until}`, check, waitMs);
  }

  async #isForgotten(node: string): Promise<boolean> {
    const sight = await this.#observer.look();
    const own = sight.find(({ name }) => name === node);
    const lines = answering(sight).flatMap(({ info }) => Object.values(info));
    return !lines.some((line) => line.startsWith(`ip=${own?.ip},port=${own?.port},`));
  }
}
