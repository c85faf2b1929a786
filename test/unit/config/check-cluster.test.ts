import { describe, expect, test } from 'vitest';
import { checkCluster } from '../../../src/config/check-cluster.ts';
import type { ClusterSpec, NodeSpec } from '../../../src/domain/cluster.ts';
import { cluster, node, shaped } from '../../helpers/values.ts';

/** Path and sentence of every problem. */
const problems = (spec: ClusterSpec): readonly string[] =>
  checkCluster(spec).map(({ path, message }) => `${path}: ${message}`);

const at = (host: string, port = 6380): Partial<NodeSpec> => ({ address: { host, port } });
const withReplica = (changes: Partial<NodeSpec>): ClusterSpec =>
  cluster(0, { nodes: [node('master', null), node('slave-1', 'master', changes)] });

test.each([0, 1, 30, 219])('a star of %i replicas must be sound', (replicas) => {
  expect(problems(cluster(replicas))).toEqual([]);
});

describe('an address', () => {
  test.each([
    ['172.19.0.10', '172.19.0.10 is the address of master already'],
    ['172.19.1.1', '172.19.1.1 is outside of 172.19.0.0/24'],
    ['172.18.255.255', '172.18.255.255 is outside of 172.19.0.0/24'],
    ['172.19.0.0', '172.19.0.0 is the address of the network 172.19.0.0/24 itself'],
    ['172.19.0.1', '172.19.0.1 is the gateway of 172.19.0.0/24'],
    ['172.19.0.255', '172.19.0.255 is the broadcast address of 172.19.0.0/24'],
    ['172.19.0.240', '172.19.0.240 is in 172.19.0.240/28, from which the engine hands out addresses by itself'],
    ['172.19.0.254', '172.19.0.254 is in 172.19.0.240/28, from which the engine hands out addresses by itself'],
    ['172.19.0.230', '172.19.0.230 is kept for a sentinel, as are all from 172.19.0.230 on'],
    ['172.19.0.239', '172.19.0.239 is kept for a sentinel, as are all from 172.19.0.230 on'],
    ['slave-1', '"slave-1" is not an IPv4 address'],
    ['', '"" is not an IPv4 address'],
    ['fd00::1', '"fd00::1" is not an IPv4 address'],
  ])('%s must be refused', (host, message) => {
    expect(problems(withReplica(at(host)))).toEqual([`nodes.slave-1.ip: ${message}`]);
  });

  test.each(['172.19.0.2', '172.19.0.9', '172.19.0.229'])('%s must be sound', (host) => {
    expect(problems(withReplica(at(host)))).toEqual([]);
  });

  test('in a subnet that cannot be read must be left alone: the subnet is the problem', () => {
    expect(problems(cluster(2, { subnet: 'x' }))).toEqual([]);
  });
});

test.each([
  [6379, '6379 is the port of master already'],
  [65_536, '65536 is above 65535'],
  [70_000, '70000 is above 65535'],
])('the port %i must be refused', (port, message) => {
  expect(problems(withReplica(at('172.19.0.11', port)))).toEqual([`nodes.slave-1.port: ${message}`]);
});

test.each<[Readonly<Record<string, string | null>>, readonly string[]]>([
  [{ master: null, 'slave-1': 'slave-9' }, ['nodes.slave-1.source: there is no node called slave-9']],
  [{ master: null, 'slave-1': 'slave-1' }, ['nodes.slave-1.source: slave-1 cannot follow itself']],
  [
    { master: null, 'slave-1': 'slave-2', 'slave-2': 'slave-1' },
    ['nodes.slave-1.source: a cycle: slave-1 -> slave-2 -> slave-1; none of them would ever get data'],
  ],
  [
    { master: null, 'slave-1': null },
    ['nodes.slave-1.source: slave-1 follows nobody, and master is the master already: name its source'],
  ],
])('the sources %j must be refused', (sources, expected) => {
  expect(problems(shaped('custom', sources))).toEqual(expected);
});

