import type { SpanGroup } from './span.ts';

/** A directive that got its modern name in a version of each family and keeps the former one as an alias. */
export interface Rename {
  readonly former: string;
  readonly redis: string;
  readonly valkey: string;
}

/**
 * Every directive that a server of the line takes in its file: Redis 6.0 to 8.4, Valkey 7.2 to 9.0. A minor version
 * stands for its last patch release. Those that `CONFIG GET *` hides count, and so do those that are only read and
 * forgotten (`list-max-ziplist-value`, `io-threads-do-reads`, `dynamic-hz`). Not here: `sentinel`, which a data server
 * refuses, and the directives of modules, which need a module that rmsx knows nothing about.
 *
 * Redis 6.0, 7.0 and 8.0 and Valkey 8.1 were asked themselves, and test/docker/directives.test.ts asks them again; the
 * other versions come from their sources and release notes.
 */
export const directiveGroups: readonly SpanGroup[] = [
  {
    redis: { since: '6.0' },
    valkey: { since: '7.2' },
    names: `
      aclfile acllog-max-len active-defrag-cycle-max active-defrag-cycle-min active-defrag-ignore-bytes
      active-defrag-max-scan-fields active-defrag-threshold-lower active-defrag-threshold-upper active-expire-effort
      activedefrag activerehashing always-show-logo aof-load-truncated aof-rewrite-cpulist
      aof-rewrite-incremental-fsync aof-use-rdb-preamble appendfilename appendfsync appendonly
      auto-aof-rewrite-min-size auto-aof-rewrite-percentage bgsave-cpulist bind bio-cpulist busy-reply-threshold
      client-output-buffer-limit client-query-buffer-limit cluster-allow-reads-when-down cluster-announce-bus-port
      cluster-announce-ip cluster-announce-port cluster-config-file cluster-enabled cluster-migration-barrier
      cluster-node-timeout cluster-replica-no-failover cluster-replica-validity-factor cluster-require-full-coverage
      daemonize databases dbfilename dir dynamic-hz hash-max-listpack-entries hash-max-listpack-value
      hll-sparse-max-bytes hz ignore-warnings include io-threads io-threads-do-reads jemalloc-bg-thread key-load-delay
      latency-monitor-threshold lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del
      lazyfree-lazy-user-del lfu-decay-time lfu-log-factor list-compress-depth list-max-listpack-size
      list-max-ziplist-entries list-max-ziplist-value loadmodule logfile loglevel lua-replicate-commands masterauth
      masteruser maxclients maxmemory maxmemory-policy maxmemory-samples min-replicas-max-lag min-replicas-to-write
      no-appendfsync-on-rewrite notify-keyspace-events oom-score-adj oom-score-adj-values pidfile port protected-mode
      proto-max-bulk-len rdb-del-sync-files rdb-key-save-delay rdb-save-incremental-fsync rdbchecksum rdbcompression
      rename-command repl-backlog-size repl-backlog-ttl repl-disable-tcp-nodelay repl-diskless-load repl-diskless-sync
      repl-diskless-sync-delay repl-ping-replica-period repl-timeout replica-announce-ip replica-announce-port
      replica-ignore-maxmemory replica-lazy-flush replica-priority replica-read-only replica-serve-stale-data
      replicaof requirepass save server-cpulist set-max-intset-entries slowlog-log-slower-than slowlog-max-len
      stop-writes-on-bgsave-error stream-node-max-bytes stream-node-max-entries supervised syslog-enabled
      syslog-facility syslog-ident tcp-backlog tcp-keepalive timeout tls-auth-clients tls-ca-cert-dir tls-ca-cert-file
      tls-cert-file tls-ciphers tls-ciphersuites tls-cluster tls-dh-params-file tls-key-file tls-port
      tls-prefer-server-ciphers tls-protocols tls-replication tls-session-cache-size tls-session-cache-timeout
      tls-session-caching tracking-table-max-keys unixsocket unixsocketperm user zset-max-listpack-entries
      zset-max-listpack-value`,
  },
  {
    redis: { since: '6.0', goneIn: '7.0' },
    names: 'gopher-enabled',
  },
  {
    redis: { since: '6.2' },
    valkey: { since: '7.2' },
    names: `
      acl-pubsub-default cluster-allow-replica-migration cluster-announce-tls-port crash-log-enabled
      crash-memcheck-enabled disable-thp lazyfree-lazy-user-flush maxmemory-eviction-tenacity proc-title-template
      replica-announced sanitize-dump-payload set-proc-title tls-client-cert-file tls-client-key-file
      tls-client-key-file-pass tls-key-file-pass use-exit-on-panic`,
  },
  // `watchdog-period`: 6.0 has it in CONFIG SET and refuses it in the file.
  {
    redis: { since: '7.0' },
    valkey: { since: '7.2' },
    names: `
      aof-disable-auto-gc aof-timestamp-enabled appenddirname bind-source-addr cluster-allow-pubsubshard-when-down
      cluster-announce-hostname cluster-link-sendbuf-limit cluster-port cluster-preferred-endpoint-type
      enable-debug-command enable-module-command enable-protected-configs latency-tracking
      latency-tracking-info-percentiles loading-process-events-interval-bytes lua-enable-deprecated-api
      maxmemory-clients propagation-error-behavior repl-diskless-sync-max-replicas replica-ignore-disk-write-errors
      shutdown-on-sigint shutdown-on-sigterm shutdown-timeout socket-mark-id watchdog-period`,
  },
  {
    redis: { since: '7.2' },
    valkey: { since: '7.2' },
    names: `
      cluster-announce-human-nodename cluster-ping-interval locale-collate set-max-listpack-entries
      set-max-listpack-value`,
  },
  {
    redis: { since: '7.4' },
    valkey: { since: '8.0' },
    names: 'hide-user-data-from-log max-new-connections-per-cycle max-new-tls-connections-per-cycle',
  },
  {
    redis: { since: '8.0' },
    names: 'cluster-compatibility-sample-ratio repl-rdb-channel replica-full-sync-buffer-limit',
  },
  {
    redis: { since: '8.2' },
    valkey: { since: '8.0' },
    names: 'cluster-slot-stats-enabled prefetch-batch-max-size',
  },
  {
    redis: { since: '8.2' },
    names: 'vset-force-single-threaded-execution',
  },
  {
    redis: { since: '8.4' },
    names: `
      aof-load-corrupt-tail-max-size cluster-slot-migration-handoff-max-lag-bytes
      cluster-slot-migration-max-archived-tasks cluster-slot-migration-sync-buffer-drain-timeout
      cluster-slot-migration-write-pause-timeout lookahead`,
  },
  {
    valkey: { since: '8.0' },
    names: `
      availability-zone cluster-announce-client-ipv4 cluster-announce-client-ipv6 cluster-blacklist-ttl debug-context
      dual-channel-replication-enabled enable-debug-assert events-per-io-thread extended-redis-compatibility`,
  },
  {
    valkey: { since: '8.1' },
    names: `
      active-defrag-cycle-us cluster-manual-failover-timeout commandlog-large-reply-max-len
      commandlog-large-request-max-len commandlog-reply-larger-than commandlog-request-larger-than import-mode
      log-format log-timestamp-format rdb-version-check rdma-bind rdma-completion-vector rdma-port rdma-rx-size
      unixsocketgroup`,
  },
  {
    valkey: { since: '9.0' },
    names: `
      cluster-announce-client-port cluster-announce-client-tls-port cluster-databases
      cluster-slot-migration-log-max-len min-io-threads-avoid-copy-reply min-string-size-avoid-copy-reply
      min-string-size-avoid-copy-reply-threaded mptcp repl-mptcp slot-migration-max-failover-repl-bytes
      tls-auth-clients-user`,
  },
];

