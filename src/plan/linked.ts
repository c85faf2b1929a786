import { type ClusterSpec, findNode, masterOf, type NodeSpec, sourceOf, topDown } from '../domain/cluster.ts';
import { heirAmong, promoteCommand, startsBehind } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { Notice } from '../domain/status.ts';

/** @returns whether a container runs in some way, so that there is something to stop */
export const isAwake = (container: ObservedContainer | undefined): container is ObservedContainer =>
  container !== undefined && container.state !== 'stopped';

/** @returns the nodes of a cluster whose server answers, or will without anybody's help */
export const runningNames = ({ nodes }: ClusterSpec, containers: readonly ObservedContainer[]): ReadonlySet<string> =>
  new Set(
    nodes
      .map(({ name }) => name)
      .filter((name) => ['running', 'restarting'].includes(containerOf({ containers }, name)?.state ?? '')),
  );

/**
 * The nodes that can be in sync while some do not run: everybody above them does.
 * @param running - the nodes that run
 * @returns from the master down; nobody where the master does not run
 */
export function linkedNodes(cluster: ClusterSpec, running: ReadonlySet<string>): readonly NodeSpec[] {
  const linked = new Set<string>();
  return topDown(cluster).filter(({ name, source }) => {
    const isLinked = running.has(name) && (source === null || linked.has(source));
    if (isLinked) linked.add(name);
    return isLinked;
  });
}

/**
 * Those whose replication a restart of a node touches: the way up to the master, the node, and everybody below it.
 * @returns nobody where the node has no way up to the master
 */
export function neighbours(cluster: ClusterSpec, name: string, running: ReadonlySet<string>): readonly string[] {
  const linked = linkedNodes(cluster, running);
  if (!linked.some((node) => node.name === name)) return [];
  const above = new Set([name]);
  for (let node = findNode(cluster, name); node; node = sourceOf(cluster, node) ?? undefined) above.add(node.name);
  const below = new Set([name]);
  for (const node of linked) if (node.source !== null && below.has(node.source)) below.add(node.name);
  return linked.map((node) => node.name).filter((other) => above.has(other) || below.has(other));
}

/**
 * @param containers - as they are now
 * @returns a warning for every node that runs while its source does not
 */
export function lonelyWarnings(
  cluster: ClusterSpec,
  running: ReadonlySet<string>,
  containers: readonly ObservedContainer[],
): readonly Notice[] {
  return cluster.nodes.flatMap(({ name, source }) =>
    source === null || !running.has(name) || running.has(source)
      ? []
      : [
          {
            code: 'source-not-running',
            node: name,
            message: `${name} runs and its source ${source} does not: it gets nothing until then`,
            hint: wayToSource(cluster, source, running, containers),
          },
        ],
  );
}

/** A master that would come back with less than its replicas have is not started: one of them takes over. */
function wayToSource(
  cluster: ClusterSpec,
  source: string,
  running: ReadonlySet<string>,
  containers: readonly ObservedContainer[],
): string {
  const isMaster = source === masterOf(cluster).name;
  const heir = isMaster ? heirAmong(cluster, [...running]) : undefined;
  if (heir === undefined || startsBehind(cluster, containerOf({ containers }, source)) === undefined)
    return rmsxCommand(cluster.name, `start ${source}`);
  return promoteCommand(cluster, heir);
}
