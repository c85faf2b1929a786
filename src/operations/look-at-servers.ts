import type { Ports } from '../domain/ports.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { type Connections, connectionsTo, infosOf } from './connections.ts';
import { type KnownCluster, runningNodes } from './observe.ts';

/** A cluster, and what its servers say. */
export interface Seen {
  readonly cluster: KnownCluster;
  /** Open, and to be closed by whoever has got them. */
  readonly connections: Connections;
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
}

/**
 * Asks the servers of a cluster, and decides what follows from that.
 * @param decide - its answer stands beside what was seen; where it throws, the connections are closed
 */
export async function lookAtServers<T>(
  cluster: KnownCluster,
  ports: Ports,
  decide: (seen: Seen) => T | Promise<T>,
): Promise<Seen & T> {
  const connections = connectionsTo(cluster, ports);
  try {
    const seen = { cluster, connections, infos: infosOf(await connections.probeAll(runningNodes(cluster))) };
    return { ...seen, ...(await decide(seen)) };
  } catch (error) {
    connections.close();
    throw error;
  }
}
