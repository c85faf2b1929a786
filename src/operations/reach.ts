import { type Address, findNode } from '../domain/cluster.ts';
import type { NodeConf, ObservedContainer } from '../domain/observed.ts';
import type { ContainerSpec, Engine } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { endpointOf } from './observe.ts';

/** What is known of a cluster before its containers change. */
export interface Known {
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** The one that new containers get. */
  readonly password: string;
}

/**
 * Where each node is reached, and with which password: as its container was made, also while others with another port,
 * on another address or with another password take their place.
 */
export class Reach {
  readonly #engine: Engine;
  readonly #known: Known;
  readonly #made = new Map<string, ContainerSpec>();

  constructor(engine: Engine, known: Known) {
    this.#engine = engine;
    this.#known = known;
  }

  /** To be told of every container that is made. */
  made(container: ContainerSpec): void {
    this.#made.set(container.node, container);
  }

  /** @returns where a node is reached from here */
  endpoint(node: string): Address {
    const made = this.#made.get(node);
    if (made) return this.#engine.reach(made.bind, made.address.port);
    const { record, containers, confs } = this.#known;
    const own = confs.get(node)?.record;
    return endpointOf(this.#engine, { containers, record: own && findNode(own.cluster, node) ? own : record }, node);
  }

  /** @returns the password that the server of a node knows */
  password(node: string): string {
    const { containers, confs, password } = this.#known;
    const isThere = !this.#made.has(node) && containers.some((container) => container.node === node);
    return (isThere ? confs.get(node)?.password : undefined) ?? password;
  }
}
