import { describe, expect, test } from 'vitest';
import { assessCluster, type Evidence } from '../../../src/domain/assess.ts';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import {
  cluster,
  confs,
  container,
  containers,
  healthyInfos,
  masterInfo,
  node,
  record,
  replicaInfo,
  type States,
  shaped,
} from '../../helpers/values.ts';

const own = record(cluster(2));
const [master, one] = [node('master', null), node('slave-1', 'master')];
const lost = (changes: Partial<ServerInfo> = {}): ServerInfo => replicaInfo(master, { link: 'down', ...changes });

/** A healthy cluster, changed by what is said; `null` for a node that says nothing. */
function evidence(states: States = {}, changes: Readonly<Record<string, ServerInfo | null>> = {}): Evidence {
  const infos = healthyInfos(own.cluster);
  for (const [name, info] of Object.entries(changes)) {
    if (info) infos.set(name, info);
    else infos.delete(name);
  }
  const port = (name: string): number => own.cluster.nodes.find((other) => other.name === name)?.address.port ?? 0;
  return {
    record: own,
    containers: containers(own.cluster, states),
    confs: confs(own),
    infos,
    endpoint: (name) => ({ host: '127.0.0.1', port: port(name) }),
  };
}

/** Health, the master, and every warning in a line. */
function findings(given: Evidence): readonly string[] {
  const { cluster: summary, warnings } = assessCluster(given);
  const lines = warnings.map(({ code, message, hint }) => `${code}: ${message}${hint ? ` -> ${hint}` : ''}`);
  return [`${summary.health}, master: ${summary.master}`, ...lines];
}

test.each<[string, ClusterSpec, string]>([
  ['a star', cluster(2), 'star'],
  ['a promoted star', cluster(0, { nodes: [node('master', 'slave-1'), node('slave-1', null)] }), 'star'],
  [
    'a star of which a node was moved',
    { ...shaped('star', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }) },
    'custom',
  ],
  ['a chain', shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }), 'chain'],
  [
    'a chain of which the middle was promoted',
    shaped('chain', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }),
    'custom',
  ],
  ['a tree', shaped('tree', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }), 'tree'],
  ['a tree with more followers than its fanout', cluster(3, { topology: 'tree' }), 'custom'],
])('%s must be called what it is, and be healthy all the same', (_, spec, topology) => {
  const { cluster: summary, warnings } = assessCluster({
    record: record(spec),
    containers: containers(spec),
    confs: confs(record(spec)),
    infos: healthyInfos(spec),
    endpoint: () => ({ host: '127.0.0.1', port: 1 }),
  });
  expect([summary.topology, summary.health, warnings]).toEqual([topology, 'healthy', []]);
});

test('a healthy cluster must be told in full, without a warning', () => {
  expect(assessCluster(evidence())).toMatchInlineSnapshot(`
    {
      "cluster": {
        "epoch": 1,
        "health": "healthy",
        "image": "redis:8.0",
        "master": "master",
        "name": "redis-server",
        "subnet": "172.19.0.0/24",
        "topology": "star",
      },
      "nodes": [
        {
          "containerId": "id-master",
          "host": "127.0.0.1",
          "hostPort": 6379,
          "ip": "172.19.0.10",
          "lagBytes": null,
          "lagSeconds": null,
          "link": null,
          "name": "master",
          "offset": 1000,
          "plannedRole": "master",
          "plannedSource": null,
          "port": 6379,
          "replid": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "role": "master",
          "source": null,
          "state": "running",
          "version": "8.0.2",
        },
        {
          "containerId": "id-slave-1",
          "host": "127.0.0.1",
          "hostPort": 6380,
          "ip": "172.19.0.11",
          "lagBytes": 0,
          "lagSeconds": 0,
          "link": "up",
          "name": "slave-1",
          "offset": 1000,
          "plannedRole": "replica",
          "plannedSource": "master",
          "port": 6380,
          "replid": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "role": "replica",
          "source": "master",
          "state": "running",
          "version": "8.0.2",
        },
        {
          "containerId": "id-slave-2",
          "host": "127.0.0.1",
          "hostPort": 6381,
          "ip": "172.19.0.12",
          "lagBytes": 0,
          "lagSeconds": 0,
          "link": "up",
          "name": "slave-2",
          "offset": 1000,
          "plannedRole": "replica",
          "plannedSource": "master",
          "port": 6381,
          "replid": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "role": "replica",
          "source": "master",
          "state": "running",
          "version": "8.0.2",
        },
      ],
      "warnings": [],
    }
  `);
});

