import { join } from 'node:path';
import type { Ports } from '../domain/ports.ts';
import { writeLogs } from '../files/write-logs.ts';
import { findLogs, type LogsOptions, printable, readWhole, refuseNone } from './logs.ts';

/** What is exported, and where to. */
export interface ExportLogsOptions extends LogsOptions {
  /** Made, closed to others, where it is not there. */
  readonly directory: string;
  /** Whether the time at which the engine got it stands before each line. @default false */
  readonly timestamps?: boolean | undefined;
  /** Whether an earlier export of another cluster may be replaced, too. @default false */
  readonly replaceAny?: boolean | undefined;
}

/** What was written. */
export interface ExportLogsResult {
  readonly cluster: string;
  readonly nodes: readonly string[];
  /** Nodes that have no container, and so no log. */
  readonly missing: readonly string[];
  readonly directory: string;
  readonly files: readonly { readonly node: string; readonly path: string; readonly lines: number }[];
}

/**
 * Writes the log of each node into a file of its own, `slave-1.log`: all of them, or none. Passwords and control characters
 * are not in them.
 * @throws RmsxError `not-found` for a cluster or node that is not there, or has no container where it is named alone, `conflict` where a file is there that is no
 * earlier export of the same node, `failed` where the disk refuses
 */
export async function exportLogs(name: string, options: ExportLogsOptions, ports: Ports): Promise<ExportLogsResult> {
  const { directory, timestamps = false, replaceAny = false } = options;
  const sources = await findLogs(name, options, ports);
  refuseNone(sources, options);
  const { nodes, missing, part } = sources;
  const read = await Promise.all(
    [...sources.ids].map(async ([node, id]) => {
      const lines = printable(sources, node, await readWhole(ports.engine, id, part));
      return { node, lines: lines.map(({ time, text }) => (timestamps ? `${time} ${text}` : text)) };
    }),
  );
  await writeLogs(directory, name, read, replaceAny);
  const files = read.map(({ node, lines }) => ({ node, path: join(directory, `${node}.log`), lines: lines.length }));
  return { cluster: name, nodes, missing, directory, files };
}