describe('versions', () => {
  const versions = (master: string, replica: string): readonly string[] =>
    problems(
      cluster(0, { nodes: [node('master', null, { image: master }), node('slave-1', 'master', { image: replica })] }),
    );

  test.each([
    ['redis:7.0', 'redis:6.0', 'Redis 6.0', 'Redis 7.0'],
    ['redis:8.0', 'redis:7.2', 'Redis 7.2', 'Redis 8.0'],
    ['redis:7.4', 'valkey/valkey:8.1', 'Valkey 8.1', 'Redis 7.4'],
    ['valkey/valkey:9.0', 'valkey/valkey:8.1', 'Valkey 8.1', 'Valkey 9.0'],
    ['valkey/valkey:9.0', 'redis:8.0', 'Redis 8.0', 'Valkey 9.0'],
    ['redis:7', 'redis:6', 'Redis 6', 'Redis 7'],
    ['redis:8', 'redis:7.2', 'Redis 7.2', 'Redis 8'],
  ])('a master of %s and a replica of %s must be refused', (master, replica, own, above) => {
    expect(versions(master, replica)).toEqual([
      `nodes.slave-1.image: slave-1 (${own}) cannot load what its source master (${above}) would send it`,
    ]);
  });

  test.each([
    ['redis:6.0', 'redis:7.0'],
    ['redis:7.2', 'valkey/valkey:8.1'],
    ['redis:7.2', 'redis:7.2-alpine'],
    ['redis:latest', 'redis:6.0'],
    ['redis:8.0', 'my/keydb:6.0'],
    ['redis:7.4', 'redis:7'],
    ['redis:7', 'redis:7.0'],
    ['redis:8', 'redis:7'],
    ['redis:7', 'valkey:8'],
  ])('a master of %s and a replica of %s must be sound', (master, replica) => {
    expect(versions(master, replica)).toEqual([]);
  });

  test('only the source of a node must count, not the master', () => {
    const nodes = [
      node('master', null, { image: 'redis:6.0' }),
      node('slave-1', 'master'),
      node('slave-2', 'slave-1', { image: 'redis:7.0' }),
    ];
    expect(problems(cluster(0, { nodes }))).toEqual([
      'nodes.slave-2.image: slave-2 (Redis 7.0) cannot load what its source slave-1 (Redis 8.0) would send it',
    ]);
  });
});

test('what hinges on another field must name it', () => {
  const found = [
    ...checkCluster(withReplica(at('10.1.0.50'))),
    ...checkCluster(withReplica({ image: 'redis:6.0' })),
    ...checkCluster(withReplica(at('172.19.0.10', 6379))),
  ];
  expect(found.map(({ path, dependsOn }) => [path, dependsOn])).toEqual([
    ['nodes.slave-1.ip', 'subnet'],
    ['nodes.slave-1.image', 'image'],
    ['nodes.slave-1.ip', undefined],
    ['nodes.slave-1.port', undefined],
  ]);
});

test('everything at once, each thing once and at its place', () => {
  const nodes = [
    node('master', null, { address: { host: '172.19.0.1', port: 6379 } }),
    node('slave-1', 'slave-9', { address: { host: '172.19.0.11', port: 70_000 } }),
    node('slave-2', 'master', { address: { host: '172.19.0.11', port: 6379 }, image: 'redis:6.0' }),
    node('slave-3', null, { directives: { port: ['1'] } }),
  ];
  const directives = { 'repl-timeout': ['1'], nonsense: ['1'] };
  expect(problems(cluster(0, { nodes, directives }))).toEqual([
    'nodes.slave-1.source: there is no node called slave-9',
    'nodes.slave-3.source: slave-3 follows nobody, and master is the master already: name its source',
    'nodes.master.ip: 172.19.0.1 is the gateway of 172.19.0.0/24',
    'nodes.slave-2.ip: 172.19.0.11 is the address of slave-1 already',
    'nodes.slave-1.port: 70000 is above 65535',
    'nodes.slave-2.port: 6379 is the port of master already',
    'nodes.slave-2.image: slave-2 (Redis 6.0) cannot load what its source master (Redis 8.0) would send it',
    'redis.nonsense: no supported server knows this directive',
    'nodes.slave-3.redis.port: rmsx writes this directive itself: use ports.base, or port of the node',
    'redis.repl-timeout: 1 s are over before the next sign of life, which comes every 1 s: links would break again and again',
  ]);
});
