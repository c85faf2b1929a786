import { sameAddress } from '../domain/cluster.ts';
import type { Step } from '../domain/plan.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import type { Resync } from '../plan/resync.ts';
import type { Connections } from './connections.ts';
import { waitUntil } from './wait-until.ts';

/** A source that is behind for longer than this will not catch up: the replica gets everything anew. */
const catchUpTimeoutMs = 2000;
const pauseMs = 10;

/**
 * Lets a running replica follow another source, and waits until its link is up. A replica that is ahead of its new source
 * would have to be thrown away and copied anew, so the source may catch up first.
 * @throws RmsxError where the node does not take the command, or the reason of the signal
 */
export async function follow(
  { node, source, address }: Pick<Extract<Step, { op: 'follow' }>, 'node' | 'source' | 'address'>,
  connections: Connections,
  signal: AbortSignal,
): Promise<Resync> {
  const look = async (name: string): Promise<ServerInfo | undefined> => {
    const probe = await connections.probe(name);
    return 'info' in probe ? probe.info : undefined;
  };
  const endMs = performance.now() + catchUpTimeoutMs;
  const before = await waitUntil(
    async () => {
      const own = await look(node);
      const above = await look(source); // later, so that being equal means having caught up
      const isBehind = !own || !above || own.offset > above.offset;
      return isBehind && performance.now() < endMs ? undefined : { syncs: above?.fullSyncs ?? 0 };
    },
    { pauseMs, signal },
  );
  await (await connections.to(node)).follow(address);
  await waitUntil(
    async () => {
      const info = await look(node);
      return info?.source && sameAddress(info.source, address) && info.link === 'up' ? info : undefined;
    },
    { pauseMs, signal },
  );
  const after = await look(source);
  return after && after.fullSyncs === before.syncs ? 'partial' : 'full';
}

/** Waits until a replica is in sync; where that takes longer than it may, somebody else says so. */
export async function awaitLink(
  { node, timeMs }: Extract<Step, { op: 'await-link' }>,
  connections: Connections,
  signal: AbortSignal,
): Promise<void> {
  const endMs = performance.now() + timeMs;
  await waitUntil(
    async () => {
      const probe = await connections.probe(node);
      return ('info' in probe && probe.info.link === 'up') || performance.now() > endMs ? true : undefined;
    },
    { pauseMs, signal },
  );
}