describe('what is wrong must be told with the command to type', () => {
  test('a dead master', () => {
    const infos = { master: null, 'slave-1': lost({ offset: 900 }), 'slave-2': lost({ offset: 1000 }) };
    expect(findings(evidence({ master: 'stopped' }, infos))).toEqual([
      'degraded, master: null',
      'no-master: no node is a master: nothing can be written -> rmsx promote slave-2',
      'node-stopped: master is stopped; slave-1 and slave-2 have no link because of that -> rmsx up',
    ]);
  });

  test('a dead master where nobody may take over', () => {
    const marked = lost({ priority: 0 });
    expect(findings(evidence({ master: 'missing' }, { master: null, 'slave-1': marked, 'slave-2': marked }))[1]).toBe(
      'no-master: no node is a master: nothing can be written -> rmsx up',
    );
  });

  test('two masters', () => {
    expect(findings(evidence({}, { 'slave-1': masterInfo([]) }))).toEqual([
      'degraded, master: null',
      'two-masters: master (the recorded one, 2 replicas) and slave-1 (no replica) are masters at the same time: writes to them go apart -> rmsx repair',
    ]);
  });

  test('a promotion that was cut off: who holds most takes over, and nobody beside another master', () => {
    const promoted = shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
    const cutOff = (infos: Readonly<Record<string, ServerInfo | null>>): readonly string[] =>
      findings({ ...evidence({ master: 'stopped' }, { master: null, ...infos }), record: record(promoted) }).filter(
        (text) => /^(no-master|role-differs: slave-1)/.test(text),
      );
    const behind = (command: string): readonly string[] => [
      `no-master: no node is a master: nothing can be written -> ${command}`,
      `role-differs: slave-1 runs as replica, and should be the master -> ${command}`,
    ];
    expect(cutOff({ 'slave-1': lost(), 'slave-2': lost() })).toEqual(behind('rmsx promote slave-1'));
    expect(cutOff({ 'slave-1': lost({ offset: 900 }), 'slave-2': lost() })).toEqual(behind('rmsx promote slave-2'));
    expect(cutOff({ 'slave-1': lost(), 'slave-2': masterInfo([]) })).toEqual([
      'role-differs: slave-1 runs as replica, and should be the master -> rmsx repair',
    ]);
  });

  test.each<[string, Evidence, string]>([
    [
      'a stopped replica',
      evidence({ 'slave-1': 'stopped' }, { 'slave-1': null }),
      'node-stopped: slave-1 is stopped -> rmsx up',
    ],
    [
      'a paused replica',
      evidence({ 'slave-1': 'paused' }, { 'slave-1': null }),
      'node-paused: slave-1 is paused: it answers nothing -> rmsx up',
    ],
    [
      'a missing replica',
      evidence({ 'slave-1': 'missing' }, { 'slave-1': null }),
      'node-missing: the container of slave-1 is not there -> rmsx up',
    ],
    [
      'a replica that crashes',
      evidence({ 'slave-1': 'restarting' }, { 'slave-1': null }),
      'node-restarting: slave-1 crashes and is restarted again and again -> rmsx logs slave-1 --tail 20',
    ],
    [
      'a replica that hangs',
      evidence({}, { 'slave-1': null }),
      'node-unreachable: slave-1 runs and does not answer -> rmsx logs slave-1 --tail 20',
    ],
    [
      'a replica that loads',
      evidence({}, { 'slave-1': replicaInfo(master, { loading: true }) }),
      'loading: slave-1 is loading its data -> rmsx status',
    ],
    [
      'a replica of another node',
      evidence({}, { 'slave-1': replicaInfo(node('slave-2', null)) }),
      'source-differs: slave-1 follows slave-2, and should follow master -> rmsx repair',
    ],
    [
      'a replica of something else',
      evidence({}, { 'slave-1': replicaInfo({ ...master, address: { host: '10.9.9.9', port: 1 } }) }),
      'source-differs: slave-1 follows 10.9.9.9:1, and should follow master -> rmsx repair',
    ],
    [
      'a link that is down',
      evidence({}, { 'slave-1': lost() }),
      'link-down: slave-1 has no link to master -> rmsx logs slave-1 --tail 20',
    ],
    [
      'a full synchronisation',
      evidence({}, { 'slave-1': replicaInfo(master, { link: 'syncing' }) }),
      'syncing: slave-1 is in a full synchronisation with master -> rmsx status',
    ],
    [
      'another history',
      evidence({}, { 'slave-1': replicaInfo(master, { replid: 'b'.repeat(40) }) }),
      'history-differs: slave-1 holds another history than master: its offset says nothing -> docker restart redis-server-slave-1',
    ],
    [
      'a role that a restart would change',
      {
        ...evidence(),
        confs: new Map([...confs(own), ['slave-1', { password: 'x', source: null, record: own }]]),
      },
      'role-conf-differs: slave-1 would come back with another role after a restart: its role.conf is of an older change -> rmsx repair',
    ],
  ])('%s', (_, given, warning) => {
    expect(findings(given)).toEqual(['degraded, master: master', warning]);
  });

  test('a cluster of which nothing answers must be down', () => {
    const states = { master: 'stopped', 'slave-1': 'stopped', 'slave-2': 'missing' } as const;
    expect(findings(evidence(states, { master: null, 'slave-1': null, 'slave-2': null }))[0]).toBe(
      'down, master: null',
    );
  });

  test('a container of a node that is no part of the cluster any more must be told, with what removes it', () => {
    const stray = container(own.cluster, 'slave-9', { state: 'stopped' });
    const carrier = { ...stray, node: null };
    const given = { ...evidence(), containers: [...containers(own.cluster), stray, carrier] };
    expect(findings(given)).toEqual([
      'degraded, master: master',
      'stray-node: slave-9 has a container and is no part of the cluster any more -> rmsx remove slave-9',
    ]);
  });

  test('hints must name a cluster that is not the default one', () => {
    const demo = record(cluster(0, { name: 'demo' }));
    const given = { ...evidence(), record: demo, containers: [], infos: new Map(), confs: new Map() };
    expect(assessCluster(given).warnings.map(({ hint }) => hint)).toEqual(['rmsx up -n demo', 'rmsx up -n demo']);
  });
});

