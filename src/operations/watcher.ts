import type { Clues } from '../domain/diagnosis/clues.ts';
import { cluesWanted } from '../domain/diagnosis/clues-wanted.ts';
import type { Scene } from '../domain/diagnosis/scene.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { stampedFile } from '../render/conf-directory.ts';
import { Connections } from './connections.ts';
import { gatherClues } from './gather-clues.ts';
import { endpointOf, type KnownCluster, observeListed } from './observe.ts';
import { type Look, lookInto } from './status.ts';

/** How often a change is looked for that shows nowhere else: one that gave a node another directive, say. */
const quietChangeMs = 10_000;

/** How long an explanation holds for the same nodes: logs are long, and a cause seldom becomes another. */
const cluesHoldMs = 10_000;

type Stamps = ReadonlyMap<string, number | null>;

/**
 * Looks at one cluster again and again, and keeps what does not change: the connections, and what the conf of the nodes
 * says. A look costs one list of containers and one INFO of each node; a conf is read again where its stamp has changed,
 * and stamps are looked at where something is not as the conf says.
 */
export class Watcher {
  readonly #name: string;
  readonly #ports: Ports;
  readonly #connections: Connections;
  #known: KnownCluster | undefined;
  #stamps: Stamps = new Map();
  #stampedAtMs = 0;
  #last: Look | undefined;
  #clues: ReadonlyMap<string, Clues> = new Map();
  #cluesAtMs = 0;

  /** @param name - of the cluster; nothing is asked for yet */
  constructor(name: string, ports: Ports) {
    this.#name = name;
    this.#ports = ports;
    this.#connections = new Connections(
      ports.redis,
      (node) => this.#cluster.confs.get(node)?.password ?? this.#cluster.password,
      (node) => endpointOf(ports.engine, this.#cluster, node),
    );
  }

  get #cluster(): KnownCluster {
    if (!this.#known) throw new RangeError('nothing was looked at yet');
    return this.#known;
  }

  /** @throws RmsxError `not-found` where the cluster is not there, and what the engine throws */
  async look(): Promise<Look> {
    const containers = await this.#ports.engine.listContainers(this.#name);
    const nodes = containers.filter(({ node }) => node !== null);
    if (!this.#known || idsOf(nodes) !== idsOf(this.#known.containers)) await this.#read(containers);
    else this.#known = { ...this.#known, containers: nodes };
    let look = await this.#probe();
    if (await this.#isStale(look)) {
      await this.#read(containers);
      look = await this.#probe();
    }
    this.#last = look;
    return look;
  }

  /** Closes the connections; the next look begins anew. */
  forget(): void {
    this.#connections.close();
    this.#known = undefined;
    this.#last = undefined;
  }

  /** The stamps are taken first: a conf that is written meanwhile is read once more. */
  async #read(containers: readonly ObservedContainer[]): Promise<void> {
    const stamps = await this.#stampsOf(containers.filter(({ node }) => node !== null));
    this.#known = await observeListed(this.#ports, this.#name, containers);
    this.#stamps = stamps;
    this.#stampedAtMs = performance.now();
  }

  /** A server that was restarted has closed its connection, and answers on another one. */
  async #probe(): Promise<Look> {
    const look = await this.#lookOnce();
    const isLost = look.status.nodes.some(
      ({ name, state }) => state === 'unreachable' && this.#last?.infos.has(name) === true,
    );
    return isLost ? this.#lookOnce() : look;
  }

  #lookOnce(): Promise<Look> {
    return lookInto(this.#cluster, this.#connections, this.#ports, (scene) => this.#lookUp(scene));
  }

  async #lookUp(scene: Scene): Promise<ReadonlyMap<string, Clues>> {
    const nodes = [...cluesWanted(scene).keys()];
    const isKnown = nodes.join() === [...this.#clues.keys()].join();
    if (isKnown && performance.now() - this.#cluesAtMs < cluesHoldMs) return this.#clues;
    this.#clues = nodes.length === 0 ? new Map() : await gatherClues(scene, this.#connections, this.#ports);
    this.#cluesAtMs = performance.now();
    return this.#clues;
  }

  /** Whether somebody has written a conf since it was read. */
  async #isStale({ status, infos }: Look): Promise<boolean> {
    const { confs, record, containers } = this.#cluster;
    const differs =
      [...confs.values()].some((conf) => conf.record?.epoch !== record.epoch) || // in the middle of a change
      status.nodes.some(
        ({ name, role, plannedRole, source, plannedSource }) =>
          (this.#last !== undefined && infos.get(name)?.role !== this.#last.infos.get(name)?.role) ||
          (role !== null && (role !== plannedRole || source !== plannedSource)),
      );
    const isDue = performance.now() - this.#stampedAtMs > quietChangeMs;
    if (!differs && !isDue) return false;
    // Every change stamps every node.
    const looked = await this.#stampsOf(differs ? containers : containers.slice(0, 1));
    this.#stampedAtMs = performance.now();
    return [...looked].some(([id, stamp]) => this.#stamps.get(id) !== stamp);
  }

  async #stampsOf(containers: readonly ObservedContainer[]): Promise<Stamps> {
    const { engine } = this.#ports;
    return new Map(
      await Promise.all(containers.map(async ({ id }) => [id, await engine.stampOf(id, stampedFile)] as const)),
    );
  }
}

const idsOf = (containers: readonly ObservedContainer[]): string =>
  containers
    .map(({ id }) => id)
    .sort()
    .join();
