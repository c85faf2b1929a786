import { assessCluster } from '../domain/assess.ts';
import type { Ports } from '../domain/ports.ts';
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
export async function lookAt(cluster: KnownCluster, connections: Connections, ports: Ports): Promise<ClusterStatus> {
  const probes = await connections.probeAll(runningNodes(cluster));
  const { record, containers, confs } = cluster;
  const refusing = [...probes].flatMap(([node, probe]) =>
    'error' in probe && probe.error.reason === 'wrong-password' ? [node] : [],
  );
  return assessCluster({
    record,
    containers,
    confs,
    infos: infosOf(probes),
    refusing: new Set(refusing),
    endpoint: (node) => endpointOf(ports.engine, cluster, node),
  });
}
