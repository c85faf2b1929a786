import type { Ports } from '../domain/ports.ts';
import { type ReplicationGraph, replicationGraph } from '../domain/replication-graph.ts';
import { status } from './status.ts';

/**
 * Who replicates from whom.
 * @throws RmsxError `not-found`
 */
export const topology = async (name: string, ports: Ports): Promise<ReplicationGraph> =>
  replicationGraph(await status(name, ports));
