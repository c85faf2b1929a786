import { describe, expect, test } from 'vitest';
import type { ObservedContainer } from '../../../src/domain/observed.ts';
import { formatPlan } from '../../../src/domain/plan.ts';
import { planUp } from '../../../src/plan/up.ts';
import type { UpFacts } from '../../../src/plan/up-facts.ts';
import { edges, engineOf, newFacts, upFacts } from '../../helpers/up-facts.ts';
import {
  cluster,
  confs,
  container,
  containers,
  engineWith,
  node,
  record,
  type States,
  shaped,
} from '../../helpers/values.ts';

const own = record(cluster(2));
const { networks } = engineOf(own.cluster);

/** A cluster that is there and runs, but for what is said. */
const facts = (changes: Partial<UpFacts> = {}, states: States = {}): UpFacts => upFacts(own, changes, states);

const fresh = newFacts(own, { pull: ['redis:8.0'] });

describe('what carried a conf for another run', () => {
  const carrier = (createdAtMs: number): ObservedContainer => ({
    ...container(own.cluster, 'master'),
    node: null,
    id: 'carrier',
    name: 'redis-server-conf-0123',
    createdAtMs,
  });
  const removed = (createdAtMs: number, holdsLock: boolean): readonly string[] => {
    const all = [...containers(own.cluster), carrier(createdAtMs)];
    const engine = { ...engineOf(own.cluster), containers: all };
    return planUp(facts({ engine, holdsLock, nowMs: 1_000_000 })).map(({ id }) => id);
  };

  test('must go where it is old, and where nobody else can be at work', () => {
    expect(removed(800_000, false)).toEqual(['leftover carrier']);
    expect(removed(999_000, true)).toEqual(['leftover carrier']);
  });

  test('must be left alone where that run may still be at work', () => {
    expect(removed(999_000, false)).toEqual([]);
  });
});

