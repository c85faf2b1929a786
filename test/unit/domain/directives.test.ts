import { describe, expect, test } from 'vitest';
import { aliases, directiveGroups, renames } from '../../../src/domain/directive-table.ts';
import { canonicalDirective, directiveNames, nameFor, sinceText } from '../../../src/domain/directives.ts';
import { type ServerVersion, versionOfImage } from '../../../src/domain/server-version.ts';

function server(image: string): ServerVersion {
  const version = versionOfImage(image);
  if (!version) throw new Error(`${image} has no version`);
  return version;
}

const redis = ['6.0', '6.2', '7.0', '7.2', '7.4', '8.0', '8.2', '8.4'].map((version) => `redis:${version}`);
const valkey = ['7.2', '8.0', '8.1', '9.0'].map((version) => `valkey:${version}`);

describe('canonical names', () => {
  test.each([
    ['maxmemory', 'maxmemory'],
    ['MaxMemory', 'maxmemory'],
    ['slaveof', 'replicaof'],
    ['slave-priority', 'replica-priority'],
    ['min-slaves-to-write', 'min-replicas-to-write'],
    ['cluster-slave-no-failover', 'cluster-replica-no-failover'],
    ['repl-ping-slave-period', 'repl-ping-replica-period'],
    ['HASH-MAX-ZIPLIST-ENTRIES', 'hash-max-listpack-entries'],
    ['list-max-ziplist-size', 'list-max-listpack-size'],
    ['list-max-ziplist-value', 'list-max-ziplist-value'],
    ['lua-time-limit', 'busy-reply-threshold'],
    ['aof_rewrite_cpulist', 'aof-rewrite-cpulist'],
    ['primaryauth', 'masterauth'],
    ['commandlog-slow-execution-max-len', 'slowlog-max-len'],
  ])('%s must be thought of as %s', (typed, canonical) => {
    expect(canonicalDirective(typed)).toBe(canonical);
  });

  test.each([
    'include',
    'rename-command',
    'user',
    'loadmodule',
    'save',
    'client-output-buffer-limit',
    'notify-keyspace-events',
    'replicaof',
    'aclfile',
    'io-threads',
    'lua-replicate-commands',
    'rdb-key-save-delay',
    'repl-rdb-channel',
  ])('%s must be known although CONFIG GET may not list it', (name) => {
    expect(canonicalDirective(name)).toBe(name);
  });

  test.each(['maxmemroy', 'set-max-ziplist-entries', 'sentinel', 'search.timeout', 'constructor', ' port', ''])(
    '"%s" must not be known',
    (name) => {
      expect(canonicalDirective(name)).toBeUndefined();
    },
  );
});

