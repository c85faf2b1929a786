import { describe, expect, test } from 'vitest';
import { parseRmsxFile, type RmsxFile } from '../../../src/config/rmsx-file/rmsx-file.ts';
import { checkUpRequest } from '../../../src/config/up-request.ts';

/** What is wrong with a file whose first line is right; the lines of the body count from 2. */
const problemsIn = (body: string): readonly string[] => parse(body).problems;
const parse = (body: string): RmsxFile => parseRmsxFile(`apiVersion: rmsx/v1\n${body}`, 'rmsx.yaml');

const whole = `apiVersion: rmsx/v1
name: redis-server
image: redis:8.0
topology: tree            # star | chain | tree | custom
replicas: 2
fanout: 3
network: { subnet: auto, driver: bridge }
ports: { base: auto, bind: 127.0.0.1 }
timezone: Europe/Berlin
persistence: rdb
passwordFile: ./password
disabledCommands: [KEYS, DEBUG]
replication: { backlogSize: 32MB, backlogTtl: 1h, pingPeriod: 5s, timeout: 2m, minReplicasToWrite: 1,
  minReplicasMaxLag: 1.5m, serveStaleData: false, disklessSync: true, disklessSyncDelay: 3000ms,
  outputBufferLimit: { hard: 1gb, softTime: 0s } }
memory: { max: 1048576, policy: allkeys-lru }
redis:
  maxclients: 5000
  Lazyfree-Lazy-Expire: true
  appendfsync: no
  unixsocketperm: 0700
  save: ""
  slave-lazy-flush: "yes"
  client-output-buffer-limit: [ normal 0 0 0, pubsub 32mb 8mb 60 ]
nodes:
  replica-2: { source: replica-1, image: redis:7.0, ip: 172.19.0.40, port: 7000, priority: 0, redis: { maxmemory: 9mb } }
  master: {}
`;

test('every key must end up in the request', () => {
  const { name, request, passwordFile, problems } = parseRmsxFile(whole, 'rmsx.yaml');
  expect(problems).toEqual([]);
  expect([name, passwordFile]).toEqual(['redis-server', './password']);
  expect(request).toEqual({
    image: 'redis:8.0',
    topology: 'tree',
    replicas: 2,
    fanout: 3,
    subnet: 'auto',
    basePort: 'auto',
    bind: '127.0.0.1',
    timezone: 'Europe/Berlin',
    persistence: 'rdb',
    disabledCommands: ['KEYS', 'DEBUG'],
    directives: {
      'repl-backlog-size': ['32mb'],
      'repl-backlog-ttl': ['3600'],
      'repl-ping-replica-period': ['5'],
      'repl-timeout': ['120'],
      'min-replicas-to-write': ['1'],
      'min-replicas-max-lag': ['90'],
      'replica-serve-stale-data': ['no'],
      'repl-diskless-sync': ['yes'],
      'repl-diskless-sync-delay': ['3'],
      'client-output-buffer-limit': ['replica 1gb 64mb 0', 'normal 0 0 0', 'pubsub 32mb 8mb 60'],
      maxmemory: ['1048576'],
      'maxmemory-policy': ['allkeys-lru'],
      maxclients: ['5000'],
      'lazyfree-lazy-expire': ['yes'],
      appendfsync: ['no'],
      unixsocketperm: ['0700'],
      save: ['""'],
      'replica-lazy-flush': ['yes'],
    },
    complete: true,
    nodes: {
      'slave-2': {
        source: 'slave-1',
        image: 'redis:7.0',
        ip: '172.19.0.40',
        port: 7000,
        directives: { maxmemory: ['9mb'], 'replica-priority': ['0'] },
      },
      master: { directives: {} },
    },
  });
});

test('a file that says nothing must leave everything open, but directives and nodes', () => {
  expect(parse('').request).toEqual({ directives: {}, nodes: {}, complete: true });
});

