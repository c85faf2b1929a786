import { assessCluster, type Evidence, sceneOf } from '../domain/assess.ts';
import type { Clues } from '../domain/diagnosis/clues.ts';
import type { Scene } from '../domain/diagnosis/scene.ts';
import type { Ports } from '../domain/ports.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { type Connections, connectionsTo, infosOf } from './connections.ts';
import { gatherClues } from './gather-clues.ts';
import { endpointOf, type KnownCluster, observeCluster, runningNodes } from './observe.ts';

/**
 * What is, against what should be, and why: nodes with which something is wrong are looked at a second time.
 * @throws RmsxError `not-found`
 */
export async function status(name: string, ports: Ports): Promise<ClusterStatus> {
  const cluster = await observeCluster(ports, name);
  const connections = connectionsTo(cluster, ports);
  try {
    const look = await lookInto(cluster, connections, ports, (scene) => gatherClues(scene, connections, ports));
    return look.status;
  } finally {
    connections.close();
  }
}

/** Probes every node whose container runs, side by side, and assesses what it finds. */
export const lookAt = async (cluster: KnownCluster, connections: Connections, ports: Ports): Promise<ClusterStatus> =>
  assessCluster(await seeNodes(cluster, connections, ports));

/** A look, with what the status does not tell. */
export interface Look {
  readonly status: ClusterStatus;
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
}

/**
 * The same look, for who needs more than the status of it.
 * @param lookUp - gathers what tells why, of nodes with which something is wrong
 */
export async function lookInto(
  cluster: KnownCluster,
  connections: Connections,
  ports: Ports,
  lookUp: (scene: Scene) => Promise<ReadonlyMap<string, Clues>>,
): Promise<Look> {
  const seen = await seeNodes(cluster, connections, ports);
  return { status: assessCluster({ ...seen, clues: await lookUp(sceneOf(seen)) }), infos: seen.infos };
}

async function seeNodes(cluster: KnownCluster, connections: Connections, ports: Ports): Promise<Evidence> {
  const probes = await connections.probeAll(runningNodes(cluster));
  const { record, containers, confs } = cluster;
  const refusing = [...probes].flatMap(([node, probe]) =>
    'error' in probe && probe.error.reason === 'wrong-password' ? [node] : [],
  );
  return {
    record,
    containers,
    confs,
    infos: infosOf(probes),
    refusing: new Set(refusing),
    endpoint: (node) => endpointOf(ports.engine, cluster, node),
  };
}
