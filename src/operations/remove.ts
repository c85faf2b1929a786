import type { Ports } from '../domain/ports.ts';
import { removeNode } from '../plan/change-topology.ts';
import { type ChangeOptions, type ChangeResult, changeTopology } from './change-topology.ts';

/**
 * The cluster without a node. Who followed it follows its source; its data stays unless the options say otherwise.
 * @throws RmsxError `not-found`, `unsafe` for the master, `conflict`, or `failed` with everything as it was
 */
export const remove = (name: string, node: string, options: ChangeOptions, ports: Ports): Promise<ChangeResult> =>
  changeTopology(
    name,
    (cluster, strays) => (strays.includes(node) ? cluster : removeNode(cluster, node)),
    options,
    ports,
  );
