import type { Address } from '../domain/cluster.ts';
import type { LinkState, ReplicaLink, ServerInfo } from '../domain/server-info.ts';

/**
 * INFO, as any server from Redis 6.0 on prints it, in our words. Unknown fields are ignored, missing ones get the value
 * that claims least. Only here does "slave" become "replica".
 */
export function parseInfo(text: string): ServerInfo {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const number = (name: string, otherwise: number): number => {
    const value = Number(fields.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : otherwise;
  };
  const isReplica = fields.get('role') === 'slave';
  const offset = isReplica ? number('slave_repl_offset', 0) : number('master_repl_offset', 0);
  return {
    version: fields.get('valkey_version') ?? fields.get('redis_version') ?? '',
    runId: fields.get('run_id') ?? '',
    loading: fields.get('loading') === '1',
    role: isReplica ? 'replica' : 'master',
    replid: fields.get('master_replid') ?? '',
    replid2: fields.get('master_replid2') ?? '',
    secondOffset: number('second_repl_offset', -1),
    offset,
    readOffset: number('slave_read_repl_offset', offset), // since 6.2
    keys: keysOf(fields),
    changesSinceSave: fields.has('rdb_changes_since_last_save') ? number('rdb_changes_since_last_save', 0) : null,
    source: isReplica ? { host: fields.get('master_host') ?? '', port: number('master_port', 0) } : null,
    link: isReplica ? linkOf(fields) : null,
    priority: number('slave_priority', 100),
    replicas: replicasOf(fields),
    fullSyncs: number('sync_full', 0),
    partialSyncs: number('sync_partial_ok', 0),
  };
}

function keysOf(fields: ReadonlyMap<string, string>): number {
  const databases = [...fields].filter(([name]) => /^db\d+$/.test(name));
  return databases.reduce((sum, [, value]) => sum + Number(/^keys=(\d+)/.exec(value)?.[1] ?? 0), 0);
}

function linkOf(fields: ReadonlyMap<string, string>): LinkState {
  if (fields.get('master_sync_in_progress') === '1') return 'syncing';
  return fields.get('master_link_status') === 'up' ? 'up' : 'down';
}

function replicasOf(fields: ReadonlyMap<string, string>): readonly ReplicaLink[] {
  const links: ReplicaLink[] = [];
  for (const [name, value] of fields) {
    if (!/^slave\d+$/.test(name)) continue;
    const parts = new Map(value.split(',').map((part) => splitOnce(part, '=')));
    const address: Address = { host: parts.get('ip') ?? '', port: Number(parts.get('port') ?? 0) };
    links.push({
      address,
      state: parts.get('state') ?? '',
      offset: Number(parts.get('offset') ?? 0),
      lagSeconds: Number(parts.get('lag') ?? -1),
    });
  }
  return links;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
