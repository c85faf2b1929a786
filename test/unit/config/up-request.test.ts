import { describe, expect, test } from 'vitest';
import { checkUpRequest, type UpRequest } from '../../../src/config/up-request.ts';

const check = (changes: Partial<UpRequest>): readonly string[] => checkUpRequest({ name: 'demo', ...changes });

test('a request that leaves everything open must be sound', () => {
  expect(check({})).toEqual([]);
});

describe('what is wrong must be told with its flag', () => {
  const noName = (name: string): string =>
    `--name: "${name}" is not the name of a cluster: up to 100 of a-z, 0-9, _ and -, beginning with a letter or a digit`;
  const noImage = (image: string): string => `--image: "${image}" is not the name of an image, such as redis:8.0`;

  test.each<[Partial<UpRequest>, string]>([
    [{ name: 'Demo' }, noName('Demo')],
    [{ name: '-a' }, noName('-a')],
    [{ name: 'x'.repeat(101) }, noName('x'.repeat(101))],
    [{ replicas: -1 }, '--replicas: -1 is not a number of replicas: 0 or more'],
    [{ replicas: 1.5 }, '--replicas: 1.5 is not a number of replicas: 0 or more'],
    [{ replicas: Number.NaN }, '--replicas: NaN is not a number of replicas: 0 or more'],
    [{ replicas: 220 }, '--replicas: 220 do not fit into 172.19.0.0/24, which has room for 219'],
    [{ replicas: 30, subnet: '10.0.0.0/26' }, '--replicas: 30 do not fit into 10.0.0.0/26, which has room for 27'],
    [{ subnet: '172.19.0.1/24' }, '--subnet: "172.19.0.1/24" has host bits set: write 172.19.0.0/24'],
    [{ basePort: 0 }, '--base-port: 0 is not a port: 1 to 65535'],
    [{ basePort: 65_536 }, '--base-port: 65536 is not a port: 1 to 65535'],
    [{ basePort: 65_535, replicas: 2 }, '--base-port: 3 nodes from port 65535 on end above 65535'],
    [{ bind: 'localhost' }, '--bind: "localhost" is not an IPv4 address'],
    [{ bind: '::1' }, '--bind: "::1" is not an IPv4 address'],
    [{ bind: '127.0.0.256' }, '--bind: "127.0.0.256" is not an IPv4 address'],
    [{ image: 'Redis' }, noImage('Redis')],
    [{ image: 'redis:' }, noImage('redis:')],
    [{ image: 'redis 8' }, noImage('redis 8')],
    [{ image: '-redis' }, noImage('-redis')],
    [{ image: 'redis@sha256:abc' }, noImage('redis@sha256:abc')],
    [{ timezone: 'a b' }, '--tz: "a b" is not a time zone, such as Europe/Berlin'],
    [{ timezone: 'UTC\nX' }, '--tz: "UTC\nX" is not a time zone, such as Europe/Berlin'],
    [{ allowCommands: ['CONFIG'] }, '--allow-command: CONFIG is not disabled; only KEYS, FLUSHALL, FLUSHDB are'],
    [{ disabledCommands: ['CONFIG'] }, 'disabledCommands[0]: CONFIG is needed by rmsx itself'],
    [{ disabledCommands: ['keys', 'KEYS'] }, 'disabledCommands[1]: KEYS is there twice'],
    [{ password: '' }, '--password-file: the password is empty, which would switch authentication off'],
    [{ fanout: 0 }, '--fanout: 0 is not a number of followers: 1 to 1000'],
    [{ fanout: -1 }, '--fanout: -1 is not a number of followers: 1 to 1000'],
    [{ fanout: 1001, topology: 'tree' }, '--fanout: 1001 is not a number of followers: 1 to 1000'],
    [{ fanout: 1.5 }, '--fanout: 1.5 is not a number of followers: 1 to 1000'],
    [{ fanout: Number.NaN, topology: 'tree' }, '--fanout: NaN is not a number of followers: 1 to 1000'],
    [
      { directives: { port: ['1'] } },
      '--set port: rmsx writes this directive itself: use ports.base, or port of the node',
    ],
    [{ directives: { slaveof: ['a 1'] } }, '--set slaveof: rmsx writes this directive itself: use source of the node'],
    [
      { directives: { maxclient: ['1'] } },
      '--set maxclient: no supported server knows this directive; did you mean maxclients?',
    ],
    [
      { directives: { 'repl-diskless-sync-max-replicas': ['1'] }, image: 'redis:6.0' },
      '--set repl-diskless-sync-max-replicas: Redis 6.0 does not know this directive; known since: Redis 7.0 and Valkey 7.2',
    ],
    [
      { complete: true, directives: { save: ['60 1'] } },
      '--set save: snapshots are for persistence: rdb; this cluster has persistence: aof',
    ],
    [
      { directives: { 'min-replicas-to-write': ['1'] }, replicas: 0 },
      '--set min-replicas-to-write: the master would never take a write: it wants 1 replica, and there are 0',
    ],
    [
      { nodes: { 'slave-1': { image: 'redis 8' } } },
      'nodes.slave-1.image: "redis 8" is not the name of an image, such as redis:8.0',
    ],
    [
      { complete: true, nodes: { 'slave-1': { image: 'redis:6.0' } } },
      'nodes.slave-1.image: slave-1 (Redis 6.0) cannot load what its source master (Redis 8.0) would send it',
    ],
    [{ nodes: { 'slave-1': { port: 0 } } }, 'nodes.slave-1.port: 0 is not a port: 1 to 65535'],
    [{ nodes: { 'slave-1': { port: 65_536 } } }, 'nodes.slave-1.port: 65536 is not a port: 1 to 65535'],
    [{ nodes: { 'slave-1': { port: 6379 } } }, 'nodes.slave-1.port: 6379 is the port of master already'],
    [
      { complete: true, nodes: { 'slave-1': { ip: '172.19.0.1' } } },
      'nodes.slave-1.ip: 172.19.0.1 is the gateway of 172.19.0.0/24',
    ],
    [
      { nodes: { 'slave-1': { ip: '172.19.0.12' } } },
      'nodes.slave-2.ip: 172.19.0.12 is the address of slave-1 already',
    ],
    [{ nodes: { 'slave-1': { source: 'slave-9' } } }, 'nodes.slave-1.source: there is no node called slave-9'],
    [
      { nodes: { 'slave-1': { source: 'slave-2' }, 'slave-2': { source: 'slave-1' } } },
      'nodes.slave-1.source: a cycle: slave-1 -> slave-2 -> slave-1; none of them would ever get data',
    ],
    [
      { nodes: { 'slave-1': { source: null } } },
      'nodes.slave-1.source: slave-1 follows nobody, and master is the master already: name its source',
    ],
    [
      { topology: 'custom', nodes: { 'slave-1': {} } },
      'nodes.slave-1.source: slave-1 follows nobody, and master is the master already: name its source',
    ],
    [
      { replicas: 1, nodes: { 'slave-2': {} } },
      'nodes.slave-2: there is no such node: with 1 replica they are master, slave-1',
    ],
    [{ nodes: { web: {} } }, 'nodes.web: there is no such node: with 2 replicas they are master, slave-1, slave-2'],
    [
      { nodes: { 'slave-01': {} } },
      'nodes.slave-01: there is no such node: with 2 replicas they are master, slave-1, slave-2',
    ],
    [
      { nodes: { 'slave-1': { directives: { dir: ['/'] } } } },
      'nodes.slave-1.redis.dir: rmsx writes this directive itself: data is in /data, where the volume is',
    ],
  ])('%j', (changes, problem) => {
    expect(check(changes)).toEqual([problem]);
  });

  test('all of it at once, each thing once', () => {
    const request: Partial<UpRequest> = {
      name: 'A',
      replicas: -1,
      fanout: 0,
      subnet: 'x',
      basePort: 70_000,
      image: 'B',
      bind: 'c',
      timezone: 'd e',
      disabledCommands: ['KEYS', 'GET'],
      allowCommands: ['FLUSHALL'],
      directives: { bind: ['1'] },
      nodes: { 'slave-1': { port: 0, image: 'C', ip: '1.2.3.4', source: 'slave-1' } },
      password: '',
    };
    expect(check(request)).toEqual([
      noName('A'),
      '--subnet: "x" is not an IPv4 subnet such as 172.19.0.0/24',
      '--replicas: -1 is not a number of replicas: 0 or more',
      '--base-port: 70000 is not a port: 1 to 65535',
      '--fanout: 0 is not a number of followers: 1 to 1000',
      noImage('B'),
      noImage('C').replace('--image', 'nodes.slave-1.image'),
      'nodes.slave-1.port: 0 is not a port: 1 to 65535',
      '--tz: "d e" is not a time zone, such as Europe/Berlin',
      '--bind: "c" is not an IPv4 address',
      'disabledCommands[1]: GET is needed by rmsx itself',
      '--allow-command: FLUSHALL is not disabled; only KEYS, GET are',
      '--password-file: the password is empty, which would switch authentication off',
      'nodes.slave-1.source: slave-1 cannot follow itself',
      '--set bind: rmsx writes this directive itself: the container listens on all of its addresses; use ports.bind for the host',
    ]);
  });

  test.each<[string, Partial<UpRequest>]>([
    ['a subnet', { subnet: 'x' }],
    ['a subnet, with addresses of nodes', { subnet: 'x', nodes: { 'slave-1': { ip: '172.19.0.50' } } }],
    ['a subnet, with addresses of its own', { subnet: '10.1.0.5/16', nodes: { 'slave-1': { ip: '10.1.0.50' } } }],
    ['a number of replicas', { replicas: -1, nodes: { 'slave-1': {} } }],
    ['a number of replicas, with nodes above the default', { replicas: 1.5, nodes: { 'slave-9': {} } }],
    ['too many replicas', { replicas: 1000 }],
    ['too many replicas for the ports', { replicas: 200, basePort: 65_500 }],
    ['a fanout', { topology: 'tree', fanout: 0, replicas: 5 }],
    ['an image', { image: 'Redis:6.0', directives: { 'repl-diskless-sync-max-replicas': ['1'] } }],
    ['a port', { nodes: { 'slave-1': { port: 65_536 } } }],
    ['a first port', { basePort: 65_535 }],
  ])('a mistake must be told once: %s', (_, request) => {
    expect(check(request)).toHaveLength(1);
  });

  test.each<[Partial<UpRequest>, string]>([
    [{ topology: 'star', fanout: 3 }, '--fanout: it is for a tree, and the topology is star'],
    [{ topology: 'chain', fanout: 2, complete: true }, '--fanout: it is for a tree, and the topology is chain'],
    [{ directives: { maxclients: ['1', '2'] } }, '--set maxclients: it may stand there once'],
    [{ directives: { 'hash-max-ziplist-value': ['1', '2'] } }, '--set hash-max-ziplist-value: it may stand there once'],
    [{ nodes: { 'slave-1': { directives: { hz: ['1', '2'] } } } }, 'nodes.slave-1.redis.hz: it may stand there once'],
  ])('%j is refused', (changes, problem) => {
    expect(check(changes)).toEqual([problem]);
  });

  test.each<Partial<UpRequest>>([
    { fanout: 3 },
    { topology: 'tree', fanout: 3 },
    { persistence: 'rdb', directives: { save: ['60 1', '300 10'] } },
    { directives: { loadmodule: ['/a.so', '/b.so'] } },
    { directives: { 'client-output-buffer-limit': ['normal 0 0 0', 'pubsub 1 1 1'] } },
  ])('%j is sound', (changes) => {
    expect(check(changes)).toEqual([]);
  });

  test.each<[string, Partial<UpRequest>, string]>([
    ['redis:5.0', {}, 'Redis 5.0 is not supported: 6.0 or later'],
    ['redis:3.2-alpine', {}, 'Redis 3.2 is not supported: 6.0 or later'],
    ['bitnami/redis:4.0', {}, 'Redis 4.0 is not supported: 6.0 or later'],
    ['redis:5', {}, 'Redis 5 is not supported: 6.0 or later'],
    ['valkey/valkey:7.0', {}, 'Valkey 7.0 is not supported: 7.2 or later'],
    [
      'redis:5.0',
      { directives: { hz: ['20'], 'repl-rdb-channel': ['yes'] } },
      'Redis 5.0 is not supported: 6.0 or later',
    ],
    [
      'valkey/valkey:7.0',
      { directives: { 'dual-channel-replication-enabled': ['yes'] } },
      'Valkey 7.0 is not supported: 7.2 or later',
    ],
    ['redis:3.2', { disabledCommands: ['LATENCY', 'RESET', 'ACL'] }, 'Redis 3.2 is not supported: 6.0 or later'],
    ['redis:5.0', { nodes: { 'slave-1': { image: 'redis:8.0' } } }, 'Redis 5.0 is not supported: 6.0 or later'],
  ])('a server that is too old must be told once: %s, with %j', (image, changes, message) => {
    expect(check({ image, ...changes })).toEqual([`--image: ${message}`]);
    expect(check({ image, ...changes, complete: true })).toEqual([`--image: ${message}`]);
  });

  test('a node that is too old must be told once, at the node', () => {
    expect(
      check({
        nodes: { 'slave-1': { image: 'redis:5.0', directives: { 'dual-channel-replication-enabled': ['yes'] } } },
      }),
    ).toEqual(['nodes.slave-1.image: Redis 5.0 is not supported: 6.0 or later']);
  });

  test('the place must be the one that the caller knows', () => {
    const locate = (path: string): string => `rmsx.yaml:7: ${path}`;
    expect(checkUpRequest({ name: 'demo', replicas: -1, directives: { dir: ['/'] }, password: '', locate })).toEqual([
      'rmsx.yaml:7: replicas: -1 is not a number of replicas: 0 or more',
      'rmsx.yaml:7: passwordFile: the password is empty, which would switch authentication off',
      'rmsx.yaml:7: redis.dir: rmsx writes this directive itself: data is in /data, where the volume is',
    ]);
  });
});

