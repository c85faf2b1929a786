import { fatalLine } from '../domain/diagnosis/log.ts';
import { RmsxError } from '../domain/errors.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { Engine, ServerEnd } from '../domain/ports.ts';
import { toPrintable } from '../domain/printable.ts';
import { hintFromLogs } from '../plan/older-server.ts';
import type { Connections } from './connections.ts';

const linesPerNode = 12;

/**
 * The last lines of the logs of some nodes, taken before anything is removed. A log that cannot be read must not hide what
 * it was to explain, and is left out.
 * @param connections - know the passwords, which are not shown
 * @returns lines with the name of the node in front
 */
export async function collectLogs(
  engine: Engine,
  containers: readonly ObservedContainer[],
  nodes: readonly string[],
  connections: Connections,
): Promise<readonly string[]> {
  const logs = await Promise.allSettled(
    nodes.map(async (node) => {
      const id = containerOf({ containers }, node)?.id;
      const lines = id === undefined ? [] : await engine.logs(id, linesPerNode);
      return lines.map((line) => `${node} | ${toPrintable(line, connections.passwordOf(node))}`);
    }),
  );
  return logs.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

/**
 * Looks whether a node has ended for good: stopped, or restarted again and again with a fatal line in its log.
 * @throws RmsxError `failed` with that line
 */
export async function throwIfEnded(
  engine: Engine,
  cluster: string,
  node: string,
  connections: Connections,
): Promise<void> {
  const containers = await engine.listContainers(cluster);
  const container = containerOf({ containers }, node);
  if (!container || container.state === 'running' || container.state === 'paused') return;
  const [logs, end] = await Promise.all([
    collectLogs(engine, containers, [node], connections),
    engine.endOf(container.id).catch(() => undefined), // there is enough to tell without it
  ]);
  const fatal = logs.filter((line) => fatalLine.test(line));
  if (container.state === 'restarting' && fatal.length === 0) return; // one crash may pass
  const how = [container.statusText, ...(end ? wordsFor(end) : [])].join(', ');
  throw new RmsxError('failed', `${node} does not stay up (${how}).`, {
    node,
    logs,
    reason: 'ended',
    hint: hintFromLogs(cluster, logs),
  });
}

const wordsFor = ({ outOfMemory, restarts }: ServerEnd): readonly string[] => [
  ...(outOfMemory ? ['out of memory'] : []),
  ...(restarts > 0 ? [`started again ${restarts === 1 ? 'once' : `${restarts} times`}`] : []),
];
