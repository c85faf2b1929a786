import type { Ports } from '../domain/ports.ts';
import { moveNode } from '../plan/change-topology.ts';
import { type ChangeOptions, type ChangeResult, changeTopology } from './change-topology.ts';

/**
 * A replica under another source. Who follows it comes along.
 * @throws RmsxError `not-found`, `unsafe` for the master and for a source below the node, or `failed` with everything as
 * it was
 */
export const move = (
  name: string,
  node: string,
  source: string,
  options: ChangeOptions,
  ports: Ports,
): Promise<ChangeResult> => changeTopology(name, (cluster) => moveNode(cluster, node, source), options, ports);