describe('the name for a server', () => {
  test.each([
    // directive, the servers that know it
    ['maxmemory', [...redis, ...valkey]],
    ['list-max-ziplist-entries', [...redis, ...valkey]],
    ['dynamic-hz', [...redis, ...valkey]],
    ['gopher-enabled', ['redis:6.0', 'redis:6.2']],
    ['replica-announced', [...redis.slice(1), ...valkey]],
    ['enable-debug-command', [...redis.slice(2), ...valkey]],
    ['set-max-listpack-entries', [...redis.slice(3), ...valkey]],
    ['max-new-connections-per-cycle', [...redis.slice(4), ...valkey.slice(1)]],
    ['repl-rdb-channel', redis.slice(5)],
    ['cluster-slot-stats-enabled', [...redis.slice(6), ...valkey.slice(1)]],
    ['lookahead', redis.slice(7)],
    ['dual-channel-replication-enabled', valkey.slice(1)],
    ['log-format', valkey.slice(2)],
    ['mptcp', valkey.slice(3)],
  ])('%s must be known to these servers alone', (directive, expected) => {
    const knowing = [...redis, ...valkey].filter((image) => nameFor(directive, server(image)) === directive);
    expect(knowing).toEqual(expected);
  });

  test.each([
    ['hash-max-listpack-entries', 'hash-max-ziplist-entries', 2, 0],
    ['hash-max-listpack-value', 'hash-max-ziplist-value', 2, 0],
    ['zset-max-listpack-entries', 'zset-max-ziplist-entries', 2, 0],
    ['zset-max-listpack-value', 'zset-max-ziplist-value', 2, 0],
    ['list-max-listpack-size', 'list-max-ziplist-size', 2, 0],
    ['busy-reply-threshold', 'lua-time-limit', 2, 0],
    ['server-cpulist', 'server_cpulist', 4, 1],
    ['aof-rewrite-cpulist', 'aof_rewrite_cpulist', 4, 1],
  ])('%s must be written as %s for the servers before the rename', (modern, former, oldRedis, oldValkey) => {
    const names = (images: readonly string[]) => images.map((image) => nameFor(modern, server(image)));
    expect(names(redis)).toEqual(redis.map((_, index) => (index < oldRedis ? former : modern)));
    expect(names(valkey)).toEqual(valkey.map((_, index) => (index < oldValkey ? former : modern)));
  });

  test('an alias must be answered with the name that every server takes', () => {
    expect([...redis, ...valkey].map((image) => nameFor('PrimaryAuth', server(image)))).toEqual(
      [...redis, ...valkey].map(() => 'masterauth'),
    );
  });

  test('a server of unknown version must be taken to know every directive by its modern name', () => {
    expect(directiveNames.map((name) => nameFor(name, null))).toEqual(directiveNames);
    expect(nameFor('hash-max-ziplist-entries', null)).toBe('hash-max-listpack-entries');
  });

  test('what nobody knows must have no name, whatever the version', () => {
    expect([nameFor('maxmemroy', null), nameFor('maxmemroy', server('redis:7.0'))]).toEqual([undefined, undefined]);
  });

  test('a directive of Valkey alone must not be known to Redis, nor the reverse', () => {
    const alone = (family: 'redis' | 'valkey') =>
      directiveGroups.filter((group) => !group[family]).flatMap(({ names }) => names.trim().split(/\s+/));
    expect(alone('redis').filter((name) => redis.some((image) => nameFor(name, server(image))))).toEqual([]);
    expect(alone('valkey').filter((name) => valkey.some((image) => nameFor(name, server(image))))).toEqual([]);
  });
});

test.each([
  ['maxmemory', 'Redis 6.0 and Valkey 7.2'],
  ['hash-max-ziplist-value', 'Redis 6.0 and Valkey 7.2'],
  ['enable-debug-command', 'Redis 7.0 and Valkey 7.2'],
  ['dual-channel-replication-enabled', 'Valkey 8.0 only'],
  ['lookahead', 'Redis 8.4 only'],
  ['gopher-enabled', 'Redis 6.0 (gone in 7.0) only'],
  ['maxmemroy', 'no server'],
])('who knows %s must be said as "%s"', (directive, text) => {
  expect(sinceText(directive)).toBe(text);
});

describe('the table', () => {
  test('every name must be in it once, in lower case', () => {
    const names = directiveGroups.flatMap(({ names: text }) => text.trim().split(/\s+/));
    expect([...names].sort()).toEqual(directiveNames);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => !/^[a-z][a-z\d-]*$/.test(name))).toEqual([]);
  });

  test('every alias and every rename must lead to a canonical name, and be none itself', () => {
    const pairs = [
      ...Object.entries(aliases),
      ...Object.entries(renames).map(([name, { former }]) => [former, name] as const),
    ];
    expect(pairs.filter(([, name]) => !directiveNames.includes(name))).toEqual([]);
    expect(pairs.filter(([alias]) => directiveNames.includes(alias))).toEqual([]);
    expect(pairs.map(([alias]) => canonicalDirective(alias))).toEqual(pairs.map(([, name]) => name));
  });

  test('every version must be one of those that rmsx knows', () => {
    for (const family of ['redis', 'valkey'] as const) {
      const used = [
        ...directiveGroups.flatMap((group) => [group[family]?.since, group[family]?.goneIn]),
        ...Object.values(renames).map((rename) => rename[family]),
      ].filter((version) => version !== undefined);
      const images = family === 'redis' ? redis : valkey;
      expect(used.filter((version) => !images.includes(`${family}:${version}`))).toEqual([]);
    }
  });
});

test('a directive of the modules in Redis 8 must be known there and nowhere else', () => {
  const servers = [null, '8.0', '7.4'].map((version) => (version ? versionOfImage(`redis:${version}`) : null));
  expect(servers.map((server) => nameFor('Search-Threads', server))).toEqual([
    'search-threads',
    'search-threads',
    undefined,
  ]);
  expect(nameFor('ts-num-threads', versionOfImage('valkey:8.1'))).toBeUndefined();
  expect(sinceText('bf-error-rate')).toBe('Redis 8.0, as a part of its modules');
});
