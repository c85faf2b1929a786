import type { ClusterSpec } from '../../src/domain/cluster.ts';
import { RmsxError } from '../../src/domain/errors.ts';
import type { ObservedContainer } from '../../src/domain/observed.ts';
import { type Engine, type Ports, usualOwner } from '../../src/domain/ports.ts';
import type { Redis } from '../../src/domain/redis-port.ts';
import { readTemplate } from '../../src/files/templates.ts';
import { renderConf } from '../../src/render/conf-files.ts';
import { engineOf } from './up-facts.ts';
import { container, containers, healthyInfos, record } from './values.ts';

/** Ends what is under way, as a signal does. */
export const endedBy = (code: 'terminated' | 'timeout'): RmsxError => new RmsxError(code, 'It is over.');

const after = (timeMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, timeMs));

/**
 * A cluster on an engine that takes its time, as Docker does: a stop whose caller has gone goes on, and a start before its
 * end does nothing. Whoever runs answers.
 */
export class SlowWorld {
  /** `stop id-master`, in the order in which they came. */
  readonly calls: string[] = [];
  /** What the user was warned of. */
  readonly warnings: string[] = [];
  readonly containers = new Map<string, ObservedContainer>();
  readonly over = new AbortController();
  /** How long a server takes to end. */
  stopMs = 0;
  /** How long a container keeps its name after the engine has agreed to remove it. */
  removeMs = 0;
  /** Called before a call is made; may throw. */
  meddle: (call: string) => void = () => undefined;
  /** Nodes that do not answer. */
  readonly silent = new Set<string>();
  readonly spec: ClusterSpec;
  readonly #stops = new Map<string, Promise<void>>();
  readonly #template: string;
  #count = 0;

  private constructor(spec: ClusterSpec, template: string) {
    this.spec = spec;
    this.#template = template;
    for (const each of containers(spec)) this.containers.set(each.id, each);
  }

  static async of(spec: ClusterSpec): Promise<SlowWorld> {
    return new SlowWorld(spec, await readTemplate('redis.conf'));
  }

  /** The state of the container that a node has; undefined where it has none. */
  stateOf(node: string): string | undefined {
    return this.#of(node)?.state;
  }

  /** Waits until everything that goes on in the engine has ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#stops.values());
  }

  get ports(): Ports {
    const tell = (): void => undefined;
    const warn = (text: string): void => void this.warnings.push(text);
    const progress = { begin: tell, succeed: tell, fail: tell, note: tell, detail: tell, warn };
    return { engine: this.engine, redis: this.redis, progress, signal: this.over.signal };
  }

  readonly redis: Redis = {
    warmUp: () => undefined,
    connect: async (node) => {
      const info = healthyInfos(this.spec).get(node);
      if (!info || this.silent.has(node) || this.stateOf(node) !== 'running') {
        throw new RmsxError('failed', 'no answer', { reason: 'no-answer' });
      }
      const mark = async (): Promise<object> => ({ offset: 1000, acknowledged: this.spec.nodes.length - 1 });
      return { info: async () => info, mark, close: () => undefined } as unknown as ReturnType<Redis['connect']>;
    },
  };

  get engine(): Engine {
    const { spec } = this;
    const engine: Partial<Engine> = {
      isLocal: true,
      listContainers: async (name) =>
        [...this.containers.values()].filter((each) => name === undefined || each.cluster === name),
      listNetworks: async () => engineOf(spec).networks,
      listVolumes: async () => engineOf(spec).volumes,
      reach: (host, port) => ({ host, port }),
      timeMs: async () => Date.now(),
      stampOf: async () => 4,
      readFiles: async (id) => this.#confOf(id),
      serverUser: async () => usualOwner,
      writeFiles: async (id) => this.#call(`write ${id}`),
      logs: async (id) => [`the last words of ${id}`],
      endOf: async () => ({ outOfMemory: false, restarts: 0 }),
      createCarrier: async ({ name, cluster, owner = null }) => {
        this.containers.set(name, { ...container(spec, 'master'), id: name, name, cluster, node: null, owner });
        return name;
      },
      createContainer: async ({ name, node, run }) => {
        this.#call(`create ${node}`);
        if ([...this.containers.values()].some((each) => each.name === name)) {
          throw new RmsxError('conflict', `The name ${name} is already in use.`, { reason: 'name-taken' });
        }
        const id = `made-${++this.#count}`;
        this.containers.set(id, { ...container(spec, node, { state: 'stopped' }), id, name, run });
        return id;
      },
      start: async (id) => {
        this.#call(`start ${id}`);
        this.#become(id, 'running');
      },
      stop: (id, graceSeconds) => this.#stop(id, graceSeconds),
      removeContainer: async (id) => {
        if (this.containers.get(id)?.node !== null) this.#call(`remove ${id}`);
        const there = this.containers.get(id);
        if (there && this.removeMs > 0) this.containers.set(id, { ...there, halfRemoved: true });
        if (this.removeMs > 0) setTimeout(() => this.containers.delete(id), this.removeMs);
        else this.containers.delete(id);
      },
    };
    return engine as Engine;
  }

  async #stop(id: string, graceSeconds: number): Promise<void> {
    this.#call(`stop ${id} ${graceSeconds} s`);
    const { signal } = this.over;
    const end = this.#stops.get(id) ?? after(this.stopMs).then(() => this.#become(id, 'stopped'));
    this.#stops.set(id, end);
    void end.then(() => this.#stops.delete(id));
    const cutOff = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    await Promise.race([end, cutOff]);
  }

  #become(id: string, state: 'running' | 'stopped'): void {
    const there = this.containers.get(id);
    if (!there || there.halfRemoved) throw new RmsxError('failed', `No such container: ${id}`, { reason: 'gone' });
    this.containers.set(id, { ...there, state, statusText: state === 'stopped' ? 'Exited (0)' : 'Up' });
  }

  #call(call: string): void {
    this.calls.push(call);
    this.meddle(call);
  }

  #of = (node: string): ObservedContainer | undefined =>
    [...this.containers.values()].find((each) => each.node === node && !each.halfRemoved);

  #confOf(id: string): ReadonlyMap<string, string> {
    const node = this.spec.nodes.find(({ name }) => name === this.containers.get(id)?.node);
    const files = node ? renderConf(record(this.spec, 4), node, 'secret', this.#template) : [];
    return new Map(files.map(({ name, content }) => [name, content]));
  }
}
