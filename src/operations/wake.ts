import { networkName } from '../domain/names.ts';
import { containerOf, isOnNetwork } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';
import type { RejoinPlan } from '../plan/rejoin.ts';
import type { Connections } from './connections.ts';
import { followInside, insideOf } from './inside.ts';
import type { KnownCluster } from './observe.ts';

/** A node that runs as a replica, and that nobody reaches yet. */
export interface Woken {
  /** Puts it where the others look for it. */
  connect(): Promise<void>;
  /** Holds it again where it was held. It stays off the network: there it could not do any harm. */
  holdAgain(): Promise<void>;
}

/**
 * Wakes a node off the network, and tells it there whom to follow: it may believe that it is the master.
 * @throws RmsxError where it does not take that; it is held again then
 */
export async function wake(
  { containers, name: cluster }: KnownCluster,
  { node, source }: RejoinPlan,
  connections: Connections,
  engine: Engine,
): Promise<Woken> {
  const container = containerOf({ containers }, node.name);
  const id = container?.id ?? '';
  const network = networkName(cluster);
  const isThere = container === undefined || isOnNetwork(container, network);
  const isHeld = container?.state === 'paused';
  const holdAgain = async (): Promise<void> => (isHeld ? engine.pause(id) : undefined);
  if (isThere) await engine.disconnect(network, id);
  if (isHeld) await engine.unpause(id);
  try {
    await followInside(insideOf(node, id, connections), source.address, engine);
  } catch (error) {
    await holdAgain();
    throw error;
  }
  return { connect: () => engine.connect(network, id, node.address.host, node.name), holdAgain };
}