describe('lag', () => {
  const lag = (given: Evidence): readonly unknown[] => {
    const found = assessCluster(given).nodes.find(({ name }) => name === 'slave-1');
    return [found?.lagBytes, found?.lagSeconds];
  };
  const seen = (offset: number, lagSeconds: number): ServerInfo =>
    masterInfo([], { offset: 1000, replicas: [{ address: one.address, state: 'online', offset, lagSeconds }] });

  test('must be the distance to the source, in the fresher of both views', () => {
    expect(lag(evidence({}, { master: seen(500, 1), 'slave-1': replicaInfo(master, { offset: 900 }) }))).toEqual([
      100, 1,
    ]);
  });

  test('must never be negative: the replica may have been asked after its source', () => {
    expect(lag(evidence({}, { master: seen(900, 0), 'slave-1': replicaInfo(master, { offset: 1014 }) }))).toEqual([
      0, 0,
    ]);
  });

  test.each<[string, Evidence]>([
    ['the source does not answer', evidence({ master: 'stopped' }, { master: null })],
    ['the source does not list the replica', evidence({}, { master: masterInfo([]) })],
    ['the histories differ', evidence({}, { 'slave-1': replicaInfo(master, { replid: 'b'.repeat(40) }) })],
    ['the replica does not answer', evidence({}, { 'slave-1': null })],
  ])('must be unknown, and not 0, where %s', (_, given) => {
    expect(lag(given)).toEqual([null, null]);
  });

  test('must have no seconds before the first acknowledgement', () => {
    expect(lag(evidence({}, { master: seen(1000, -1) }))).toEqual([0, null]);
  });
});

test('nodes that refuse the password of their own conf must not be called down, nor without a master', () => {
  const given = evidence({}, { master: null, 'slave-1': null, 'slave-2': null });
  const found = findings({ ...given, refusing: new Set(['master', 'slave-1', 'slave-2']) });
  const text = 'runs with another password than the one in its redis.conf, which was changed since it started';
  expect(found).toEqual([
    'degraded, master: null',
    ...own.cluster.nodes.map(({ name }) => `wrong-password: ${name} ${text} -> docker restart redis-server-${name}`),
  ]);
});
