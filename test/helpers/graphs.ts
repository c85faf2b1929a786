import { assessCluster } from '../../src/domain/assess.ts';
import type { ClusterSpec } from '../../src/domain/cluster.ts';
import { type ReplicationGraph, replicationGraph } from '../../src/domain/replication-graph.ts';
import type { ServerInfo } from '../../src/domain/server-info.ts';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { cluster, confs, containers, healthyInfos, record, type States } from './values.ts';

/** The status of a cluster, healthy but for what is said; null for a node that says nothing. */
export function statusOf(
  spec: ClusterSpec = cluster(2),
  states: States = {},
  changes: Readonly<Record<string, Partial<ServerInfo> | null>> = {},
): ClusterStatus {
  const infos = healthyInfos(spec);
  const silent = Object.entries(states).flatMap(([name, state]) => (state === 'running' ? [] : [name]));
  for (const name of silent) infos.delete(name);
  for (const [name, change] of Object.entries(changes)) {
    const info = infos.get(name);
    if (change && info) infos.set(name, { ...info, ...change });
    else infos.delete(name);
  }
  const port = (name: string): number => spec.nodes.find((node) => node.name === name)?.address.port ?? 0;
  return assessCluster({
    record: record(spec),
    containers: containers(spec, states),
    confs: confs(record(spec)),
    infos,
    endpoint: (name) => ({ host: '127.0.0.1', port: port(name) }),
  });
}

/** Who replicates from whom in it. */
export const graphOf = (...given: Parameters<typeof statusOf>): ReplicationGraph =>
  replicationGraph(statusOf(...given));

/** Names that mean something to Graphviz, Mermaid, HTML or a terminal. */
export const hostileNames: readonly string[] = [
  'end',
  'a"b',
  'back\\',
  '\\N <b>&amp;</b>',
  'x"]; y --> z',
  '`#35;`',
  '\u001b[2J',
];

/** A graph whose nodes have these names, each the source of the next one. */
export const hostileGraph: ReplicationGraph = {
  cluster: { name: 'a"b', topology: 'chain', health: 'healthy', master: 'end' },
  nodes: hostileNames.map((name, i) => {
    const role = i === 0 ? 'master' : 'replica';
    return { name, role, plannedRole: role, state: 'running' };
  }),
  edges: hostileNames.slice(1).map((node, i) => ({
    source: hostileNames[i] ?? '',
    node,
    seen: true,
    planned: true,
    link: 'up',
    lagBytes: 0,
    lagSeconds: 0,
  })),
  outside: [],
};
