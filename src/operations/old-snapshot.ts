import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';
import { refuseEmptyMaster } from '../plan/empty-master.ts';
import { observeEngine } from './observe-engine.ts';

/**
 * A master that was killed in the middle of its last words has an old snapshot: docs/decisions/017.
 * @throws RmsxError `failed` with the reason `old-snapshot` where replicas that run would copy that
 */
export async function refuseOldSnapshot(cluster: ClusterSpec, engine: Engine): Promise<void> {
  try {
    refuseEmptyMaster(cluster, await observeEngine(engine));
  } catch (error) {
    if (!(error instanceof RmsxError) || error.code !== 'unsafe') throw error;
    const { message, hint, node } = error; // `unsafe` would say that nothing has changed
    throw new RmsxError('failed', `It did not end in peace and stays stopped. ${message}`, {
      node,
      hint,
      reason: 'old-snapshot',
      cause: error,
    });
  }
}
