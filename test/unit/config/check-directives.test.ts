import { describe, expect, test } from 'vitest';
import { checkDirectives } from '../../../src/config/check-directives.ts';
import type { ClusterSpec, Directives } from '../../../src/domain/cluster.ts';
import { cluster, node, shaped } from '../../helpers/values.ts';

const problems = (spec: ClusterSpec): readonly string[] =>
  checkDirectives(spec).map(({ path, message }) => `${path}: ${message}`);

const given = (directives: Directives, changes: Partial<ClusterSpec> = {}): readonly string[] =>
  problems(cluster(2, { directives, ...changes }));

describe('a directive that rmsx writes itself', () => {
  const noTls = 'rmsx does not speak TLS to the nodes';
  const inLog = 'logs go to standard output, where docker logs finds them';
  test.each([
    ['port', 'use ports.base, or port of the node'],
    ['tls-port', noTls],
    ['tls-replication', noTls],
    ['tls-cluster', noTls],
    ['tls-key-file-pass', noTls],
    ['tls-client-key-file-pass', noTls],
    ['bind', 'the container listens on all of its addresses; use ports.bind for the host'],
    ['bind-source-addr', 'a node connects from its own address; from another one no replica would reach its source'],
    ['protected-mode', 'it stays on, for the case that the password gets lost'],
    ['requirepass', 'use passwordFile'],
    ['masterauth', 'use passwordFile; it is the same on every node, as roles change'],
    ['primaryauth', 'use passwordFile; it is the same on every node, as roles change'],
    ['masteruser', 'replicas log in as the default user'],
    ['primaryuser', 'replicas log in as the default user'],
    ['user', 'rmsx logs in as the default user, and files of a cluster hold no other secrets'],
    ['aclfile', 'rmsx logs in as the default user'],
    ['replicaof', 'use source of the node'],
    ['slaveof', 'use source of the node'],
    ['SlaveOf', 'use source of the node'],
    ['replica-read-only', 'a replica that took writes would differ from its source for ever'],
    ['slave-read-only', 'a replica that took writes would differ from its source for ever'],
    ['replica-announce-ip', 'the address of the node is announced'],
    ['slave-announce-port', 'the port of the node is announced'],
    ['replica-announced', 'a node that is not announced cannot be checked'],
    ['include', 'rmsx includes role.conf, and nothing that it has not checked'],
    ['dir', 'data is in /data, where the volume is'],
    ['daemonize', 'a server in the background ends its container'],
    ['supervised', 'the engine supervises the servers'],
    ['logfile', inLog],
    ['syslog-enabled', inLog],
    ['rename-command', 'use disabledCommands'],
    ['appendonly', 'use persistence: aof, rdb or none'],
    ['cluster-enabled', 'these are masters and replicas, not a Redis Cluster'],
  ])('%s must be refused with what to use instead', (name, why) => {
    const message = `rmsx writes this directive itself: ${why}`;
    expect(given({ [name]: ['x'] })).toEqual([`redis.${name}: ${message}`]);
    const nodes = [node('master', null, { directives: { [name]: ['x'] } })];
    expect(problems(cluster(0, { nodes }))).toEqual([`nodes.master.redis.${name}: ${message}`]);
  });
});

describe('a directive that would take replicas apart from their source', () => {
  const ofNode = (name: string, directives: Directives): readonly string[] =>
    problems(
      cluster(0, {
        nodes: [
          node('master', null, name === 'master' ? { directives } : {}),
          node('slave-1', 'master', name === 'slave-1' ? { directives } : {}),
        ],
      }),
    );

  test.each(['master', 'slave-1'])('databases of %s alone must be refused, and be sound of all nodes', (name) => {
    expect(ofNode(name, { databases: ['4'] })).toEqual([
      `nodes.${name}.redis.databases: it must be the same on all nodes, set it for the cluster: a replica writes into its database 0 what is for one that it does not have`,
    ]);
    expect(given({ databases: ['4'] })).toEqual([]);
  });

  test.each(['replica-ignore-maxmemory', 'slave-ignore-maxmemory'])('%s no must be refused, yes be sound', (name) => {
    const message = 'it must stay yes: a replica that evicted keys by itself would differ from its source for ever';
    expect([given({ [name]: ['No'] }), ofNode('slave-1', { [name]: ['no'] })]).toEqual([
      [`redis.${name}: ${message}`],
      [`nodes.slave-1.redis.${name}: ${message}`],
    ]);
    expect([given({ [name]: ['yes'] }), ofNode('slave-1', { [name]: ['yes'] })]).toEqual([[], []]);
  });
});