test('a file with several mistakes must tell all of them with their lines, in order', () => {
  const text = `apiVersion: rmsx/v2
name: 12
topolgy: star
replicas: two
network:
  subnet: 7
  drivr: bridge
replication:
  timeout: 60
nodes:
  foo: {}
  slave-1:
    port: "7000"
`;
  const { problems, request } = parseRmsxFile(text, 'conf/my.yaml');
  expect(problems).toEqual([
    'conf/my.yaml:1: apiVersion: must be rmsx/v1, not the text "rmsx/v2"',
    'conf/my.yaml:2: name: must be the name of the cluster, such as redis-server, not the number 12; write it in quotes: "12"',
    'conf/my.yaml:3: topolgy: unknown key; did you mean topology?',
    'conf/my.yaml:4: replicas: must be a whole number such as 2, not the text "two"',
    'conf/my.yaml:6: network.subnet: must be a subnet such as 172.19.0.0/24, or auto, not the number 7; write it in quotes: "7"',
    'conf/my.yaml:7: network.drivr: unknown key; did you mean driver?',
    'conf/my.yaml:9: replication.timeout: must be a time with its unit, such as 60s, 2m or 1h, not the number 60; write 60s',
    'conf/my.yaml:11: nodes.foo: is no name of a node; they are master, slave-1, slave-2 and so on',
    'conf/my.yaml:13: nodes.slave-1.port: must be a whole number such as 7000, not the text "7000"; leave the quotes out',
  ]);
  expect(request).toEqual({ directives: {}, nodes: { 'slave-1': { directives: {} } }, complete: true });
});

describe('a wrong kind of value must be told with what is wanted and what is there', () => {
  const time = 'must be a time with its unit, such as 60s, 2m or 1h, not';
  const size = 'must be a size such as 16mb, or a number of bytes, not';
  const count = 'replicas: must be a whole number such as 2, not';

  test.each([
    [
      'image: 8.0',
      'image: must be the name of an image, such as redis:8.0, not the number 8.0; write it in quotes: "8.0"',
    ],
    ['image: true', 'image: must be the name of an image, such as redis:8.0, not true'],
    ['image: [redis]', 'image: must be the name of an image, such as redis:8.0, not a list'],
    ['image: ""', 'image: must be the name of an image, such as redis:8.0, not the text ""'],
    [
      'image: "a\\nb"',
      'image: must be the name of an image, such as redis:8.0, not the text "a\\nb"; it has to be printable, on one line',
    ],
    ['image:', 'image: has no value: write one, or leave the key out'],
    ['image: ~', 'image: has no value: write one, or leave the key out'],
    ['nodes:', 'nodes: has no value: write one, or leave the key out'],
    ['nodes: { slave-1: }', 'nodes.slave-1: has no value: write one, or leave the key out'],
    ['disabledCommands:', 'disabledCommands: has no value: write one, or leave the key out'],
    ['topology: ring', 'topology: must be one of star, chain, tree, custom, not the text "ring"'],
    ['topology: starr', 'topology: must be one of star, chain, tree, custom, not the text "starr"; did you mean star?'],
    ['persistence: no', 'persistence: must be one of aof, rdb, none, not the text "no"'],
    ['network: { driver: overlay }', 'network.driver: must be bridge, not the text "overlay"'],
    ['network: 172.19.0.0/24', 'network: must be a group of keys, not the text "172.19.0.0/24"'],
    ['replicas: "2"', `${count} the text "2"; leave the quotes out`],
    ['replicas: 1.5', `${count} the number 1.5`],
    ['replicas: 0x10', `${count} the number 0x10`],
    ['replicas: 99999999999999999999', `${count} the number 99999999999999999999`],
    ['replicas: 1_000', `${count} the text "1_000"`],
    ['replicas: { a: 1 }', `${count} a group of keys`],
    ['ports: { base: 6379:22 }', 'ports.base: must be a whole number such as 6379, or auto, not the text "6379:22"'],
    [
      'disabledCommands: KEYS',
      'disabledCommands: must be a list of commands such as [KEYS, FLUSHALL], not the text "KEYS"',
    ],
    ['disabledCommands: [KEYS, 1]', 'disabledCommands[1]: must be a word, not the number 1; write it in quotes: "1"'],
    ['replication: { timeout: 0 }', `replication.timeout: ${time} the number 0; write 0s`],
    ['replication: { timeout: "60" }', `replication.timeout: ${time} the text "60"`],
    ['replication: { timeout: 1d }', `replication.timeout: ${time} the text "1d"`],
    ['replication: { timeout: 500ms }', `replication.timeout: ${time} the text "500ms"; it has to be whole seconds`],
    [
      'replication: { timeout: 999999h }',
      `replication.timeout: ${time} the text "999999h"; that is more than 68 years`,
    ],
    ['replication: { backlogSize: 16 mb }', `replication.backlogSize: ${size} the text "16 mb"`],
    ['replication: { backlogSize: 16tb }', `replication.backlogSize: ${size} the text "16tb"`],
    ['replication: { backlogSize: -1 }', `replication.backlogSize: ${size} the number -1`],
    ['replication: { backlogSize: 9999999999gb }', `replication.backlogSize: ${size} the text "9999999999gb"`],
    [
      'replication: { serveStaleData: no }',
      'replication.serveStaleData: must be true or false, not the text "no"; write false',
    ],
    [
      'replication: { serveStaleData: on }',
      'replication.serveStaleData: must be true or false, not the text "on"; write true',
    ],
    ['replication: { serveStaleData: 1 }', 'replication.serveStaleData: must be true or false, not the number 1'],
    [
      'replication: { minReplicasToWrite: -1 }',
      'replication.minReplicasToWrite: must be a whole number such as 0, not the number -1',
    ],
    [
      'replication: { outputBufferLimit: 1gb }',
      'replication.outputBufferLimit: must be a group of keys, not the text "1gb"',
    ],
    [
      'memory: { policy: allkeys-lur }',
      'memory.policy: must be one of noeviction, allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-random, volatile-ttl, not the text "allkeys-lur"; did you mean allkeys-lru?',
    ],
    ['redis: { maxclients: }', 'redis.maxclients: has no value'],
    ['redis: { maxclients: [] }', 'redis.maxclients: has no value'],
    ['redis: { maxclients: { a: 1 } }', 'redis.maxclients: must be a word, a number, or a list of lines'],
    ['redis: { maxclients: [[1]] }', 'redis.maxclients: must be a word, a number, or a list of lines'],
    ['redis: { maxclients: "5\\nrequirepass x" }', 'redis.maxclients: more than one line'],
    [`redis: { maxclients: '"5' }`, 'redis.maxclients: a quote is not closed'],
    ['redis: { "max\\nclients": 1 }', 'redis.max\\nclients: is no name of a directive'],
    ['redis: [maxclients 5]', 'redis: must be a group of keys, not a list'],
    ['nodes: { slave-0: {} }', 'nodes.slave-0: is no name of a node; they are master, slave-1, slave-2 and so on'],
    ['nodes: { 1: {} }', 'nodes.1: is no name of a node; they are master, slave-1, slave-2 and so on'],
  ])('%s', (body, problem) => {
    expect(problemsIn(body)).toEqual([`rmsx.yaml:2: ${problem}`]);
  });
});

