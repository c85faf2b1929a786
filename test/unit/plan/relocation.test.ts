import { describe, expect, test } from 'vitest';
import { wantedCluster } from '../../../src/config/cluster-spec.ts';
import type { UpRequest } from '../../../src/config/up-request.ts';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { formatPlan } from '../../../src/domain/plan.ts';
import type { ClusterRecord } from '../../../src/domain/record.ts';
import { relocationOf } from '../../../src/plan/relocation.ts';
import { planUp } from '../../../src/plan/up.ts';
import type { UpFacts } from '../../../src/plan/up-facts.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { edges as edgesIn, engineOf, upFacts } from '../../helpers/up-facts.ts';
import { cluster, confs, containers, engineWith, network, node, record, type States } from '../../helpers/values.ts';

const star = cluster(2);

/** The cluster as it is to be. */
function wanted(was: ClusterSpec, request: Omit<UpRequest, 'name'>): ClusterRecord {
  const { subnet, basePort, timezone } = was;
  const choices = { subnet, basePort, timezone };
  const settled = { ...choices, ...(typeof request.subnet === 'string' ? { subnet: request.subnet } : {}) };
  const port = typeof request.basePort === 'number' ? { basePort: request.basePort } : {};
  return record(wantedCluster({ name: was.name, ...request }, was, { ...settled, ...port }), 2);
}

interface Scene {
  readonly was?: ClusterSpec;
  readonly states?: States;
  readonly changes?: Partial<UpFacts>;
}

/** A cluster that runs, but for what is said, and is to become another one. */
const facts = (request: Omit<UpRequest, 'name'>, { was = star, states, changes }: Scene = {}): UpFacts =>
  upFacts(wanted(was, request), { before: record(was), ...changes }, states);

const edges = (of: UpFacts): string => edgesIn(planUp(of));