describe('a directive that no server knows', () => {
  test.each([
    ['maxclient', 'no supported server knows this directive; did you mean maxclients?'],
    ['repl-backlog-sise', 'no supported server knows this directive; did you mean repl-backlog-size?'],
    ['max-memory', 'no supported server knows this directive; did you mean maxmemory?'],
    ['frobnicate-everything', 'no supported server knows this directive'],
    ['sentinel', 'no supported server knows this directive'],
    ['constructor', 'no supported server knows this directive'],
    ['__proto__', 'no supported server knows this directive'],
  ])('%s must be refused, with the nearest where there is one', (name, message) => {
    const directives = JSON.parse(`{${JSON.stringify(name)}: ["1"]}`) as Directives;
    expect(given(directives)).toEqual([`redis.${name}: ${message}`]);
  });
});

describe('a directive that this server does not know', () => {
  test.each([
    ['repl-diskless-sync-max-replicas', 'redis:6.0', 'Redis 6.0', 'Redis 7.0 and Valkey 7.2'],
    ['dual-channel-replication-enabled', 'redis:8.0', 'Redis 8.0', 'Valkey 8.0 only'],
    ['repl-rdb-channel', 'valkey/valkey:8.1', 'Valkey 8.1', 'Redis 8.0 only'],
    ['gopher-enabled', 'redis:7.0', 'Redis 7.0', 'Redis 6.0 (gone in 7.0) only'],
    ['gopher-enabled', 'redis:7', 'Redis 7', 'Redis 6.0 (gone in 7.0) only'],
    ['repl-rdb-channel', 'redis:7-alpine', 'Redis 7', 'Redis 8.0 only'],
  ])('%s on %s must be refused', (name, image, version, since) => {
    expect(given({ [name]: ['1'] }, { image })).toEqual([
      `redis.${name}: ${version} does not know this directive; known since: ${since}`,
    ]);
  });

  test.each([
    ['repl-diskless-sync-max-replicas', 'redis:7.0'],
    ['hash-max-listpack-entries', 'redis:6.0'],
    ['hash-max-ziplist-entries', 'redis:8.0'],
    ['dual-channel-replication-enabled', 'valkey/valkey:8.1'],
    ['dual-channel-replication-enabled', 'my-own-build'],
    ['gopher-enabled', 'redis:6'],
    ['lazyfree-lazy-user-flush', 'redis:6'],
    ['set-max-listpack-entries', 'redis:7'],
    ['max-new-connections-per-cycle', 'redis:7-alpine'],
    ['lookahead', 'redis:8'],
    ['log-format', 'valkey/valkey:8'],
  ])('%s on %s must be sound', (name, image) => {
    expect(given({ [name]: [name.startsWith('lazy') ? 'yes' : '1'] }, { image })).toEqual([]);
  });

  const mixed = (changes: Partial<ClusterSpec>, own: Directives = {}): readonly string[] =>
    problems(
      cluster(0, {
        nodes: [
          node('master', null, { image: 'redis:6.0', directives: own }),
          node('slave-1', 'master', { image: 'redis:7.0', directives: own }),
          node('slave-2', 'master', { image: 'redis:7.0' }),
        ],
        image: 'redis:7.0',
        ...changes,
      }),
    );
  const name = 'repl-diskless-sync-max-replicas';
  const message = 'Redis 6.0 does not know this directive; known since: Redis 7.0 and Valkey 7.2';

  test('on one node of many must be refused for all of them', () => {
    expect(mixed({ directives: { [name]: ['1'] } })).toEqual([`redis.${name}: ${message}`]);
  });

  test('must be refused on that node alone where it is a directive of nodes', () => {
    expect(mixed({}, { [name]: ['1'] })).toEqual([`nodes.master.redis.${name}: ${message}`]);
  });

  test('must be refused for the image of the cluster too, though no node runs it: the next node would', () => {
    const nodes = [node('master', null, { image: 'redis:7.0' })];
    expect(problems(cluster(0, { image: 'redis:6.0', directives: { [name]: ['1'] }, nodes }))).toEqual([
      `redis.${name}: ${message}`,
    ]);
  });
});

describe('snapshots', () => {
  test.each(['aof', 'none'] as const)('must be refused with persistence %s', (persistence) => {
    expect(given({ save: ['60 1'] }, { persistence })).toEqual([
      `redis.save: snapshots are for persistence: rdb; this cluster has persistence: ${persistence}`,
    ]);
  });

  test('must be sound with persistence rdb', () => {
    expect(given({ save: ['60 1', '3600 1'] }, { persistence: 'rdb' })).toEqual([]);
  });
});