describe('a new cluster', () => {
  test('must be made by this plan', () => {
    expect(formatPlan(planUp(fresh))).toMatchInlineSnapshot(`
      "pull image redis:8.0  (it is not here)
      create network redis-server_app_net (172.19.0.0/24)  (it is not there)
      write the conf of master, slave-1, slave-2  (new nodes)
      create container redis-server-master (172.19.0.10:6379)  (it is not there)
      start master  (it is new)
      give master a head start of 100 ms  (others follow it)
      create container redis-server-slave-1 (172.19.0.11:6380)  (it is not there)
      start slave-1  (it is new)
      create container redis-server-slave-2 (172.19.0.12:6381)  (it is not there)
      start slave-2  (it is new)
      remove what carried the conf  (it is done)"
    `);
  });

  test('replicas must start after their source answers, and everything else side by side', () => {
    expect(edges(planUp(fresh))).toMatchInlineSnapshot(`
      "pull redis:8.0 <- nothing
      network <- pull redis:8.0
      conf for redis:8.0 <- pull redis:8.0
      create master <- pull redis:8.0, network
      start master <- create master, conf for redis:8.0
      head-start master <- create master, conf for redis:8.0
      create slave-1 <- pull redis:8.0, network
      start slave-1 <- create slave-1, conf for redis:8.0, head-start master
      create slave-2 <- pull redis:8.0, network
      start slave-2 <- create slave-2, conf for redis:8.0, head-start master
      carriers <- start master, start slave-1, start slave-2, conf for redis:8.0"
    `);
  });

  test('must be made of containers that are described in full, and hold no secret', () => {
    const step = planUp(fresh).find(({ id }) => id === 'create slave-1')?.step;
    expect(step).toMatchInlineSnapshot(`
      {
        "container": {
          "address": {
            "host": "172.19.0.11",
            "port": 6380,
          },
          "bind": "127.0.0.1",
          "cluster": "redis-server",
          "command": [
            "redis-server",
            "/usr/local/etc/redis/redis.conf",
          ],
          "ephemeral": false,
          "image": "redis:8.0",
          "name": "redis-server-slave-1",
          "network": "redis-server_app_net",
          "node": "slave-1",
          "restart": "always",
          "run": "this-run",
          "sysctls": {
            "net.core.somaxconn": "511",
          },
          "timezone": "UTC",
          "topology": "star",
          "volumes": [
            {
              "name": "redis-server-slave-1-data",
              "purpose": "data",
              "readOnly": false,
              "target": "/data",
            },
            {
              "name": "redis-server-slave-1-conf",
              "purpose": "conf",
              "readOnly": false,
              "target": "/usr/local/etc/redis",
            },
          ],
        },
        "node": "slave-1",
        "op": "create-container",
      }
    `);
    const withoutFiles = planUp(fresh).filter(({ step: { op } }) => op !== 'write-volumes');
    expect(JSON.stringify(withoutFiles)).not.toContain('secret');
  });

  test('that is ephemeral must have no volumes', () => {
    const ephemeral = record(cluster(1, { persistence: 'none' }));
    const plan = planUp(newFacts(ephemeral));
    const created = plan.flatMap(({ step }) => (step.op === 'create-container' ? [step.container] : []));
    expect(created.map(({ volumes, ephemeral: isEphemeral }) => [volumes, isEphemeral])).toEqual([
      [[], true],
      [[], true],
    ]);
  });

  test.each([
    ['aof', 'always'],
    ['rdb', 'no'],
    ['none', 'no'],
  ] as const)('with persistence %s must be restarted by the engine: %s', (persistence, restart) => {
    const wanted = record(cluster(1, { persistence }));
    const plan = planUp(newFacts(wanted));
    const created = plan.flatMap(({ step }) => (step.op === 'create-container' ? [step.container.restart] : []));
    expect(created).toEqual([restart, restart]);
  });

  test('must pull every image once, and create nothing before all of them are there', () => {
    const nodes = [
      node('master', null),
      node('slave-1', 'master', { image: 'redis:8.2' }),
      node('slave-2', 'master', { image: 'redis:8.2' }),
    ];
    const pull = ['redis:8.0', 'redis:8.2'];
    const plan = planUp(newFacts(record(cluster(0, { nodes })), { pull }));
    const created = plan.flatMap(({ step, after }) =>
      step.op === 'create-container' ? [[step.node, step.container.image, after]] : [],
    );
    expect(plan.filter(({ step }) => step.op === 'pull-image').map(({ id }) => id)).toEqual([
      'pull redis:8.0',
      'pull redis:8.2',
    ]);
    expect(created).toEqual([
      ['master', 'redis:8.0', ['pull redis:8.0', 'pull redis:8.2', 'network']],
      ['slave-1', 'redis:8.2', ['pull redis:8.0', 'pull redis:8.2', 'network']],
      ['slave-2', 'redis:8.2', ['pull redis:8.0', 'pull redis:8.2', 'network']],
    ]);
  });

  test('that is a chain must start from the top down, each node with a head start for the next', () => {
    const wanted = record(
      shaped('chain', { master: 'slave-2', 'slave-1': null, 'slave-2': 'slave-1' }, { persistence: 'none' }),
    );
    const plan = planUp(newFacts(wanted, { engine: engineWith({ networks }) }));
    expect(edges(plan)).toBe(
      [
        'create slave-1 <- nothing',
        'conf slave-1 <- create slave-1',
        'start slave-1 <- conf slave-1',
        'head-start slave-1 <- conf slave-1',
        'create slave-2 <- nothing',
        'conf slave-2 <- create slave-2',
        'start slave-2 <- conf slave-2, head-start slave-1',
        'head-start slave-2 <- start slave-2',
        'create master <- nothing',
        'conf master <- create master',
        'start master <- conf master, head-start slave-2',
      ].join('\n'),
    );
  });

  test('must be printed without a secret', () => {
    expect(formatPlan(planUp(fresh))).not.toContain('secret');
  });
});

