import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { counted } from '../domain/names.ts';

/**
 * Sentinels make whoever they know the master again, and move the replicas of others: what is changed beside them is undone
 * within seconds, and writes to the other master are lost.
 * @param sentinels - the ids of those that listen at a node
 * @throws RmsxError `unsafe` where there are some
 */
export function refuseSentinels({ name }: ClusterSpec, sentinels: readonly string[]): void {
  if (sentinels.length === 0) return;
  const verb = sentinels.length > 1 ? 'watch' : 'watches';
  throw new RmsxError(
    'unsafe',
    `${counted(sentinels.length, 'Sentinel')} ${verb} ${name}, and would undo what is changed beside ${sentinels.length > 1 ? 'them' : 'it'}.`,
    { hint: 'Let Sentinel choose: redis-cli -p 26379 SENTINEL FAILOVER NAME   or stop it first, and try again' },
  );
}
