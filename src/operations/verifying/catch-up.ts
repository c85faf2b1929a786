import type { ServerInfo } from '../../domain/server-info.ts';
import { hasReached, type Reached, type Target } from '../../domain/verification/evidence.ts';
import { pause } from '../wait-until.ts';
import type { NodeSession } from './node-session.ts';

/** How a wait for replicas is paced. */
export interface Patience {
  readonly waitMs: number;
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

/** @returns how far a node is */
export const reachedOf = ({ replid, offset, link }: ServerInfo): Reached => ({ replid, offset, link });

/** Waits until a node is as far as its master was, or its time is over. */
export async function catchUp(session: NodeSession, target: Target, patience: Patience): Promise<Reached> {
  const endMs = performance.now() + patience.waitMs;
  for (;;) {
    const reached = reachedOf(await session.use((connection) => connection.info()));
    if (hasReached(reached, target) || performance.now() >= endMs) return reached;
    await pause(patience.pauseMs, patience.signal);
  }
}