describe('a cluster that is there', () => {
  test('and runs must be left alone', () => {
    expect(planUp(facts())).toEqual([]);
  });

  test.each<[string, States, string]>([
    ['a stopped replica must be started', { 'slave-1': 'stopped' }, 'start slave-1 <- nothing'],
    ['a paused replica must go on', { 'slave-2': 'paused' }, 'unpause slave-2 <- nothing'],
    [
      'a stopped master must be started ahead of a stopped replica',
      { master: 'stopped', 'slave-1': 'stopped' },
      'start master <- nothing\nhead-start master <- nothing\nstart slave-1 <- head-start master',
    ],
    ['a paused master must go on', { master: 'paused' }, 'unpause master <- nothing'],
    ['a node that is restarted again and again must be left to the engine', { 'slave-1': 'restarting' }, ''],
    [
      'a missing replica must be made anew, with all of its conf',
      { 'slave-1': 'missing' },
      'conf for redis:8.0 <- nothing\ncreate slave-1 <- nothing\nstart slave-1 <- create slave-1, conf for redis:8.0\ncarriers <- start slave-1, conf for redis:8.0',
    ],
  ])('%s', (_, states, expected) => {
    expect(edges(planUp(facts({}, states)))).toBe(expected);
  });

  test.each<[string, States]>([
    ['stopped or paused', { 'slave-1': 'stopped', 'slave-2': 'paused' }],
    ['missing', { 'slave-1': 'missing' }],
  ])('a node that is %s must be left alone where only new nodes are to run', (_, states) => {
    expect(planUp(facts({ revive: false }, states))).toEqual([]);
  });

  test('only a new node must be made where only new nodes are to run, though another one is missing', () => {
    const before = record(cluster(2), 1);
    const after = record(cluster(3), 2);
    const plan = planUp(upFacts(after, { before, revive: false }, { 'slave-1': 'missing' }));
    expect(edges(plan)).toBe(
      [
        'conf for redis:8.0 <- nothing',
        'conf master <- nothing',
        'conf slave-2 <- nothing',
        'create slave-3 <- nothing',
        'start slave-3 <- create slave-3, conf for redis:8.0',
        'carriers <- start slave-3, conf for redis:8.0',
      ].join('\n'),
    );
  });

  test('a node that is made under one that moves must wait until that one has moved', () => {
    const before = record(cluster(2), 1);
    const sources = { master: null, 'slave-1': 'master', 'slave-2': 'slave-1', 'slave-3': 'slave-2' };
    const after = record(shaped('chain', sources), 2);
    const plan = planUp(upFacts(after, { before, revive: false }));
    expect(plan.find(({ id }) => id === 'start slave-3')?.after).toEqual([
      'create slave-3',
      'conf for redis:8.0',
      'follow slave-2',
    ]);
  });

  test('a missing container must be given redis.conf, role and record, on its own volume', () => {
    const step = planUp(facts({}, { 'slave-1': 'missing' })).find(({ id }) => id === 'conf for redis:8.0')?.step;
    if (step?.op !== 'write-volumes') throw new Error('no conf is written');
    expect(step.carrier.volumes).toEqual([
      { name: 'redis-server-slave-1-conf', node: 'slave-1', purpose: 'conf', target: '/rmsx/slave-1', readOnly: false },
    ]);
    expect(step.directories.map(({ path, files }) => [path, files.map(({ name }) => name)])).toEqual([
      ['/rmsx/slave-1', ['redis.conf', 'role.conf', 'rmsx.json']],
    ]);
  });

  test('nodes of another image must be given their conf by another container: their server may be another user', () => {
    const nodes = [node('master', null), node('slave-1', 'master', { image: 'redis:8.2' }), node('slave-2', 'master')];
    const plan = planUp(newFacts(record(cluster(0, { nodes }))));
    const writes = plan.flatMap(({ step }) => (step.op === 'write-volumes' ? [step] : []));
    expect(
      writes.map(({ carrier: { name, image, volumes }, directories }) => [
        name,
        image,
        volumes.map((volume) => volume.node),
        directories.map(({ path }) => path),
      ]),
    ).toEqual([
      ['redis-server-conf-this-run', 'redis:8.0', ['master', 'slave-2'], ['/rmsx/master', '/rmsx/slave-2']],
      ['redis-server-conf-this-run-1', 'redis:8.2', ['slave-1'], ['/rmsx/slave-1']],
    ]);
    expect(plan.find(({ id }) => id === 'start slave-1')?.after).toContain('conf for redis:8.2');
  });

  test.each([
    ['aof', true],
    ['rdb', false],
  ] as const)(
    'with persistence %s a conf that may be unreadable at first must be allowed: %s',
    (persistence, restarts) => {
      const plan = planUp(newFacts(record(cluster(1, { persistence }))));
      expect(plan.find(({ step }) => step.op === 'write-volumes')?.step).toMatchObject({ restarts });
    },
  );

  test('an ephemeral node that is missing must be given its conf in its own container', () => {
    const ephemeral = record(cluster(1, { persistence: 'none' }));
    expect(edges(planUp(newFacts(ephemeral)))).toMatchInlineSnapshot(`
      "network <- nothing
      create master <- network
      conf master <- create master
      start master <- conf master
      head-start master <- conf master
      create slave-1 <- network
      conf slave-1 <- create slave-1
      start slave-1 <- conf slave-1, head-start master"
    `);
  });
});