describe('what cannot work together', () => {
  const late = (timeout: number, ping: number): string =>
    `redis.repl-timeout: ${timeout} s are over before the next sign of life, which comes every ${ping} s: links would break again and again`;
  const few = (wants: number, are: number): string =>
    `redis.min-replicas-to-write: the master would never take a write: it wants ${wants} replicas, and there are ${are}`;

  test.each<[Directives, readonly string[]]>([
    [{ 'repl-timeout': ['1'] }, [late(1, 1)]],
    [{ 'repl-timeout': ['2'] }, []],
    [{ 'repl-timeout': ['30'], 'repl-ping-replica-period': ['30'] }, [late(30, 30)]],
    [{ 'repl-ping-replica-period': ['60'] }, [late(60, 60)]],
    [{ 'repl-ping-replica-period': ['59'] }, []],
    [{ 'min-replicas-to-write': ['3'] }, [few(3, 2)]],
    [{ 'min-replicas-to-write': ['2'] }, []],
    [
      { 'min-replicas-to-write': ['x'], 'repl-timeout': ['x'] },
      [
        'redis.min-replicas-to-write: x is not a number, 0 or more',
        'redis.repl-timeout: x is not a number of seconds, 1 or more',
      ],
    ],
  ])('%j', (directives, expected) => {
    expect(given(directives)).toEqual(expected);
  });

  test.each<[Directives, string]>([
    [{ 'repl-timeout': ['1'] }, `nodes.master.${late(1, 1)}`],
    [{ 'repl-ping-replica-period': ['60'] }, `nodes.master.${late(60, 60)}`],
    [{ 'min-replicas-to-write': ['3'] }, `nodes.master.${few(3, 1)}`],
  ])('must be told of one node too: %j', (directives, expected) => {
    const nodes = [node('master', null, { directives }), node('slave-1', 'master')];
    expect(problems(cluster(0, { nodes }))).toEqual([expected]);
  });

  test.each<[string, Directives, Directives, readonly string[]]>([
    [
      'a node against the cluster',
      { 'repl-ping-replica-period': ['50'] },
      { 'repl-timeout': ['40'] },
      [`nodes.slave-1.${late(40, 50)}`],
    ],
    ['a node that makes up for the cluster', { 'repl-timeout': ['1'] }, { 'repl-timeout': ['60'] }, [late(1, 1)]],
    ['a node that says something else', { 'repl-timeout': ['1'] }, { hz: ['20'] }, [late(1, 1)]],
    [
      'a node that says it once more',
      { 'repl-timeout': ['5'], 'repl-ping-replica-period': ['10'] },
      { 'repl-timeout': ['6'] },
      [late(5, 10), `nodes.slave-1.${late(6, 10)}`],
    ],
    ['both, sound together', { 'repl-timeout': ['30'] }, { 'repl-ping-replica-period': ['29'] }, []],
    [
      'replicas, of a node and of the cluster',
      { 'min-replicas-to-write': ['2'] },
      { 'min-replicas-to-write': ['1'] },
      [few(2, 1)],
    ],
  ])('must be told once, where it stands: %s', (_, directives, own, expected) => {
    const nodes = [node('master', null), node('slave-1', 'master', { directives: own })];
    expect(problems(cluster(0, { nodes, directives }))).toEqual(expected);
  });
});

