import type { ServerInfo } from './server-info.ts';

/**
 * Finds the replicas that still hold what a master has lost, where it came back empty (docs/decisions/011). A new cluster is
 * empty too; what tells them apart is a replica that has run for longer than its master and holds keys of another history.
 */
export const stillHolding = (
  infos: ReadonlyMap<string, ServerInfo>,
  master: ServerInfo,
): readonly (readonly [string, ServerInfo])[] =>
  master.loading || master.keys > 0
    ? []
    : [...infos].filter(([, info]) => isOlderReplica(info, master) && info.keys > 0 && info.replid !== master.replid);

/** Whether a replica has run for longer than its master. Seconds are whole: servers that start together may differ by one. */
export const isOlderReplica = (info: ServerInfo, master: ServerInfo): boolean =>
  info.role === 'replica' && !info.loading && info.uptimeSeconds > master.uptimeSeconds + 1;
