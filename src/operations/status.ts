import { assessCluster } from '../domain/assess.ts';
import type { Ports } from '../domain/ports.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { type Connections, connectionsTo, infosOf } from './connections.ts';
import { endpointOf, type KnownCluster, observeCluster, runningNodes } from './observe.ts';

/**
 * What is, against what should be.
 * @throws RmsxError `not-found`
 */
export async function status(name: string, ports: Ports): Promise<ClusterStatus> {
  const cluster = await observeCluster(ports, name);
  const connections = connectionsTo(cluster, ports);
  try {
    return await lookAt(cluster, connections, ports);
  } finally {
    connections.close();
  }
}

/** Probes every node whose container runs, side by side, and assesses what it finds. */
export const lookAt = async (cluster: KnownCluster, connections: Connections, ports: Ports): Promise<ClusterStatus> =>
  (await lookInto(cluster, connections, ports)).status;

/** A look, with what the status does not tell. */
export interface Look {
  readonly status: ClusterStatus;
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
}

/** The same look, for who needs more than the status of it. */
export async function lookInto(cluster: KnownCluster, connections: Connections, ports: Ports): Promise<Look> {
  const probes = await connections.probeAll(runningNodes(cluster));
  const { record, containers, confs } = cluster;
  const refusing = [...probes].flatMap(([node, probe]) =>
    'error' in probe && probe.error.reason === 'wrong-password' ? [node] : [],
  );
  const infos = infosOf(probes);
  const status = assessCluster({
    record,
    containers,
    confs,
    infos,
    refusing: new Set(refusing),
    endpoint: (node) => endpointOf(ports.engine, cluster, node),
  });
  return { status, infos };
}
