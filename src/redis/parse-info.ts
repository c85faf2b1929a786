import type { Address } from '../domain/cluster.ts';
import type {
  Backlog,
  LinkState,
  MemoryUse,
  Persistence,
  Refusals,
  ReplicaLink,
  ServerInfo,
  SyncProgress,
} from '../domain/server-info.ts';
import { InfoFields } from './info-fields.ts';

/** Redis 6.0 prints the time of day for a link that never was up. */
const longAgoSeconds = 1_000_000_000;

/**
 * INFO, as any server from Redis 6.0 on prints it, in our words. Unknown fields are ignored, missing ones get the value
 * that claims least. Only here does "slave" become "replica".
 */
export function parseInfo(text: string): ServerInfo {
  const fields = new InfoFields(text);
  const isReplica = fields.is('role', 'slave');
  const loading = fields.is('loading', '1');
  const offset = fields.number(isReplica ? 'slave_repl_offset' : 'master_repl_offset', 0);
  return {
    version: fields.text('valkey_version') ?? fields.text('redis_version') ?? '',
    runId: fields.text('run_id') ?? '',
    uptimeSeconds: fields.count('uptime_in_seconds', 0),
    loading,
    loadedPercent: loading ? fields.count('loading_loaded_perc', null) : null,
    role: isReplica ? 'replica' : 'master',
    replid: fields.text('master_replid') ?? '',
    replid2: fields.text('master_replid2') ?? '',
    secondOffset: fields.number('second_repl_offset', -1),
    offset,
    readOffset: fields.number('slave_read_repl_offset', offset), // since 6.2
    keys: keysOf(fields),
    changesSinceSave: fields.count('rdb_changes_since_last_save', null),
    ...upstreamOf(fields, isReplica),
    priority: fields.number('slave_priority', 100),
    replicas: fields.matching(/^slave\d+$/).map(([, value]) => replicaIn(value)),
    goodReplicas: fields.count('min_slaves_good_slaves', null),
    fullSyncs: fields.count('sync_full', 0),
    partialSyncs: fields.count('sync_partial_ok', 0),
    backlog: backlogOf(fields),
    sentBytesPerSecond: bytesIn(fields.count('instantaneous_output_repl_kbps', null)),
    receivedBytesPerSecond: bytesIn(fields.count('instantaneous_input_kbps', 0)),
    persistence: persistenceOf(fields),
    memory: memoryOf(fields),
    refusals: refusalsOf(fields),
  };
}

/** It is called kbps, and counts KiB. */
const bytesIn = <T extends number | null>(kib: T): T => (kib === null ? kib : (Math.round(kib * 1024) as T));

function keysOf(fields: InfoFields): number {
  const counts = fields.matching(/^db\d+$/).map(([, value]) => Number(/^keys=(\d+)/.exec(value)?.[1] ?? 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

type Upstream = Pick<ServerInfo, 'source' | 'link' | 'linkDownSeconds' | 'lastIoSeconds' | 'sync' | 'readOnly'>;

/** What a replica says of its source. */
function upstreamOf(fields: InfoFields, isReplica: boolean): Upstream {
  if (!isReplica) {
    return { source: null, link: null, linkDownSeconds: null, lastIoSeconds: null, sync: null, readOnly: true };
  }
  const link = linkOf(fields);
  const downSeconds = fields.count('master_link_down_since_seconds', null);
  return {
    source: { host: fields.text('master_host') ?? '', port: fields.number('master_port', 0) },
    link,
    linkDownSeconds: downSeconds === null || downSeconds >= longAgoSeconds ? null : downSeconds,
    lastIoSeconds: fields.count('master_last_io_seconds_ago', null),
    sync: link === 'syncing' ? syncOf(fields) : null,
    readOnly: !fields.is('slave_read_only', '0'),
  };
}

function linkOf(fields: InfoFields): LinkState {
  if (fields.is('master_sync_in_progress', '1')) return 'syncing';
  return fields.is('master_link_status', 'up') ? 'up' : 'down';
}

/**
 * Before 7.0 servers tell only what is left, which is less than nothing where they do not know the size: then it is what
 * they have read. -1 stands for a synchronisation that has not begun.
 */
function syncOf(fields: InfoFields): SyncProgress {
  const left = fields.number('master_sync_left_bytes', -1);
  const total = fields.count('master_sync_total_bytes', null);
  return {
    readBytes: fields.count('master_sync_read_bytes', left < -1 ? -left : null),
    leftBytes: left < 0 ? null : left,
    totalBytes: total === 0 ? null : total,
  };
}

const backlogOf = (fields: InfoFields): Backlog => ({
  active: fields.is('repl_backlog_active', '1'),
  sizeBytes: fields.count('repl_backlog_size', 0),
  firstOffset: fields.count('repl_backlog_first_byte_offset', 0),
  heldBytes: fields.count('repl_backlog_histlen', 0),
});

function persistenceOf(fields: InfoFields): Persistence {
  const worked = (name: string): boolean => !fields.is(name, 'err');
  return {
    aofEnabled: fields.is('aof_enabled', '1'),
    aofWriteOk: worked('aof_last_write_status'),
    aofRewriteOk: worked('aof_last_bgrewrite_status'),
    snapshotOk: worked('rdb_last_bgsave_status'),
  };
}

function memoryOf(fields: InfoFields): MemoryUse {
  return {
    countedBytes: Math.max(0, fields.count('used_memory', 0) - fields.count('mem_not_counted_for_evict', 0)),
    limitBytes: fields.count('maxmemory', 0),
    policy: fields.text('maxmemory_policy') ?? '',
  };
}

function refusalsOf(fields: InfoFields): Refusals {
  const counted = (name: string): number =>
    Number(/^count=(\d+)/.exec(fields.text(`errorstat_${name}`) ?? '')?.[1] ?? 0);
  return { noReplicas: counted('NOREPLICAS'), disk: counted('MISCONF'), memory: counted('OOM') };
}

function replicaIn(value: string): ReplicaLink {
  const parts = new Map(value.split(',').map((part) => splitOnce(part, '=')));
  const address: Address = { host: parts.get('ip') ?? '', port: Number(parts.get('port') ?? 0) };
  return {
    address,
    state: parts.get('state') ?? '',
    offset: Number(parts.get('offset') ?? 0),
    lagSeconds: Number(parts.get('lag') ?? -1),
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