describe('an unknown key must be told with where it may belong', () => {
  test.each([
    ['topolgy: star', 'topolgy: unknown key; did you mean topology?'],
    ['subnet: auto', 'subnet: unknown key; did you mean network.subnet?'],
    ['bind: 127.0.0.1', 'bind: unknown key; did you mean ports.bind?'],
    ['maxmemory: 5mb', 'maxmemory: unknown key; did you mean memory.max?'],
    ['basePort: 7000', 'basePort: unknown key; did you mean ports.base?'],
    ['base-port: 7000', 'base-port: unknown key; did you mean ports.base?'],
    ['ports: { base_port: 7000 }', 'ports.base_port: unknown key; did you mean base?'],
    ['Replicas: 3', 'Replicas: unknown key; did you mean replicas?'],
    ['ephemeral: true', 'ephemeral: unknown key; did you mean persistence: none?'],
    ['tz: UTC', 'tz: unknown key; did you mean timezone?'],
    ['isolated: true', 'isolated: unknown key; it is a flag of rmsx up: --isolated'],
    ['sentinels: 3', 'sentinels: unknown key'],
    ['maxclients: 5', 'maxclients: unknown key; directives of redis.conf stand below redis'],
    ['replication: { repl_timeout: 5s }', 'replication.repl_timeout: unknown key; did you mean timeout?'],
    ['replication: { backlog-size: 5mb }', 'replication.backlog-size: unknown key; did you mean backlogSize?'],
    ['nodes: { slave-1: { prio: 5 } }', 'nodes.slave-1.prio: unknown key; did you mean priority?'],
    [
      'nodes: { slave-1: { maxmemory: 5mb } }',
      'nodes.slave-1.maxmemory: unknown key; directives of redis.conf stand below redis of the node',
    ],
    ['constructor: 1', 'constructor: unknown key'],
    ['__proto__: { replicas: 1 }', '__proto__: unknown key'],
    ['"a\\e[31m": 1', 'a\\u001b[31m: unknown key'],
    ['8: 1', '8: unknown key'],
  ])('%s', (body, problem) => {
    expect(problemsIn(body)).toEqual([`rmsx.yaml:2: ${problem}`]);
  });
});

