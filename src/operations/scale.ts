import type { Ports } from '../domain/ports.ts';
import { scaleTo } from '../plan/change-topology.ts';
import { type ChangeOptions, type ChangeResult, changeTopology } from './change-topology.ts';

/**
 * As many replicas as are asked for. New ones come where the topology has room; those that are too many go from the
 * bottom up.
 * @param replicas - 0 or more
 * @throws RmsxError `not-found`, `unsafe`, `conflict`, or `failed` with everything as it was
 */
export const scale = (name: string, replicas: number, options: ChangeOptions, ports: Ports): Promise<ChangeResult> =>
  changeTopology(name, (cluster) => scaleTo(cluster, replicas), options, ports);
