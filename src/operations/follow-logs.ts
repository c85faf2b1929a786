import { RmsxError } from '../domain/errors.ts';
import { LogPosition, mergeLogs, type NodeLine } from '../domain/log-line.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { findLogs, type LogSources, type LogsOptions, printable, readWhole } from './logs.ts';

/** How often it is looked for containers that run again, or are new. */
const lookMs = 1000;
/** A cluster that has no container for so long is gone: `up` may take one away to make another one. */
const goneMs = 10_000;

/** Who follows logs. */
export interface LogReader {
  /** @returns false where nobody reads any more, and where the signal came while somebody was slow */
  print(lines: readonly NodeLine[]): Promise<boolean>;
  /** Told of nodes without a container. */
  missing(nodes: readonly string[]): void;
}

/**
 * What is in the logs, in the order of time, and then what comes, as it comes: from all nodes at once, across restarts of
 * their containers, without a line lost or told twice. Where no node is named, nodes that are made later are followed, too.
 * Ends where nobody reads any more, and where the cluster is gone.
 * @throws RmsxError `not-found` for a cluster or node that is not there, and the reason of the signal
 */
export async function followLogs(name: string, options: LogsOptions, ports: Ports, reader: LogReader): Promise<void> {
  const { engine } = ports;
  const nowMs = options.tail === 0 ? await engine.timeMs() : undefined;
  const sources = await findLogs(name, options, ports);
  reader.missing(sources.missing);
  const since = nowMs === undefined ? sources.part.since : new Date(nowMs).toISOString();
  const follower = new Follower(sources, since, engine, reader);
  if (!(await follower.catchUp())) return ports.signal.throwIfAborted();
  const meant = new Set([...sources.nodes, ...sources.missing]);
  await follower.follow(ports.signal, (node) => (options.nodes ?? []).length === 0 || meant.has(node));
}

class Follower {
  readonly #positions = new Map<string, LogPosition>();
  /** The nodes whose log is open. */
  readonly #open = new Set<string>();
  readonly #sources: LogSources;
  readonly #since: string | undefined;
  readonly #engine: Engine;
  readonly #reader: LogReader;
  /** Ends everything: nobody reads any more, or something went wrong. */
  readonly #enough = new AbortController();
  #failure: unknown;

  constructor(sources: LogSources, since: string | undefined, engine: Engine, reader: LogReader) {
    this.#sources = sources;
    this.#since = since;
    this.#engine = engine;
    this.#reader = reader;
  }

  /** Tells what is there by now. @returns whether anybody wants more */
  async catchUp(): Promise<boolean> {
    const { ids, part } = this.#sources;
    const read = [...ids].map(async ([node, id]) => {
      const lines = part.tail === 0 ? [] : await readWhole(this.#engine, id, part);
      return [node, printable(this.#sources, node, this.#positionOf(node).take(lines))] as const;
    });
    const lines = mergeLogs(new Map(await Promise.all(read)));
    return lines.length === 0 || this.#reader.print(lines);
  }

  async follow(signal: AbortSignal, isMeant: (node: string) => boolean): Promise<void> {
    try {
      await this.#lookForMore(signal, isMeant);
    } finally {
      this.#enough.abort();
    }
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Opens the logs of what runs again, or is new. */
  async #lookForMore(signal: AbortSignal, isMeant: (node: string) => boolean): Promise<void> {
    const { name } = this.#sources.cluster;
    for (let seenMs = performance.now(); !(signal.aborted || this.#enough.signal.aborted); ) {
      const containers = await this.#engine.listContainers(name);
      const nodes = containers.filter(({ node }) => node !== null);
      for (const { id, node } of nodes) {
        if (node !== null && isMeant(node) && !this.#open.has(node)) void this.#followNode(node, id);
      }
      if (nodes.length > 0) seenMs = performance.now();
      else if (performance.now() - seenMs > goneMs) break;
      await this.#pause(signal);
    }
  }

  #positionOf(node: string): LogPosition {
    const position = this.#positions.get(node) ?? new LogPosition(this.#since);
    this.#positions.set(node, position);
    return position;
  }

  /** Until the container stops. */
  async #followNode(node: string, id: string): Promise<void> {
    this.#open.add(node);
    const position = this.#positionOf(node);
    try {
      const options = { since: position.open(), follow: true, signal: this.#enough.signal };
      for await (const lines of this.#engine.readLog(id, options)) {
        const fresh = printable(this.#sources, node, position.take(lines)).map((line) => ({ node, ...line }));
        if (fresh.length > 0 && !(await this.#reader.print(fresh))) this.#enough.abort();
      }
    } catch (error) {
      const isRemoved = error instanceof RmsxError && (error.reason === 'gone' || error.reason === 'going-away');
      if (!isRemoved) {
        this.#failure ??= error;
        this.#enough.abort();
      }
    } finally {
      this.#open.delete(node);
    }
  }

  /** Keeps the process alive. */
  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        for (const each of [signal, this.#enough.signal]) each.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, lookMs);
      for (const each of [signal, this.#enough.signal]) each.addEventListener('abort', end);
      if (signal.aborted || this.#enough.signal.aborted) end();
    });
  }
}
