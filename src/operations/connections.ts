import type { Address } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import type { Redis, RedisConnection } from '../domain/redis-port.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { endpointOf, type KnownCluster } from './observe.ts';
import { within } from './within.ts';

/** How long a node may take to accept a connection, and to answer whatever it is asked; to both together where it is INFO. */
const probeTimeoutMs = 1500;

/** What a probe of a node brought: what the server says, or why it says nothing. */
export type Probe = { readonly info: ServerInfo } | { readonly error: RmsxError };

/** Connections to the nodes of one cluster, opened when they are needed and closed together. */
export class Connections {
  readonly #redis: Redis;
  readonly #password: (node: string) => string;
  readonly #endpoint: (node: string) => Address;
  readonly #timeoutMs: number;
  readonly #open = new Map<string, Promise<RedisConnection>>();

  /**
   * @param password - of a node: they differ while it is changed
   * @param endpoint - where a node is reached from here
   * @param timeoutMs - of connecting, and of each command
   */
  constructor(
    redis: Redis,
    password: (node: string) => string,
    endpoint: (node: string) => Address,
    timeoutMs: number = probeTimeoutMs,
  ) {
    this.#redis = redis;
    this.#password = password;
    this.#endpoint = endpoint;
    this.#timeoutMs = timeoutMs;
  }

  /** @returns the password with which a node is reached */
  passwordOf(node: string): string {
    return this.#password(node);
  }

  /** @throws RmsxError where the node cannot be reached */
  async to(node: string): Promise<RedisConnection> {
    let connection = this.#open.get(node);
    if (!connection) {
      connection = this.#redis.connect(node, this.#endpoint(node), this.passwordOf(node), this.#timeoutMs);
      this.#open.set(node, connection);
    }
    try {
      return await connection;
    } catch (error) {
      this.#open.delete(node);
      throw error;
    }
  }

  /**
   * Whether a node takes a password that may not be its own.
   * @throws RmsxError where it cannot be asked
   */
  async takes(node: string, password: string): Promise<boolean> {
    try {
      const connection = await this.#redis.connect(node, this.#endpoint(node), password, probeTimeoutMs);
      connection.close();
      return true;
    } catch (error) {
      if (error instanceof RmsxError && error.reason === 'wrong-password') return false;
      throw error;
    }
  }

  /** Asks a node for INFO; a connection that broke, or is too slow, is not used again. */
  async probe(node: string): Promise<Probe> {
    try {
      const info = await within(this.#ask(node), probeTimeoutMs);
      if (info) return { info };
      this.drop(node);
      return { error: tooSlow(node) };
    } catch (error) {
      this.drop(node);
      if (error instanceof RmsxError) return { error };
      throw error;
    }
  }

  async #ask(node: string): Promise<ServerInfo> {
    return (await this.to(node)).info();
  }

  /** Asks several nodes side by side. */
  async probeAll(nodes: readonly string[]): Promise<ReadonlyMap<string, Probe>> {
    return new Map(await Promise.all(nodes.map(async (node) => [node, await this.probe(node)] as const)));
  }

  /** Closes the connection to a node, if there is one. */
  drop(node: string): void {
    const connection = this.#open.get(node);
    this.#open.delete(node);
    connection?.then(
      (open) => open.close(),
      () => undefined, // it never opened
    );
  }

  /** Closes all of them. */
  close(): void {
    for (const node of [...this.#open.keys()]) this.drop(node);
  }
}

/** Connecting, logging in and asking have one budget together. */
const tooSlow = (node: string): RmsxError =>
  new RmsxError('failed', `${node}: could not read INFO: the server does not answer.`, { node, reason: 'no-answer' });

/**
 * @param timeoutMs - of connecting, and of each command. @default the budget of a probe
 * @returns connections to the nodes of a cluster that is there, none of them open yet
 */
export const connectionsTo = (cluster: KnownCluster, { redis, engine }: Ports, timeoutMs?: number): Connections =>
  new Connections(
    redis,
    (node) => cluster.confs.get(node)?.password ?? cluster.password,
    (node) => endpointOf(engine, cluster, node),
    timeoutMs,
  );

/** @returns what the answering nodes say */
export function infosOf(probes: ReadonlyMap<string, Probe>): ReadonlyMap<string, ServerInfo> {
  return new Map([...probes].flatMap(([node, probe]) => ('info' in probe ? [[node, probe.info] as const] : [])));
}