describe('what hinges on a field that is left open', () => {
  const mixed = 'slave-1 (Redis 6.0) cannot load what its source master (Redis 8.0) would send it';
  const cases: readonly (readonly [string, Partial<UpRequest>, Partial<UpRequest>, string])[] = [
    [
      'persistence',
      { directives: { save: ['60 1'] } },
      { persistence: 'aof' },
      '--set save: snapshots are for persistence: rdb; this cluster has persistence: aof',
    ],
    [
      'replicas',
      { directives: { 'min-replicas-to-write': ['3'] } },
      { replicas: 2 },
      '--set min-replicas-to-write: the master would never take a write: it wants 3 replicas, and there are 2',
    ],
    [
      'image, of a node',
      { nodes: { 'slave-1': { image: 'redis:6.0' } } },
      { image: 'redis:8.0' },
      `nodes.slave-1.image: ${mixed}`,
    ],
    [
      'image, of a directive',
      { directives: { 'dual-channel-replication-enabled': ['yes'] } },
      { image: 'redis:8.0' },
      '--set dual-channel-replication-enabled: Redis 8.0 does not know this directive; known since: Valkey 8.0 only',
    ],
    [
      'subnet',
      { nodes: { 'slave-1': { ip: '10.1.0.50' } } },
      { subnet: '172.19.0.0/24' },
      'nodes.slave-1.ip: 10.1.0.50 is outside of 172.19.0.0/24',
    ],
  ];

  test.each(cases)('must be left for the look at the cluster: %s', (_, request) => {
    expect(check(request)).toEqual([]);
    expect(check({ ...request, complete: false })).toEqual([]);
  });

  test.each(cases)('must be told where the field is given: %s', (_, request, field, problem) => {
    expect(check({ ...request, ...field })).toEqual([problem]);
  });

  test.each(cases)('must be told where the request is all there is: %s', (_, request, __, problem) => {
    expect(check({ ...request, complete: true })).toEqual([problem]);
  });

  test('must be told together with what is wrong in any case', () => {
    expect(check({ directives: { save: ['60 1'], dir: ['/'] } })).toEqual([
      '--set save: snapshots are for persistence: rdb; this cluster has persistence: aof',
      '--set dir: rmsx writes this directive itself: data is in /data, where the volume is',
    ]);
  });

  test('must be told with what hinges on a field that is given', () => {
    const directives = { save: ['60 1'], 'min-replicas-to-write': ['3'] };
    expect(check({ directives })).toEqual([]);
    expect(check({ directives, replicas: 1 })).toHaveLength(2);
    expect(check({ directives, replicas: 3 })).toEqual([]);
  });
});