/** Other names that are as good as the canonical one in every version that has the directive, or that only Valkey has. */
export const aliases: Readonly<Record<string, string>> = {
  slaveof: 'replicaof',
  'slave-announce-ip': 'replica-announce-ip',
  'slave-announce-port': 'replica-announce-port',
  'slave-ignore-maxmemory': 'replica-ignore-maxmemory',
  'slave-lazy-flush': 'replica-lazy-flush',
  'slave-priority': 'replica-priority',
  'slave-read-only': 'replica-read-only',
  'slave-serve-stale-data': 'replica-serve-stale-data',
  'min-slaves-max-lag': 'min-replicas-max-lag',
  'min-slaves-to-write': 'min-replicas-to-write',
  'cluster-slave-no-failover': 'cluster-replica-no-failover',
  'cluster-slave-validity-factor': 'cluster-replica-validity-factor',
  'repl-ping-slave-period': 'repl-ping-replica-period',
  // The names of Valkey 8; `masterauth` and the rest are understood by every server.
  primaryauth: 'masterauth',
  primaryuser: 'masteruser',
  'commandlog-execution-slower-than': 'slowlog-log-slower-than',
  'commandlog-slow-execution-max-len': 'slowlog-max-len',
  'lua-enable-insecure-api': 'lua-enable-deprecated-api',
};

/** Canonical name -> the one name that versions before the rename know. */
export const renames: Readonly<Record<string, Rename>> = {
  'hash-max-listpack-entries': { former: 'hash-max-ziplist-entries', redis: '7.0', valkey: '7.2' },
  'hash-max-listpack-value': { former: 'hash-max-ziplist-value', redis: '7.0', valkey: '7.2' },
  'zset-max-listpack-entries': { former: 'zset-max-ziplist-entries', redis: '7.0', valkey: '7.2' },
  'zset-max-listpack-value': { former: 'zset-max-ziplist-value', redis: '7.0', valkey: '7.2' },
  'list-max-listpack-size': { former: 'list-max-ziplist-size', redis: '7.0', valkey: '7.2' },
  'busy-reply-threshold': { former: 'lua-time-limit', redis: '7.0', valkey: '7.2' },
  'server-cpulist': { former: 'server_cpulist', redis: '7.4', valkey: '8.0' },
  'bio-cpulist': { former: 'bio_cpulist', redis: '7.4', valkey: '8.0' },
  'aof-rewrite-cpulist': { former: 'aof_rewrite_cpulist', redis: '7.4', valkey: '8.0' },
  'bgsave-cpulist': { former: 'bgsave_cpulist', redis: '7.4', valkey: '8.0' },
};