describe('other addresses', () => {
  test('of another subnet must take this plan', () => {
    expect(formatPlan(planUp(facts({ subnet: '10.9.0.0/24' })))).toMatchInlineSnapshot(`
      "stop master  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      stop slave-1  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      stop slave-2  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      remove container of master  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      remove container of slave-1  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      remove container of slave-2  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      remove network redis-server_app_net  (it is there with the subnet 172.19.0.0/24 instead of 10.9.0.0/24)
      write the conf of master, slave-1, slave-2  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      create network redis-server_app_net (10.9.0.0/24)  (it is not there)
      create container redis-server-master (10.9.0.10:6379)  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      start master  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      give master a head start of 100 ms  (others follow it)
      create container redis-server-slave-1 (10.9.0.11:6380)  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      start slave-1  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      create container redis-server-slave-2 (10.9.0.12:6381)  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      start slave-2  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24)
      remove what carried the conf  (it is done)"
    `);
  });

  test('must come when all nodes are down, and the record of them when the old network is gone', () => {
    expect(edges(facts({ subnet: '10.9.0.0/24' }, { changes: { pull: ['redis:8.0'] } }))).toMatchInlineSnapshot(`
      "pull redis:8.0 <- nothing
      stop master <- pull redis:8.0
      stop slave-1 <- pull redis:8.0, stop master
      stop slave-2 <- pull redis:8.0, stop master
      remove master <- stop master, stop slave-1, stop slave-2
      remove slave-1 <- stop master, stop slave-1, stop slave-2
      remove slave-2 <- stop master, stop slave-1, stop slave-2
      remove network id-of-redis-server_app_net <- remove master, remove slave-1, remove slave-2
      conf for redis:8.0 <- pull redis:8.0, remove master, remove slave-1, remove slave-2, remove network id-of-redis-server_app_net
      network <- pull redis:8.0, remove network id-of-redis-server_app_net, conf for redis:8.0
      create master <- pull redis:8.0, remove network id-of-redis-server_app_net, network, remove master, remove slave-1, remove slave-2, conf for redis:8.0
      start master <- create master, conf for redis:8.0
      head-start master <- create master, conf for redis:8.0
      create slave-1 <- pull redis:8.0, remove network id-of-redis-server_app_net, network, remove master, remove slave-1, remove slave-2, conf for redis:8.0
      start slave-1 <- create slave-1, conf for redis:8.0, head-start master
      create slave-2 <- pull redis:8.0, remove network id-of-redis-server_app_net, network, remove master, remove slave-1, remove slave-2, conf for redis:8.0
      start slave-2 <- create slave-2, conf for redis:8.0, head-start master
      carriers <- start master, start slave-1, start slave-2, conf for redis:8.0"
    `);
  });

  test('of other ports must leave the network alone, and wake what is paused before the first node stops', () => {
    expect(formatPlan(planUp(facts({ basePort: 6380 }, { states: { 'slave-2': 'paused' } })))).toMatchInlineSnapshot(`
      "unpause slave-2  (a paused server cannot end in peace)
      stop master  (first port: 6380 instead of 6379)
      stop slave-1  (first port: 6380 instead of 6379)
      stop slave-2  (first port: 6380 instead of 6379)
      remove container of master  (first port: 6380 instead of 6379)
      remove container of slave-1  (first port: 6380 instead of 6379)
      remove container of slave-2  (first port: 6380 instead of 6379)
      write the conf of master, slave-1, slave-2  (first port: 6380 instead of 6379)
      create container redis-server-master (172.19.0.10:6380)  (first port: 6380 instead of 6379)
      start master  (first port: 6380 instead of 6379)
      give master a head start of 100 ms  (others follow it)
      create container redis-server-slave-1 (172.19.0.11:6381)  (first port: 6380 instead of 6379)
      start slave-1  (first port: 6380 instead of 6379)
      create container redis-server-slave-2 (172.19.0.12:6382)  (first port: 6380 instead of 6379)
      start slave-2  (first port: 6380 instead of 6379)
      remove what carried the conf  (it is done)"
    `);
  });
  test('with snapshots must see that the master wrote its last one, while its replicas still run', () => {
    expect(
      edges(facts({ basePort: 7000 }, { was: cluster(1, { persistence: 'rdb' }) }))
        .split('\n')
        .slice(0, 4),
    ).toEqual([
      'stop master <- nothing',
      'check master <- stop master',
      'stop slave-1 <- check master',
      'remove master <- stop master, check master, stop slave-1',
    ]);
  });

  test('must stop the master that a promotion made first, and start it first again', () => {
    const promoted = cluster(0, {
      nodes: [node('master', 'slave-1'), node('slave-1', null), node('slave-2', 'slave-1')],
    });
    const ops = planUp(facts({ basePort: 7000 }, { was: promoted })).filter(({ step }) =>
      /^(stop|start)$/.test(step.op),
    );
    expect(ops.map(({ id }) => id)).toEqual([
      'stop slave-1',
      'stop master',
      'stop slave-2',
      'start slave-1',
      'start master',
      'start slave-2',
    ]);
  });

  test('must come with what else is asked for, and with new nodes', () => {
    const plan = planUp(facts({ basePort: 7000, replicas: 3, topology: 'chain', timezone: 'CET' }));
    const made = plan.flatMap(({ step }) => (step.op === 'create-container' ? [step.container] : []));
    expect(made.map(({ node, address, timezone, run }) => [node, address.port, timezone, run])).toEqual([
      ['master', 7000, 'CET', 'this-run'],
      ['slave-1', 7001, 'CET', 'this-run'],
      ['slave-2', 7002, 'CET', 'this-run'],
      ['slave-3', 7003, 'CET', 'this-run'],
    ]);
    expect(plan.filter(({ step }) => ['follow', 'replace', 'configure', 'write-conf'].includes(step.op))).toEqual([]);
  });

  test('of a cluster that is stopped must stop nobody', () => {
    const states = { master: 'stopped', 'slave-1': 'stopped', 'slave-2': 'stopped' } as const;
    const ops = planUp(facts({ basePort: 7000 }, { states })).map(({ step }) => step.op);
    expect([ops.includes('stop'), ops.filter((op) => op === 'remove-container')]).toEqual([
      false,
      ['remove-container', 'remove-container', 'remove-container'],
    ]);
  });

  test('must take nothing where only volumes are left: everything is made like that', () => {
    const of = facts(
      { subnet: '10.9.0.0/24' },
      { states: { master: 'missing', 'slave-1': 'missing', 'slave-2': 'missing' } },
    );
    expect(relocationOf(of)).toBe(null);
  });

  test('must not be the business of a change of the topology', () => {
    expect(edges(facts({ basePort: 7000 }, { changes: { revive: false } }))).not.toContain('stop');
  });
});

describe('other addresses must be refused', () => {
  test('where the cluster is ephemeral, as its data would be gone', () => {
    const of = facts({ basePort: 7000 }, { was: cluster(1, { persistence: 'none' }) });
    expect(errorOf(() => planUp(of))).toMatchObject({
      code: 'unsafe',
      message: 'master would start empty, as the cluster is ephemeral, to change first port: 7000 instead of 6379.',
      hint: 'Begin anew without the data: rmsx down && rmsx up …',
    });
  });

  test.each([
    ['redis:7.4', 'redis:8.0', undefined],
    ['redis:8.0', 'redis:8.0.3', undefined],
    ['redis:7.0', 'redis:8.0', 'rmsx up --image redis:8.0'],
    ['redis:8.0', 'redis:latest', 'rmsx up --image redis:latest'],
    ['mine:1', 'mine:2', 'rmsx up --image mine:2'],
  ])('beside another image, where that would leave no way back: %s, %s', (image, next, hint) => {
    const of = facts({ basePort: 7000, image: next }, { was: cluster(1, { image }) });
    if (hint === undefined) expect(planUp(of)).not.toEqual([]);
    else
      expect(errorOf(() => planUp(of))).toMatchObject({
        code: 'unsafe',
        hint: `One after the other, first the image alone: ${hint}`,
      });
  });
});

