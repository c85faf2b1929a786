/** How the value of a setting is written in rmsx.yaml. */
export type SettingKind = 'bytes' | 'seconds' | 'boolean' | 'count' | 'policy' | 'buffer-limit';

/** A directive that replication lives on: it has a name of its own in rmsx.yaml, and a default that is always written. */
export interface Setting {
  /** Where it stands in rmsx.yaml. */
  readonly path: string;
  /** Its name in redis.conf, and in the placeholders of templates. */
  readonly directive: string;
  readonly kind: SettingKind;
  /** What follows the directive where nothing is asked for. */
  readonly otherwise: string;
}

/** Every setting, in the order of the file. Why the defaults are what they are: templates/redis.conf. */
export const settings: readonly Setting[] = [
  {
    path: 'replication.backlogSize',
    directive: 'repl-backlog-size',
    kind: 'bytes',
    otherwise: '16mb',
  },
  {
    path: 'replication.backlogTtl',
    directive: 'repl-backlog-ttl',
    kind: 'seconds',
    otherwise: '0',
  },
  {
    path: 'replication.pingPeriod',
    directive: 'repl-ping-replica-period',
    kind: 'seconds',
    // The server's own 10 leave a new cluster at offset 0 for as long: a replica there cannot prove that it was ever in sync.
    otherwise: '1',
  },
  {
    path: 'replication.timeout',
    directive: 'repl-timeout',
    kind: 'seconds',
    otherwise: '60',
  },
  {
    path: 'replication.minReplicasToWrite',
    directive: 'min-replicas-to-write',
    kind: 'count',
    otherwise: '0',
  },
  {
    path: 'replication.minReplicasMaxLag',
    directive: 'min-replicas-max-lag',
    kind: 'seconds',
    otherwise: '10',
  },
  {
    path: 'replication.serveStaleData',
    directive: 'replica-serve-stale-data',
    kind: 'boolean',
    otherwise: 'yes',
  },
  {
    path: 'replication.disklessSync',
    directive: 'repl-diskless-sync',
    kind: 'boolean',
    otherwise: 'yes',
  },
  {
    path: 'replication.disklessSyncDelay',
    directive: 'repl-diskless-sync-delay',
    kind: 'seconds',
    otherwise: '0',
  },
  {
    path: 'replication.outputBufferLimit',
    directive: 'client-output-buffer-limit',
    kind: 'buffer-limit',
    otherwise: 'replica 256mb 64mb 60',
  },
  {
    path: 'memory.max',
    directive: 'maxmemory',
    kind: 'bytes',
    otherwise: '0',
  },
  {
    path: 'memory.policy',
    directive: 'maxmemory-policy',
    kind: 'policy',
    otherwise: 'noeviction',
  },
];

/** `nodes.NAME.priority`: lower is promoted first, 0 is never promoted. */
export const prioritySetting: Setting = {
  path: 'priority',
  directive: 'replica-priority',
  kind: 'count',
  otherwise: '100',
};

/** What maxmemory-policy takes, in all supported servers. */
export const evictionPolicies: readonly string[] = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
];

/** @returns the setting that writes a directive, or undefined */
export const settingFor = (directive: string): Setting | undefined =>
  [...settings, prioritySetting].find((setting) => setting.directive === directive);
