import { describe, expect, test } from 'vitest';
import { describeDifferences, wantedCluster } from '../../../src/config/cluster-spec.ts';
import { checkUpRequest, type UpRequest } from '../../../src/config/up-request.ts';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { parseRecord } from '../../../src/domain/record.ts';
import { addNode, moveNode } from '../../../src/plan/change-topology.ts';
import { settleCluster } from '../../../src/plan/settle.ts';
import { errorOf } from '../../helpers/error-of.ts';
import {
  cluster,
  containers,
  engineWith,
  foreign,
  network,
  node,
  record,
  shaped,
  sourcesOf,
} from '../../helpers/values.ts';

const options = { timezone: 'UTC', attempt: 0 };
const own = network('redis-server_app_net', '172.19.0.0/24', 'redis-server');

test('a new cluster must begin with epoch 1', () => {
  expect(settleCluster({ name: 'redis-server' }, null, engineWith(), options)).toEqual(record(cluster(2), 1));
});

test('a cluster that stays as it is must keep its record', () => {
  const existing = record(cluster(2), 4);
  const engine = engineWith({ containers: containers(existing.cluster), networks: [own] });
  expect(settleCluster({ name: 'redis-server', replicas: 2 }, existing, engine, options)).toBe(existing);
});

test('adding replicas must raise the epoch', () => {
  const existing = record(cluster(1), 4);
  const engine = engineWith({ containers: containers(existing.cluster), networks: [own] });
  expect(settleCluster({ name: 'redis-server', replicas: 3 }, existing, engine, options)).toEqual(
    record(cluster(3), 5),
  );
});

describe('a cluster of which nothing changes must keep its record', () => {
  const promoted = cluster(0, {
    nodes: [node('master', 'slave-1'), node('slave-1', null), node('slave-2', 'slave-1')],
  });
  const directives = { hz: ['20'], maxclients: ['5000'] };
  const without01 = ({ fanout, directives, basePort, asked, nodes, ...spec }: ClusterSpec): object => ({
    ...spec,
    nodes: nodes.map(({ name, address, source }) => ({ name, address, source })),
  });
  test.each<[string, ClusterSpec, Omit<UpRequest, 'name'>]>([
    [
      'with another order of directives',
      cluster(2, { directives }),
      { directives: { maxclients: ['5000'], hz: ['20'] } },
    ],
    ['promoted, and asked for again', promoted, { topology: 'star', replicas: 2 }],
    ['moved, and asked for again', moveNode(cluster(2), 'slave-2', 'slave-1'), { topology: 'star', replicas: 2 }],
    [
      'grown by hand, in the middle',
      addNode(cluster(0, { nodes: [node('master', null), node('slave-2', 'master')] }), undefined),
      { topology: 'star' },
    ],
    [
      'with nodes of its own',
      shaped('custom', { master: 'slave-1', 'slave-1': null }, { asked: { master: 'slave-1' } }),
      { topology: 'custom', nodes: { 'slave-1': {}, master: { source: 'slave-1' } } },
    ],
    ['with another order of disabled commands', cluster(1), { disabledCommands: ['FLUSHDB', 'keys', 'FLUSHALL'] }],
  ])('%s', (_, spec, request) => {
    const existing = record(spec, 4);
    const engine = engineWith({ containers: containers(spec), networks: [own] });
    expect(settleCluster({ name: spec.name, ...request }, existing, engine, options)).toBe(existing);
  });

  test('written by rmsx 0.1', () => {
    const existing = parseRecord(JSON.stringify({ schemaVersion: 1, epoch: 4, cluster: without01(cluster(2)) }));
    const engine = engineWith({ containers: containers(cluster(2)), networks: [own] });
    expect(settleCluster({ name: 'redis-server' }, existing, engine, options)).toBe(existing);
  });
});