describe('replicas that a master wants', () => {
  const chain = { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' };
  const tree = { master: null, 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'slave-1', 'slave-4': 'slave-1' };
  const told = (sources: Readonly<Record<string, string | null>>, wanted: string): readonly string[] =>
    problems(shaped('custom', sources, { directives: { 'min-replicas-to-write': [wanted] } }));
  const few = (wants: string, are: string): string =>
    `redis.min-replicas-to-write: the master would never take a write: it wants ${wants} replicas, and ${are} would follow it`;

  test('must follow the master itself: the replicas of replicas do not count', () => {
    expect([told(chain, '1'), told(chain, '2')]).toEqual([[], [few('2', '1 of 2')]]);
    expect([told(tree, '2'), told(tree, '3')]).toEqual([[], [few('3', '2 of 4')]]);
    expect(told({ master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }, '2')).toEqual([]);
  });

  test('must follow a node that asks for them, were it the master', () => {
    const own = (name: string, wanted: string): readonly string[] => {
      const spec = shaped('chain', chain);
      const directives = { 'min-replicas-to-write': [wanted] };
      return problems({
        ...spec,
        nodes: spec.nodes.map((each) => (each.name === name ? { ...each, directives } : each)),
      });
    };
    expect([own('slave-1', '2'), own('slave-2', '2')]).toEqual([[], []]);
    expect([own('master', '2'), own('slave-1', '3')]).toEqual([
      [`nodes.master.${few('2', '1 of 2')}`],
      [
        'nodes.slave-1.redis.min-replicas-to-write: the master would never take a write: it wants 3 replicas, and there are 2',
      ],
    ]);
  });

  test('must name what it hinges on: who follows whom where there are enough of them', () => {
    const spec = shaped('chain', chain, { directives: { 'min-replicas-to-write': ['2'] } });
    expect(checkDirectives(spec).map(({ dependsOn }) => dependsOn)).toEqual(['nodes']);
  });
});

describe('the value of a named setting', () => {
  const size = 'a size, such as 16mb';
  const limits = 'client-output-buffer-limit';
  const limit = 'a class (normal, replica, pubsub), two sizes and seconds, such as replica 256mb 64mb 60';
  test.each<[string, readonly string[], string]>([
    ['repl-backlog-size', ['0'], `0 is not ${size}`],
    ['repl-backlog-size', ['lots'], `lots is not ${size}`],
    ['maxmemory', ['-1'], `-1 is not ${size}`],
    ['maxmemory-policy', ['lru'], 'lru is not one of '],
    ['repl-ping-replica-period', ['0'], '0 is not a number of seconds, 1 or more'],
    ['repl-ping-replica-period', ['1.5'], '1.5 is not a number of seconds, 1 or more'],
    ['repl-timeout', ['60', '90'], 'it may stand there once'],
    ['repl-ping-replica-period', ['-1'], '-1 is not a number of seconds, 1 or more'],
    ['min-replicas-to-write', ['-1'], '-1 is not a number, 0 or more'],
    ['replica-priority', ['high'], 'high is not a number, 0 or more'],
    ['repl-diskless-sync', ['true'], 'true is not yes or no'],
    ['repl-backlog-size', ['99999999999999999999'], `99999999999999999999 is not ${size}`],
    [limits, ['slave foo bar 0'], `slave foo bar 0 is not ${limit}`],
    [limits, ['master 0 0 0'], `master 0 0 0 is not ${limit}`],
    [limits, ['pubsub 0 0 0', 'replica 1mb 2xb 3'], `replica 1mb 2xb 3 is not ${limit}`],
    [limits, ['replica 1mb 1mb'], `replica 1mb 1mb is not ${limit}`],
    [limits, ['replica 1mb 1mb 60s'], `replica 1mb 1mb 60s is not ${limit}`],
    [limits, ['replica 1mb 1mb -1'], `replica 1mb 1mb -1 is not ${limit}`],
    [limits, ['normal 0 0 0 replica 1mb'], `normal 0 0 0 replica 1mb is not ${limit}`],
    [limits, ['normal 9223372036854775808 0 0'], `normal 9223372036854775808 0 0 is not ${limit}`],
    [limits, ['slave 1mb 1mb 1', 'replica 2mb 2mb 2'], 'the class replica may stand there once'],
    [limits, ['normal 0 0 0 normal 1 1 1'], 'the class normal may stand there once'],
  ])('%s %j must be refused, of the cluster and of a node', (name, lines, message) => {
    const nodes = [node('master', null, { directives: { [name]: lines } })];
    const told = [...given({ [name]: lines }), ...problems(cluster(0, { nodes }))];
    expect(told).toEqual([
      expect.stringContaining(`redis.${name}: ${message}`),
      expect.stringContaining(`nodes.master.redis.${name}: ${message}`),
    ]);
  });

  test.each<[string, string]>([
    ['repl-backlog-size', '1'],
    ['repl-backlog-size', '16mb'],
    ['maxmemory', '0'],
    ['maxmemory-policy', 'allkeys-lru'],
    ['repl-timeout', '11'],
    ['min-replicas-to-write', '0'],
    ['replica-priority', '0'],
    ['repl-diskless-sync', 'no'],
    [limits, 'Slave 1GB 512mb 60'],
    [limits, 'normal 0 0 0 pubsub 32mb 8mb 60'],
  ])('%s %s must be sound', (name, value) => {
    expect(given({ [name]: [value] })).toEqual([]);
  });
});

test('what hinges on another field must name it', () => {
  const directives = {
    save: ['60 1'],
    'min-replicas-to-write': ['3'],
    'repl-rdb-channel': ['yes'],
    'repl-timeout': ['1'],
  };
  const found = checkDirectives(cluster(2, { directives, image: 'redis:7.2' }));
  expect(found.map(({ path, dependsOn }) => [path, dependsOn])).toEqual([
    ['redis.save', 'persistence'],
    ['redis.repl-rdb-channel', 'image'],
    ['redis.repl-timeout', 'directives'],
    ['redis.min-replicas-to-write', 'replicas'],
  ]);
});
