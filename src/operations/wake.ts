import { networkName } from '../domain/names.ts';
import { containerOf, isOnNetwork } from '../domain/observed.ts';
import type { Engine } from '../domain/ports.ts';
import type { RejoinPlan } from '../plan/rejoin.ts';
import type { Connections } from './connections.ts';
import { followInside, insideOf, isMasterInside, refuseWritesInside } from './inside.ts';
import type { KnownCluster } from './observe.ts';

/** A node that is awake, and that nobody can write to. */
export interface Woken {
  /** Whether it still runs as a master: it is on the network then, and refuses writes. Else nobody reaches it yet. */
  readonly isMaster: boolean;
  /** Puts it where the others look for it. */
  connect(): Promise<void>;
  /** Holds it again where it was held. It stays off the network: there it could not do any harm. */
  holdAgain(): Promise<void>;
}

/**
 * Wakes a node off the network. One that is a master refuses writes before anybody can reach it: what only it has is read from
 * it then. Any other is told there whom to follow, as it may believe that it is the master when its source is silent.
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
  let isBack = false;
  const connect = async (): Promise<void> => {
    if (isBack) return;
    await engine.connect(network, id, node.address.host, node.name);
    isBack = true;
  };
  const holdAgain = async (): Promise<void> => {
    if (isBack) await engine.disconnect(network, id);
    if (isHeld) await engine.pause(id);
  };
  if (isThere) await engine.disconnect(network, id);
  if (isHeld) await engine.unpause(id);
  try {
    const inside = insideOf(node, id, connections);
    const isMaster = await isMasterInside(inside, engine);
    if (isMaster) {
      await refuseWritesInside(inside, engine);
      connections.drop(node.name);
      await connect();
    } else await followInside(inside, source.address, engine);
    return { isMaster, connect, holdAgain };
  } catch (error) {
    await holdAgain();
    throw error;
  }
}