describe('a change of the cluster', () => {
  test('adding replicas must rewrite the roles of the nodes that are there, and not their redis.conf', () => {
    const before = record(cluster(1), 1);
    const after = record(cluster(2), 2);
    expect(formatPlan(planUp(upFacts(after, { before })))).toMatchInlineSnapshot(`
      "write the conf of slave-2  (new nodes)
      write role.conf, rmsx.json of master  (it is older than the change)
      write role.conf, rmsx.json of slave-1  (it is older than the change)
      create container redis-server-slave-2 (172.19.0.12:6381)  (it is not there)
      start slave-2  (it is new)
      remove what carried the conf  (it is done)"
    `);
  });

  test('a promotion that stopped half way must be written down to the end', () => {
    const after = record(cluster(0, { nodes: [node('master', 'slave-1'), node('slave-1', null)] }), 2);
    const half = new Map([
      ...confs(record(cluster(1), 1)),
      ['slave-1', { password: 's', source: null, record: after }],
    ]);
    expect(formatPlan(planUp(upFacts(after, { confs: half }, { master: 'stopped' })))).toBe(
      'write role.conf, rmsx.json of master  (it is older than the change)\nstart master  (it is stopped)',
    );
  });

  test('a role that cannot be read must be written again', () => {
    const broken = new Map([...confs(own), ['slave-1', { password: 's', source: undefined, record: own }]]);
    expect(planUp(facts({ confs: broken })).map(({ id }) => id)).toEqual(['conf slave-1']);
  });
});

test('a creation that was cut off before the conf must be finished: conf first, then start', () => {
  const states: States = { master: 'stopped', 'slave-1': 'missing', 'slave-2': 'missing' };
  expect(edges(planUp(facts({ confs: new Map() }, states)))).toMatchInlineSnapshot(`
    "conf for redis:8.0 <- nothing
    conf master <- nothing
    start master <- conf master
    head-start master <- conf master
    create slave-1 <- nothing
    start slave-1 <- create slave-1, conf for redis:8.0, head-start master
    create slave-2 <- nothing
    start slave-2 <- create slave-2, conf for redis:8.0, head-start master
    carriers <- start slave-1, start slave-2, conf for redis:8.0"
  `);
});

test('a container whose removal did not come to its end must give way to another one', () => {
  const half = container(own.cluster, 'slave-1', { state: 'stopped', halfRemoved: true });
  const there = containers(own.cluster).map((each) => (each.node === 'slave-1' ? half : each));
  expect(formatPlan(planUp(facts({ engine: { ...engineOf(own.cluster), containers: there } })))).toContain(
    'remove container of slave-1  (it cannot be started as it is)',
  );
});

test('a network that is there must not be made again, and nothing must wait for it', () => {
  const plan = planUp(facts({ engine: engineWith({ networks }), confs: new Map() }));
  expect(plan.filter(({ id, after }) => id === 'network' || after.includes('network'))).toEqual([]);
});