describe('fewer replicas than there are', () => {
  test.each([
    ['redis-server', 'Remove them: rmsx scale --replicas 1   or keep them: rmsx up --replicas 3'],
    ['demo', 'Remove them: rmsx scale --replicas 1 -n demo   or keep them: rmsx up --replicas 3 -n demo'],
  ])('must be refused, as up never removes a node: %s', (name, hint) => {
    const existing = record(cluster(3, { name }));
    expect(errorOf(() => settleCluster({ name, replicas: 1 }, existing, engineWith(), options))).toEqual({
      code: 'conflict',
      message: `The cluster ${name} has 3 replicas, and up never removes a node.`,
      hint,
      problems: [],
    });
  });
});

describe('another shape of a cluster that is there', () => {
  const engine = engineWith({ containers: containers(cluster(2)), networks: [own] });

  test('must change whom the nodes follow', () => {
    const settled = settleCluster({ name: 'redis-server', topology: 'chain' }, record(cluster(2), 4), engine, options);
    const sources = { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' };
    expect(settled).toEqual(record(shaped('chain', sources), 5));
  });

  test('with another master must be refused: that is a promotion', () => {
    const request: UpRequest = {
      name: 'redis-server',
      nodes: { master: { source: 'slave-1' }, 'slave-1': { source: null } },
    };
    expect(errorOf(() => settleCluster(request, record(cluster(2)), engine, options))).toEqual({
      code: 'conflict',
      message: 'master is the master of redis-server, and is asked to follow slave-1.',
      hint: 'See how it is: rmsx status   Where master is gone: rmsx promote slave-1',
      problems: [],
    });
    const { nodes, ...rest } = cluster(2);
    const mixed = { ...rest, nodes: nodes.map((each) => ({ ...each, image: each.source ? null : 'redis:7.0' })) };
    expect(errorOf(() => settleCluster(request, record(mixed), engine, options)).hint).toContain(
      'rmsx promote slave-1 --force   # master (Redis 7.0) could not load its data',
    );
  });

  const promoted = cluster(0, {
    nodes: [node('master', 'slave-1'), node('slave-1', null), node('slave-2', 'slave-1')],
  });

  test('after a promotion must keep the present master', () => {
    const request: UpRequest = { name: 'redis-server', topology: 'chain' };
    const settled = settleCluster(request, record(promoted, 4), engine, options);
    expect(settled.epoch).toBe(5);
    expect(sourcesOf(settled.cluster)).toEqual({ 'slave-1': null, master: 'slave-1', 'slave-2': 'master' });
  });

  test('after a promotion must be refused where it names the former master', () => {
    const request: UpRequest = {
      name: 'redis-server',
      complete: true,
      nodes: { master: { source: null }, 'slave-1': { source: 'master' }, 'slave-2': {} },
    };
    expect(errorOf(() => settleCluster(request, record(promoted), engine, options)).message).toBe(
      'slave-1 is the master of redis-server, and is asked to follow master.',
    );
  });
});

describe('what is sound alone and not together with the cluster', () => {
  test('must be refused with every problem', () => {
    const existing = record(cluster(2, { image: 'redis:6.0' }));
    const request: UpRequest = {
      name: 'redis-server',
      nodes: { 'slave-1': { ip: '172.19.0.12' } },
      directives: { 'repl-diskless-sync-max-replicas': ['1'] },
    };
    expect(errorOf(() => settleCluster(request, existing, engineWith(), options))).toEqual({
      code: 'bad-spec',
      message: 'The cluster redis-server cannot be like this.',
      hint: undefined,
      problems: [
        'nodes.slave-2.ip: 172.19.0.12 is the address of slave-1 already',
        '--set repl-diskless-sync-max-replicas: Redis 6.0 does not know this directive; known since: Redis 7.0 and Valkey 7.2',
      ],
    });
  });

  test('must be refused where the ports of more replicas end above the last one', () => {
    const existing = record(
      cluster(0, {
        basePort: 65_535,
        nodes: [node('master', null, { address: { host: '172.19.0.10', port: 65_535 } })],
      }),
    );
    const error = errorOf(() => settleCluster({ name: 'redis-server', replicas: 1 }, existing, engineWith(), options));
    expect([error.code, error.problems]).toEqual(['bad-spec', ['nodes.slave-1.port: 65536 is above 65535']]);
  });
});

describe('a request that is sound only with what the cluster has', () => {
  const save: UpRequest = { name: 'redis-server', directives: { save: ['60 1'] } };
  const settle = (request: UpRequest, existing: ClusterSpec | null): ClusterSpec =>
    settleCluster(request, existing && record(existing), engineWith(), options).cluster;

  test.each<[string, UpRequest, ClusterSpec]>([
    ['snapshots of a cluster with rdb', save, cluster(2, { persistence: 'rdb' })],
    [
      'an address in the subnet of the cluster',
      { name: 'redis-server', nodes: { 'slave-1': { ip: '10.1.200.1' } } },
      wantedCluster({ name: 'redis-server' }, null, { subnet: '10.1.0.0/16', basePort: 6379, timezone: 'UTC' }),
    ],
    [
      'an image of one node that is as old as that of the cluster',
      { name: 'redis-server', nodes: { 'slave-1': { image: 'redis:6.0' } } },
      cluster(2, { image: 'redis:6.0' }),
    ],
    [
      'as many replicas as the cluster has',
      { name: 'redis-server', directives: { 'min-replicas-to-write': ['3'] } },
      cluster(3),
    ],
  ])('must be let through, and be taken: %s', (_, request, existing) => {
    expect(checkUpRequest(request)).toEqual([]);
    expect(settle(request, existing)).toMatchObject({
      subnet: existing.subnet,
      image: existing.image,
      persistence: existing.persistence,
      directives: request.directives ?? {},
    });
  });

  test.each<[string, UpRequest, ClusterSpec | null, string]>([
    [
      'snapshots of a new cluster with aof',
      save,
      null,
      '--set save: snapshots are for persistence: rdb; this cluster has persistence: aof',
    ],
    [
      'snapshots of a cluster with none',
      save,
      cluster(2, { persistence: 'none' }),
      '--set save: snapshots are for persistence: rdb; this cluster has persistence: none',
    ],
    [
      'more replicas than a new cluster gets',
      { name: 'redis-server', directives: { 'min-replicas-to-write': ['3'] } },
      null,
      '--set min-replicas-to-write: the master would never take a write: it wants 3 replicas, and there are 2',
    ],
    [
      'an address outside of the subnet of a new cluster',
      { name: 'redis-server', nodes: { 'slave-1': { ip: '10.1.200.1' } } },
      null,
      'nodes.slave-1.ip: 10.1.200.1 is outside of 172.19.0.0/24',
    ],
    [
      'an image of one node that is older than that of a new cluster',
      { name: 'redis-server', nodes: { 'slave-1': { image: 'redis:6.0' } } },
      null,
      'nodes.slave-1.image: slave-1 (Redis 6.0) cannot load what its source master (Redis 8.0) would send it',
    ],
  ])('must be let through, and be refused: %s', (_, request, existing, problem) => {
    expect(checkUpRequest(request)).toEqual([]);
    expect(errorOf(() => settle(request, existing))).toEqual({
      code: 'bad-spec',
      message: 'The cluster redis-server cannot be like this.',
      hint: undefined,
      problems: [problem],
    });
  });
});

describe('auto', () => {
  test('must choose as many ports as there will be nodes', () => {
    const request: UpRequest = { name: 'redis-server', basePort: 'auto', replicas: 29 };
    const { cluster: first } = settleCluster(request, null, engineWith(), options);
    const taken = foreign('web', { ports: [{ inside: 80, host: '127.0.0.1', port: first.basePort + 29 }] });
    const { cluster: second } = settleCluster(request, null, engineWith({ containers: [taken] }), options);
    const ports = second.nodes.map(({ address }) => address.port);
    expect(ports).toEqual(Array.from({ length: 30 }, (_, i) => second.basePort + i));
    expect(ports).not.toContain(first.basePort + 29);
  });

  test('must keep the choice that was made once', () => {
    const existing = record(cluster(1, { subnet: '172.19.0.0/24' }), 1);
    const request = { name: 'redis-server', subnet: 'auto', basePort: 'auto' as const };
    expect(settleCluster(request, existing, engineWith(), options)).toBe(existing);
  });

  test('must take the subnet of a network that an interrupted run left', () => {
    const left = network('redis-server_app_net', '172.16.9.0/24', 'redis-server');
    const settled = settleCluster(
      { name: 'redis-server', subnet: 'auto' },
      null,
      engineWith({ networks: [left] }),
      options,
    );
    expect(settled.cluster.subnet).toBe('172.16.9.0/24');
  });

  test('must say so where no subnet is free', () => {
    const engine = engineWith({ networks: [network('all', '172.16.0.0/12'), network('office', '10.0.0.0/8')] });
    expect(errorOf(() => settleCluster({ name: 'a', subnet: 'auto' }, null, engine, options))).toEqual({
      code: 'conflict',
      message: 'Every subnet that rmsx chooses from is taken by another network or a route of this host.',
      hint: 'Remove networks that nobody needs (docker network prune), or name a subnet: --subnet 10.99.0.0/24',
      problems: [],
    });
  });
});

describe('the differences between two clusters', () => {
  test('must all be told, each with both sides', () => {
    const after = cluster(1, {
      image: 'redis:7.0',
      subnet: '10.0.0.0/24',
      basePort: 7000,
      bind: '0.0.0.0',
      timezone: 'CET',
      persistence: 'none',
      disabledCommands: [],
      directives: { hz: ['20'], 'client-output-buffer-limit': ['replica 0 0 0', 'pubsub 0 0 0'] },
      nodes: [node('master', null, { address: { host: '10.0.0.10', port: 7000 }, directives: { hz: ['30'] } })],
    });
    expect(describeDifferences(cluster(1), after)).toEqual([
      'subnet: 172.19.0.0/24 is there, 10.0.0.0/24 is asked for',
      'first port: 6379 is there, 7000 is asked for',
      'persistence: aof is there, none is asked for',
      'image: redis:8.0 is there, redis:7.0 is asked for',
      'published on: 127.0.0.1 is there, 0.0.0.0 is asked for',
      'time zone: UTC is there, CET is asked for',
      'disabled commands: FLUSHALL FLUSHDB KEYS is there, none is asked for',
      'directives: none is there, client-output-buffer-limit replica 0 0 0, client-output-buffer-limit pubsub 0 0 0, hz 20 is asked for',
      'directives of master: none is there, hz 30 is asked for',
    ]);
  });

  test('of one node must name it', () => {
    const after = cluster(0, {
      nodes: [
        node('master', null, { address: { host: '172.19.0.50', port: 7000 } }),
        node('slave-1', 'master', { image: 'redis:8.2' }),
      ],
    });
    expect(describeDifferences(cluster(1), after)).toEqual([
      'address of master: 172.19.0.10 is there, 172.19.0.50 is asked for',
      'port of master: 6379 is there, 7000 is asked for',
      'image of slave-1: redis:8.0 is there, redis:8.2 is asked for',
    ]);
  });

  test.each<[string, Partial<ClusterSpec>]>([
    ['the order of disabled commands', { disabledCommands: ['FLUSHDB', 'KEYS', 'FLUSHALL'] }],
    ['the shape', { topology: 'chain', fanout: 5, asked: {} }],
    ['the sources', { nodes: [node('master', 'slave-1'), node('slave-1', null)] }],
    ['the number of nodes', { nodes: cluster(2).nodes }],
    ['the image of the cluster, said once more of a node', { nodes: [node('master', null, { image: 'redis:8.0' })] }],
  ])('must be none in %s', (_, changes) => {
    expect(describeDifferences(cluster(1), cluster(1, changes))).toEqual([]);
  });

  test('the order of directives must be none', () => {
    const directives = { hz: ['20'], maxclients: ['5000'] };
    const other = { maxclients: ['5000'], hz: ['20'] };
    expect(describeDifferences(cluster(1, { directives }), cluster(1, { directives: other }))).toEqual([]);
  });
});
