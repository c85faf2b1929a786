import { describe, expect, test } from 'vitest';
import { sourceOf } from '../../../src/domain/cluster.ts';
import type { NodeConf, ObservedContainer } from '../../../src/domain/observed.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { describeRepair, planRepair, type RepairFacts } from '../../../src/plan/repair.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers, healthyInfos, masterInfo, record, shaped } from '../../helpers/values.ts';

const spec = cluster(2);
const confsOf = (of = spec, epoch = 1): ReadonlyMap<string, NodeConf> =>
  new Map(
    of.nodes.map((node) => [
      node.name,
      { password: 'p', source: sourceOf(of, node)?.address ?? null, record: record(of, epoch) },
    ]),
  );
const healthy = (of = spec): RepairFacts => ({
  record: record(of),
  containers: containers(of),
  confs: confsOf(of),
  infos: healthyInfos(of),
  left: [],
  lastRoles: new Map(),
});
const facts = healthy();

const withState = (state: ObservedContainer['state'], ...names: readonly string[]): RepairFacts['containers'] =>
  facts.containers.map((each) => (names.includes(each.node ?? '') ? { ...each, state } : each));
const withInfo = (infos: Readonly<Record<string, Partial<ServerInfo>>>): RepairFacts['infos'] =>
  new Map([...facts.infos].map(([node, info]) => [node, { ...info, ...infos[node] }] as const));
const without = (...names: readonly string[]): RepairFacts['infos'] =>
  new Map([...facts.infos].filter(([node]) => !names.includes(node)));
const told = (seen: RepairFacts): readonly string[] => planRepair(seen).map(describeRepair);
const follows = (name: string): Partial<ServerInfo> => ({
  role: 'replica',
  source: spec.nodes.find((node) => node.name === name)?.address ?? null,
  link: 'up',
});

describe('a repair', () => {
  test('of what is as it should be must do nothing', () => {
    expect(planRepair(facts)).toEqual([]);
  });

  test('must write what nodes would come back with, where that is of an older change', () => {
    const older = new Map([...facts.confs, ['slave-1', { password: 'p', source: null, record: record(spec) }]]);
    expect(told({ ...facts, confs: older })).toEqual(['write role and record of slave-1']);
    const newer = { ...facts, record: record(spec, 2) };
    expect(told(newer)).toEqual(['write role and record of master, slave-1, slave-2']);
  });

  test('must finish a promotion after which no node is a master', () => {
    const none = withInfo({ master: { ...follows('slave-1'), link: 'down' }, 'slave-2': follows('slave-1') });
    expect(told({ ...facts, infos: none })).toEqual(['make master the master']);
  });

  test('must let a master hand over that should be none, and not treat it as one more', () => {
    const other = withInfo({ master: follows('slave-1'), 'slave-1': { role: 'master', source: null, link: null } });
    expect(told({ ...facts, infos: other })).toEqual(['hand over to master']);
  });

  test('must bring back a second master, and whoever follows somebody else', () => {
    const infos = withInfo({ 'slave-1': { role: 'master', source: null, link: null }, 'slave-2': follows('slave-1') });
    expect(planRepair({ ...facts, infos })).toEqual([
      { op: 'rejoin', node: 'slave-1', source: 'master', because: 'it runs as a master' },
      { op: 'rejoin', node: 'slave-2', source: 'master', because: 'it follows another node' },
    ]);
  });

  test('must go from the master down', () => {
    const chain = shaped('chain', { 'slave-2': 'slave-1', master: null, 'slave-1': 'master' });
    const infos = new Map(
      [...healthyInfos(chain)].map(([name, info]) => [
        name,
        name === 'master' ? info : { ...info, source: { host: '10.0.0.9', port: 1 } },
      ]),
    );
    expect(told({ ...healthy(chain), infos })).toEqual(['let slave-1 follow master', 'let slave-2 follow slave-1']);
  });

  test('must leave a server alone that is loading its data', () => {
    const infos = withInfo({ 'slave-1': { loading: true, source: { host: '10.0.0.9', port: 1 } } });
    expect(planRepair({ ...facts, infos })).toEqual([]);
  });

  test('must start what was a replica, and let a former master come back by itself before that', () => {
    const stopped = {
      ...facts,
      containers: withState('stopped', 'slave-1', 'slave-2'),
      infos: without('slave-1', 'slave-2'),
    };
    const replicas = new Map([
      ['slave-1', 'replica'],
      ['slave-2', 'replica'],
    ] as const);
    expect(told({ ...stopped, lastRoles: replicas })).toEqual(['start, or make anew: slave-1, slave-2']);
    const former = new Map([...replicas, ['slave-1', 'master'] as const]);
    expect(told({ ...stopped, lastRoles: former })).toEqual([
      'let slave-1 follow master',
      'start, or make anew: slave-2',
    ]);
    const unknown = new Map([...replicas, ['slave-1', null] as const]);
    expect(told({ ...stopped, lastRoles: unknown })[0]).toBe('let slave-1 follow master');
  });

  test('must start a master that is down together with its replicas', () => {
    const down = {
      ...facts,
      containers: withState('stopped', 'master', 'slave-1'),
      infos: without('master', 'slave-1'),
    };
    const lastRoles = new Map([['slave-1', 'replica'] as const]);
    expect(told({ ...down, lastRoles })).toEqual(['start, or make anew: master, slave-1']);
  });

  test('must make a container anew that is gone, and remove one that is no node any more', () => {
    const [master, ...others] = facts.containers;
    const gone = { ...facts, containers: others, infos: without('master') };
    expect(told(gone)).toEqual(['start, or make anew: master']);
    const stray = { ...(master as ObservedContainer), node: 'slave-3', name: 'redis-server-slave-3' };
    expect(told({ ...facts, containers: [...facts.containers, stray] })).toEqual(['remove the container of slave-3']);
  });

  test('must set back what was left in servers', () => {
    expect(told({ ...facts, left: ['slave-2'] })).toEqual(['set back the settings of slave-2']);
  });
});

describe('a repair must be refused with the way out where', () => {
  const replicas: RepairFacts['lastRoles'] = new Map([['slave-1', 'replica']]);

  test.each<[string, RepairFacts, string, string]>([
    [
      'a node was made the master by hand, and the recorded one is down',
      {
        ...facts,
        containers: withState('stopped', 'master'),
        infos: new Map([...without('master', 'slave-1'), ['slave-1', masterInfo([])]]),
      },
      'slave-1 is the master, and by the record master should be, which does not answer.',
      'rmsx promote slave-1',
    ],
    [
      'two nodes are masters that should be none',
      {
        ...facts,
        infos: new Map([
          ['slave-1', masterInfo([])],
          ['slave-2', masterInfo([])],
        ]),
      },
      'slave-1 and slave-2 are masters at the same time',
      'rmsx status',
    ],
    [
      'the master hangs',
      { ...facts, infos: without('master') },
      'master runs and does not answer, and no node is the master.',
      'rmsx status',
    ],
    [
      'the master is down, and a former master is, too',
      {
        ...facts,
        containers: withState('stopped', 'master', 'slave-1', 'slave-2'),
        infos: new Map(),
        lastRoles: new Map([...replicas, ['slave-2', 'master']]),
      },
      'slave-2 may have writes that nobody else has',
      'rmsx start master && rmsx repair',
    ],
  ])('%s', (_, seen, message, hint) => {
    const error = errorOf(() => planRepair(seen));
    expect(error).toMatchObject({ code: 'unsafe', message: expect.stringContaining(message) });
    expect(error.hint).toContain(hint);
  });
});
