import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { TestCluster } from '../docker/support/cluster.ts';
import { docker } from '../docker/support/run.ts';
import type { Place } from '../docker/support/writers.ts';
import { type CloseSight, fieldsOf, guarded, type NodeSight, type Sight } from './sight.ts';

/** A server that is asked has so long to answer. */
const answerMs = 1500;
const batch = 1000;

interface Inspected {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly StartedAt: string };
  readonly RestartCount: number;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: { readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[]>> };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** A container of a node, as the engine knows it. */
interface Container {
  readonly name: string;
  /** See `NodeSight`. */
  readonly container: string;
  readonly state: string;
  readonly ip: string | null;
  readonly port: number;
  readonly place: Place;
}

/** Looks at containers and servers, by the engine and by their published ports: rmsx is judged by it, and is not asked. */
export class Observer {
  readonly #cluster: TestCluster;
  /** By node: where it is published never changes. */
  readonly #places = new Map<string, Place>();

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
  }

  /** @returns where programs reach the nodes */
  async places(): Promise<readonly Place[]> {
    return (await this.#containers()).map(({ place }) => place);
  }

  /** @returns all nodes, as they are now */
  async look(): Promise<Sight> {
    return Promise.all((await this.#containers()).map((container) => this.#lookAt(container)));
  }

  /** @returns what a closer look shows; writes a marker on whoever takes one. @param sinceMs - of the logs, as a date */
  async lookCloser(sinceMs: number): Promise<CloseSight> {
    const close = {
      writes: new Map<string, string>(),
      acknowledged: new Map<string, number>(),
      data: new Map<string, string>(),
      critical: new Map<string, readonly string[]>(),
    };
    const containers = (await this.#containers()).filter(({ state }) => state === 'running');
    for (const { name, place } of containers) {
      await withClient(place, async (client) => {
        const answer = await client.set('probe', 'one write').then(String, (error: Error) => error.message);
        close.writes.set(name, answer);
        if (answer !== 'OK') return;
        await client.publish('scenario', 'marker'); // WAIT counts after something that goes to the replicas
        const { connected_slaves = '0' } = fieldsOf(await client.info('replication'));
        close.acknowledged.set(name, Number(await client.call('WAIT', connected_slaves, 1000)));
      });
    }
    for (const { name, place } of containers) {
      await withClient(place, async (client) => void close.data.set(name, await hashOf(client)));
      close.critical.set(name, await this.#criticalLines(name, sinceMs));
    }
    return close;
  }

  /** Does something with a server, which answers at once or never. */
  async ask<T>(node: string, work: (client: Redis) => Promise<T>): Promise<T> {
    if (!this.#places.has(node)) for (const { name, place } of await this.#containers()) this.#places.set(name, place);
    const place = this.#places.get(node);
    if (!place) throw new Error(`${node} has no container`);
    return withClient(place, work);
  }

  /** @returns INFO of a node */
  info(node: string): Promise<Readonly<Record<string, string>>> {
    return this.ask(node, async (client) => fieldsOf(await client.info()));
  }

  async #containers(): Promise<readonly Container[]> {
    const ids = await docker('ps', '-aq', '--filter', `label=rmsx.cluster=${this.#cluster.name}`);
    if (ids === '') return [];
    const inspected = JSON.parse(await docker('inspect', ...ids.split('\n'))) as readonly Inspected[];
    const password = await this.#cluster.password();
    return inspected
      .filter(({ Config }) => Config.Labels['rmsx.node'] !== undefined)
      .map((each) => containerOf(each, password))
      .toSorted((a, b) => a.port - b.port);
  }

  async #lookAt({ name, container, state, ip, port, place }: Container): Promise<NodeSight> {
    const files = await docker('cp', `${this.#cluster.container(name)}:/usr/local/etc/redis/.`, '-');
    // One after the other in an archive, with headers and zeros between them.
    const [roleConf = ''] = /(?<=^|\0)replicaof .*$/m.exec(files) ?? [];
    const [record = ''] = /(?<=\0)\{\n[\s\S]*?\n\}$/m.exec(files) ?? [];
    const unseen = { name, container, state, ip, port, info: null, roleConf, record, settings: {} };
    if (state !== 'running') return unseen;
    const seen = withClient(place, async (client) => {
      const info = fieldsOf(await client.info());
      const settings: Record<string, string> = {};
      for (const name of guarded) {
        const [, value = ''] = (await client.config('GET', name)) as readonly string[];
        settings[name] = value;
      }
      return { ...unseen, info, settings };
    });
    return seen.catch(() => unseen); // it does not answer
  }

  async #criticalLines(name: string, sinceMs: number): Promise<readonly string[]> {
    const log = await docker('logs', '--since', new Date(sinceMs).toISOString(), this.#cluster.container(name));
    return log.split('\n').filter((line) => line.includes('== CRITICAL =='));
  }
}

function containerOf(inspected: Inspected, password: string): Container {
  const { Id, Config, State, RestartCount, HostConfig, NetworkSettings } = inspected;
  const [[key, bindings] = ['0', []]] = Object.entries(HostConfig.PortBindings);
  const [network] = Object.values(NetworkSettings.Networks);
  return {
    name: Config.Labels['rmsx.node'] ?? '',
    container: `${Id} ${State.StartedAt} ${RestartCount}`,
    state: State.Status,
    ip: network?.IPAddress || null,
    port: Number.parseInt(key, 10),
    place: { host: '127.0.0.1', port: Number(bindings[0]?.HostPort), password },
  };
}

async function withClient<T>({ host, port, password }: Place, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({
    host,
    port,
    password,
    protocol: 2,
    enableReadyCheck: false,
    connectTimeout: answerMs,
    commandTimeout: answerMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined); // the commands say it, too
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** All data: strings by MGET, everything else by what it holds in an order of its own. */
async function hashOf(client: Redis): Promise<string> {
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, some] = await client.scan(cursor, 'COUNT', batch);
    keys.push(...some);
    cursor = next;
  } while (cursor !== '0');
  keys.sort();
  const hash = createHash('sha256');
  const strings = keys.filter((key) => !key.startsWith('seed:'));
  for (let from = 0; from < strings.length; from += batch) {
    const some = strings.slice(from, from + batch);
    hash.update(JSON.stringify([some, await client.mget(some)]));
  }
  for (const key of keys.filter((key) => key.startsWith('seed:')))
    hash.update(JSON.stringify(await contentOf(client, key)));
  return hash.digest('hex');
}

async function contentOf(client: Redis, key: string): Promise<unknown> {
  const type = await client.type(key);
  const reads: Readonly<Record<string, () => Promise<unknown>>> = {
    hash: async () => Object.entries(await client.hgetall(key)).toSorted(),
    list: () => client.lrange(key, 0, -1),
    set: async () => (await client.smembers(key)).toSorted(),
    zset: () => client.zrange(key, '0', '-1', 'WITHSCORES'),
    stream: () => client.xrange(key, '-', '+'),
  };
  return [key, type, await reads[type]?.()];
}

/** One key of every type but the string, of which the load has enough. */
export async function seed(client: Redis): Promise<void> {
  await client.hset('seed:hash', { a: '1', b: '2' });
  await client.rpush('seed:list', 'a', 'b', 'c');
  await client.sadd('seed:set', 'a', 'b', 'c');
  await client.zadd('seed:zset', '1', 'a', '2', 'b');
  await client.xadd('seed:stream', '*', 'a', '1');
}