describe('a secret must never stand in the file, nor be printed', () => {
  const advice =
    'a password never stands in this file; write it into a file of its own, and name that with passwordFile';
  const secret = 'hunter2';

  test.each([
    [`password: ${secret}`, `password: ${advice}`],
    [`requirepass: ${secret}`, `requirepass: ${advice}`],
    [`nodes: { master: { masterauth: ${secret} } }`, `nodes.master.masterauth: ${advice}`],
    ['passwordFile: 1234567', 'passwordFile: must be the path of a file that holds the password, not what is there'],
  ])('%s', (body, problem) => {
    expect(problemsIn(body)).toEqual([`rmsx.yaml:2: ${problem}`]);
  });

  test('as a directive it must be refused by the check of the request', () => {
    const file = parse(`redis: { requirepass: ${secret} }`);
    const problems = checkUpRequest({ ...file.request, name: 'demo', locate: (path) => file.locate(path) ?? path });
    expect([...file.problems, ...problems]).toEqual([
      'rmsx.yaml:2: redis.requirepass: rmsx writes this directive itself: use passwordFile',
    ]);
  });

  test.each([`password: "${secret}`, `password: ${secret}: x`, `a: @${secret}`, `a: *${secret}:`, `- ${secret}\nb: 1`])(
    '%j is not YAML, and must not be repeated',
    (body) => {
      expect(problemsIn(body).join()).toMatch(/^rmsx.yaml:\d: /);
      expect(problemsIn(body).join()).not.toContain(secret);
    },
  );
});

describe('what is said twice must be told', () => {
  test.each([
    ['replicas: 1\nreplicas: 2', 'rmsx.yaml:3: replicas: is there already, in line 2'],
    ['redis:\n  maxclients: 1\n  maxclients: 2', 'rmsx.yaml:4: redis.maxclients: is there already, in line 3'],
    [
      'redis:\n  repl-timeout: 70\nreplication:\n  timeout: 60s',
      'rmsx.yaml:5: replication.timeout: says the same as redis.repl-timeout in line 3',
    ],
    [
      'redis:\n  slave-priority: 1\n  replica-priority: 1',
      'rmsx.yaml:4: redis.replica-priority: says the same as redis.slave-priority in line 3',
    ],
    [
      'redis: { MaxClients: 1, maxclients: 1 }',
      'rmsx.yaml:2: redis.maxclients: says the same as redis.MaxClients in line 2',
    ],
    ['redis: { nonsense: 1, Nonsense: 1 }', 'rmsx.yaml:2: redis.Nonsense: says the same as redis.nonsense in line 2'],
    [
      'nodes:\n  slave-1: { priority: 5, redis: { slave-priority: 6 } }',
      'rmsx.yaml:3: nodes.slave-1.redis.slave-priority: says the same as nodes.slave-1.priority in line 3',
    ],
    [
      'nodes:\n  slave-1: {}\n  replica-1: {}',
      'rmsx.yaml:4: nodes.replica-1: says the same as nodes.slave-1 in line 3',
    ],
    [
      'replication: { outputBufferLimit: { hard: 1gb } }\nredis: { client-output-buffer-limit: normal 0 0 0 slave 1 1 1 }',
      'rmsx.yaml:3: redis.client-output-buffer-limit: sets the limit of replicas, as replication.outputBufferLimit does: keep one of them',
    ],
  ])('%s', (body, problem) => {
    expect(problemsIn(body)).toEqual([problem]);
  });

  test('problems must be in the order of the lines, however late they are found', () => {
    const body =
      'replication: { outputBufferLimit: {} }\nredis: { client-output-buffer-limit: slave 1 1 1 }\nreplicas: x';
    expect(problemsIn(body).map((problem) => problem.split(':')[1])).toEqual(['3', '4']);
  });

  test('a node may differ from the cluster', () => {
    expect(problemsIn('memory: { max: 1gb }\nnodes: { slave-1: { redis: { maxmemory: 1mb } } }')).toEqual([]);
  });
});
