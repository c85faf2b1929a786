import type { Since } from '../config/parse-since.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { type LogLine, type LogOptions, mergeLogs, type NodeLine } from '../domain/log-line.ts';
import { containerOf } from '../domain/observed.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { toPrintable } from '../domain/printable.ts';
import { type KnownCluster, nodesMeant, observeCluster } from './observe.ts';

/** Which logs, and how much of them. */
export interface LogsOptions {
  /** Nodes as people type them. @default all */
  readonly nodes?: readonly string[] | undefined;
  /** @default from the beginning */
  readonly since?: Since | undefined;
  /** How many of the last lines of each node. @default all */
  readonly tail?: number | undefined;
}

/** What the servers of a cluster wrote. */
export interface LogsResult {
  readonly cluster: string;
  /** Whose logs were read. */
  readonly nodes: readonly string[];
  /** Nodes that have no container, and so no log. */
  readonly missing: readonly string[];
  /** In the order of their time, without passwords and control characters. */
  readonly lines: readonly NodeLine[];
}

/**
 * The logs of the servers, stopped ones included, complete: one that cannot be read to its end is an error.
 * @throws RmsxError `not-found` for a cluster or node that is not there, or where none of the named nodes has a container
 * @example
 * const { lines } = await logs('redis-server', { nodes: ['slave-1'], tail: 20 }, await connect());
 */
export async function logs(name: string, options: LogsOptions, ports: Ports): Promise<LogsResult> {
  const sources = await findLogs(name, options, ports);
  refuseNone(sources, options);
  const { nodes, missing, part } = sources;
  const read = await Promise.all(
    [...sources.ids].map(async ([node, id]) => {
      return [node, printable(sources, node, await readWhole(ports.engine, id, part))] as const;
    }),
  );
  return { cluster: name, nodes, missing, lines: mergeLogs(new Map(read)) };
}

/** Where the logs are that are meant. */
export interface LogSources {
  readonly cluster: KnownCluster;
  readonly nodes: readonly string[];
  readonly missing: readonly string[];
  /** The container of each node that has one. */
  readonly ids: ReadonlyMap<string, string>;
  readonly part: Pick<LogOptions, 'since' | 'tail'>;
}

/** @throws RmsxError `not-found` for a cluster or node that is not there */
export async function findLogs(
  name: string,
  { nodes = [], since, tail }: LogsOptions,
  ports: Ports,
): Promise<LogSources> {
  const cluster = await observeCluster(ports, name);
  const meant = nodesMeant(cluster, nodes);
  const found = meant.flatMap((node) => {
    const id = containerOf(cluster, node)?.id;
    return id === undefined ? [] : [[node, id] as const];
  });
  const ids = new Map(found);
  return {
    cluster,
    nodes: [...ids.keys()],
    missing: meant.filter((node) => !ids.has(node)),
    ids,
    part: { since: since && (await pointIn(since, ports.engine)), tail },
  };
}

/**
 * Whoever follows a log waits for it; whoever asks for what is there must be told that there is none.
 * @throws RmsxError `not-found` where nodes are named, and none of them has a container
 */
export function refuseNone({ cluster, ids, missing }: LogSources, { nodes = [] }: LogsOptions): void {
  if (nodes.length === 0 || ids.size > 0) return;
  const has = missing.length === 1 ? 'has no container, and so no log' : 'have no container, and so no log';
  throw new RmsxError('not-found', `${missing.join(', ')} of ${cluster.name} ${has}.`, {
    ...(missing.length === 1 ? { node: missing[0] } : {}),
    hint: `Make what is missing: ${rmsxCommand(cluster.name, 'up')}`,
  });
}

/** Lines are stamped by the clock of the engine, which may differ from ours. */
async function pointIn(since: Since, engine: Engine): Promise<string> {
  const atMs = 'atMs' in since ? since.atMs : Math.max(0, (await engine.timeMs()) - since.agoMs);
  return new Date(atMs).toISOString();
}

/** @throws RmsxError where it is cut off */
export async function readWhole(engine: Engine, id: string, part: LogSources['part']): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for await (const more of engine.readLog(id, part)) for (const line of more) lines.push(line);
  return lines;
}

/** Without passwords, and what steers a terminal. */
export function printable({ cluster }: LogSources, node: string, lines: readonly LogLine[]): readonly LogLine[] {
  const password = cluster.confs.get(node)?.password ?? cluster.password;
  return lines.map(({ time, text }) => ({ time, text: toPrintable(text, password) }));
}