test.each<Partial<UpRequest>>([
  { replicas: 0 },
  { replicas: 219 },
  { subnet: 'auto', basePort: 'auto' },
  { basePort: 65_535, replicas: 0 },
  { image: 'valkey/valkey:8.1' },
  { image: 'localhost:5000/team/redis:7.0-alpine' },
  { image: `ghcr.io/a/b__c@sha256:${'a'.repeat(64)}` },
  { image: 'redis' },
  { timezone: 'Europe/Berlin' },
  { timezone: 'CET-1CEST,M3.5.0,M10.5.0/3' },
  { allowCommands: ['keys', 'FlushAll'] },
  { bind: '0.0.0.0' },
  { topology: 'tree', fanout: 1000, replicas: 30 },
  { topology: 'chain', replicas: 30 },
  { topology: 'custom', nodes: { master: { source: 'slave-1' }, 'slave-1': {} } },
  { topology: 'custom' },
  { persistence: 'rdb', directives: { save: ['60 1'] } },
  { disabledCommands: [], allowCommands: [] },
  { disabledCommands: ['MONITOR'], allowCommands: ['monitor'] },
  { image: 'redis:6.0', nodes: { 'slave-1': { image: 'redis:8.0' } } },
  { subnet: '10.1.0.0/16', nodes: { 'slave-1': { ip: '10.1.200.1', port: 16_379 } } },
  { nodes: { 'slave-3': {} } },
])('%j must be sound', (changes) => {
  expect(check(changes)).toEqual([]);
});

test('a hostile image name must be checked in no time', () => {
  const started = performance.now();
  check({ image: `${'a-'.repeat(20_000)}!` });
  check({ image: `${'a'.repeat(40_000)}!` });
  expect(performance.now() - started).toBeLessThan(1000);
});
