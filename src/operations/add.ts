import type { Ports } from '../domain/ports.ts';
import { addNode } from '../plan/change-topology.ts';
import { type ChangeOptions, type ChangeResult, changeTopology } from './change-topology.ts';

/**
 * One more replica.
 * @param source - the node it follows; undefined for where the topology has room
 * @throws RmsxError `not-found`, `unsafe`, `conflict`, or `failed` with everything as it was
 */
export const add = (
  name: string,
  source: string | undefined,
  options: ChangeOptions,
  ports: Ports,
): Promise<ChangeResult> => changeTopology(name, (cluster) => addNode(cluster, source), options, ports);