describe('one node that gets another address', () => {
  const port = (name: string, value: number): Omit<UpRequest, 'name'> => ({ nodes: { [name]: { port: value } } });

  test('and that nobody follows, must be the only one that is replaced', () => {
    const plan = planUp(facts(port('slave-2', 7002)));
    expect(formatPlan(plan.filter(({ step }) => step.op !== 'write-conf'))).toBe(
      'make the container of slave-2 anew, on its volumes  (address: 172.19.0.12:7002 instead of 172.19.0.12:6381)',
    );
  });

  test('must be replaced alone where it is the only one', () => {
    expect(relocationOf(facts({ basePort: 7000 }, { was: cluster(0) }))).toBe(null);
    expect(edges(facts({ basePort: 7000 }, { was: cluster(0) }))).toBe('change master <- nothing');
  });

  test.each<[string, Omit<UpRequest, 'name'>, string]>([
    ['the master', port('master', 7000), 'port of master: 7000 instead of 6379'],
    [
      'two that change their ports',
      { nodes: { 'slave-1': { port: 6381 }, 'slave-2': { port: 6380 } } },
      'port of slave-1: 6381 instead of 6380, port of slave-2: 6380 instead of 6381',
    ],
    [
      'two of which one takes the address of the other',
      { nodes: { 'slave-1': { ip: '172.19.0.12' }, 'slave-2': { ip: '172.19.0.50' } } },
      'address of slave-1: 172.19.0.12 instead of 172.19.0.11, address of slave-2: 172.19.0.50 instead of 172.19.0.12',
    ],
  ])('must take all of them along where others know it, or have what it is to get: %s', (_, request, because) => {
    expect(relocationOf(facts(request))?.because).toBe(because);
  });

  test('must take all of them along where a replica follows it, be that one stopped, or the other one gone', () => {
    const chain = cluster(0, {
      topology: 'chain',
      nodes: [node('master', null), node('slave-1', 'master'), node('slave-2', 'slave-1')],
    });
    for (const states of [{}, { 'slave-2': 'stopped' }, { 'slave-1': 'missing' }] as const) {
      expect(relocationOf(facts(port('slave-1', 7001), { was: chain, states }))?.leaving).toHaveLength(
        'slave-1' in states ? 2 : 3,
      );
    }
    expect(relocationOf(facts(port('slave-1', 7001), { was: chain, states: { 'slave-2': 'missing' } }))).toBe(null);
  });
});

describe('a change that was cut off', () => {
  const after = wanted(star, { basePort: 7000, subnet: '10.9.0.0/24' });

  test('before any conf was written must be taken back by the next up', () => {
    const states = { master: 'missing', 'slave-1': 'stopped', 'slave-2': 'stopped' } as const;
    const of = facts({}, { states, changes: { record: record(star) } });
    expect(relocationOf(of)).toBe(null);
    expect(formatPlan(planUp(of))).not.toContain('7000');
  });

  test('when all containers were gone must go on, with the network that is there or without one', () => {
    for (const networks of [[], [network('redis-server_app_net', '10.9.0.0/24', 'redis-server', { run: 'killed' })]]) {
      const engine = { ...engineOf(star), containers: [], networks };
      const half = new Map([...confs(record(star)), ...[...confs(after)].filter(([name]) => name === 'slave-1')]);
      const of = facts({}, { changes: { before: after, record: after, engine, confs: half } });
      expect(relocationOf(of)).toBe(null);
      const plan = planUp(of);
      expect(plan.some(({ step }) => step.op === 'create-network')).toBe(networks.length === 0);
      expect(plan.filter(({ step }) => step.op === 'create-container')).toHaveLength(3);
    }
  });

  test('must be taken back by an up with the old values, from the network that is young', () => {
    const back = { ...record(star), epoch: 3 };
    const networks = [network('redis-server_app_net', '10.9.0.0/24', 'redis-server', { run: 'killed' })];
    const engine = { ...engineOf(after.cluster, { 'slave-2': 'missing' }), networks };
    const of = facts({}, { changes: { before: after, record: back, engine, confs: confs(after) } });
    expect(formatPlan(planUp(of))).toContain(
      'remove network redis-server_app_net  (it is there with the subnet 10.9.0.0/24 instead of 172.19.0.0/24)',
    );
  });

  test('must be seen where a network is not the one that the conf of its nodes speaks of', () => {
    const engine = engineWith({
      containers: containers(star),
      networks: [network('redis-server_app_net', '10.9.0.0/24', 'redis-server')],
    });
    const of = facts({}, { changes: { record: record(star), engine } });
    expect(relocationOf(of)?.because).toBe('subnet: 172.19.0.0/24 instead of 10.9.0.0/24');
  });
});

test('where nothing changes, nobody must move', () => {
  expect(planUp(facts({}, { changes: { record: record(star) } }))).toEqual([]);
});
