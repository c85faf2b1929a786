import { describe, expect, test } from 'vitest';
import type { ObservedContainer, ObservedEngine } from '../../../src/domain/observed.ts';
import { type GcPlan, planGc } from '../../../src/plan/gc.ts';
import { type GcFacts, nodesToAsk } from '../../../src/plan/gc-scene.ts';
import { attachment, cluster, container, engineWith, foreign, network, record, volume } from '../../helpers/values.ts';

const hour = 3_600_000;
const nowMs = 1_800_000_000_000;
const old = nowMs - 2 * hour;
const spec = cluster(1);
const name = 'redis-server';
type Change = Partial<ObservedContainer>;

const made = (node: string, changes: Change = {}): ObservedContainer =>
  container(spec, node, { run: 'dead', createdAtMs: old, ...changes });
const fresh = (node: string, changes: Change = {}): ObservedContainer =>
  made(node, { state: 'stopped', neverStarted: true, ...changes });
const special = (own: string, changes: Change = {}): ObservedContainer =>
  foreign(own, { id: `id-of-${own}`, cluster: name, run: 'dead', createdAtMs: old, ...changes });
const carrier = (changes: Change = {}): ObservedContainer => special(`${name}-conf-dead`, changes);
const lock = (owner: string, changes: Change = {}): ObservedContainer => special(`${name}-lock`, { owner, ...changes });
const net = { ...network(`${name}_app_net`, '172.19.0.0/24', name), run: 'dead', createdAtMs: old };
const disk = (node: string, purpose: 'data' | 'conf', run = 'dead') =>
  volume(`${name}-${node}-${purpose}`, { cluster: name, node, purpose, run, createdAtMs: old });
const disks = (node: string, run = 'dead') => [disk(node, 'data', run), disk(node, 'conf', run)];

function plan(engine: Partial<ObservedEngine>, changes: Partial<GcFacts> = {}): GcPlan {
  return planGc({
    cluster: name,
    engine: engineWith(engine),
    record: record(spec),
    keys: new Map(),
    holdsLock: false,
    nowMs,
    olderThanMs: hour,
    fateOf: ({ owner, run }) => {
      const maker = owner ?? run ?? '';
      return maker === 'alive' ? 'alive' : maker === 'dead' ? 'ended' : 'unknown';
    },
    ...changes,
  });
}

const gone = (engine: Partial<ObservedEngine>, changes: Partial<GcFacts> = {}): readonly string[] =>
  plan(engine, changes).leftovers.map((leftover) => leftover.name.replace(`${name}-`, ''));
const kept = (engine: Partial<ObservedEngine>, changes: Partial<GcFacts> = {}): readonly string[] =>
  plan(engine, changes).kept.map(({ because }) => because);

const complete = {
  containers: [made('master'), made('slave-1')],
  networks: [net],
  volumes: [...disks('master'), ...disks('slave-1')],
};

describe('what is no leftover must stay', () => {
  test.each<[string, Partial<ObservedEngine>, Partial<GcFacts>]>([
    ['nothing', {}, {}],
    ['a complete cluster, however old', complete, {}],
    [
      'a complete cluster that is stopped',
      { ...complete, containers: complete.containers.map((own) => ({ ...own, state: 'stopped' as const })) },
      {},
    ],
    ['a complete cluster whose record cannot be read', complete, { record: null }],
    ['the data of a cluster that is down', { volumes: [...disks('master'), ...disks('slave-1')] }, {}],
    ['what Docker Compose made', { containers: [fresh('master', { run: null })], networks: [net] }, {}],
    ['a network with our label that no run made', { networks: [{ ...net, run: null }] }, {}],
    ['what nobody labelled', { containers: [foreign(`${name}-master`)], networks: [network('net', '10.0.0.0/8')] }, {}],
    ['another cluster', { networks: [{ ...net, cluster: 'other' }] }, {}],
    ['a container with our label that carries nothing', { containers: [special('tool')] }, {}],
  ])('%s', (_, engine, changes) => {
    expect(plan(engine, changes)).toEqual({ leftovers: [], kept: [] });
  });
});

describe('what may belong to a run on another machine must stay, whatever age is asked for, until it is old:', () => {
  const minuteMs = 60_000;
  const leftAt = (ageMs: number): Partial<ObservedEngine> => ({
    containers: [lock('elsewhere', { run: 'elsewhere', createdAtMs: nowMs - ageMs })],
    networks: [{ ...net, run: 'elsewhere', createdAtMs: nowMs - ageMs }],
  });

  test.each([
    [9, []],
    [10, ['lock', 'redis-server_app_net']],
  ])('%i minutes', (minutes, names) => {
    expect(gone(leftAt(minutes * minuteMs), { olderThanMs: 0 })).toEqual(names);
  });
});

test('an isolated cluster whose rmsx run was killed must go, however young it is', () => {
  const containers = complete.containers.map((own) => ({ ...own, createdAtMs: nowMs }));
  const networks = [{ ...net, isolated: true, held: true, createdAtMs: nowMs }];
  expect(gone({ containers, networks })).toEqual(['master', 'slave-1', 'redis-server_app_net']);
});

describe('what an interrupted run left must go, containers first', () => {
  test.each<[string, Partial<ObservedEngine>, Partial<GcFacts>, readonly string[]]>([
    ['a network', { networks: [net] }, {}, ['redis-server_app_net']],
    [
      'a carrier and the conf of nodes that never were',
      { containers: [carrier()], networks: [net], volumes: [disk('master', 'conf'), disk('slave-1', 'conf')] },
      { record: null },
      ['conf-dead', 'redis-server_app_net', 'master-conf', 'slave-1-conf'],
    ],
    [
      'nodes that never ran',
      { containers: [fresh('master'), fresh('slave-1')], networks: [net], volumes: disks('master') },
      { record: null },
      ['master', 'slave-1', 'redis-server_app_net', 'master-conf', 'master-data'],
    ],
    [
      'a master without keys whose replica was never made',
      {
        containers: [made('master'), carrier()],
        networks: [net],
        volumes: [...disks('master'), disk('slave-1', 'conf')],
      },
      { keys: new Map([['master', 0]]) },
      ['master', 'conf-dead', 'redis-server_app_net', 'master-conf', 'master-data', 'slave-1-conf'],
    ],
    [
      'a node without data that has ended',
      { containers: [made('master', { state: 'stopped' }), fresh('slave-1')] },
      { record: record(cluster(1, { persistence: 'none' })) },
      ['master', 'slave-1'],
    ],
    [
      'the nodes of an up after down, and not the data that was kept',
      { containers: [fresh('master'), fresh('slave-1')], networks: [net], volumes: disks('master', 'earlier') },
      {},
      ['master', 'slave-1', 'redis-server_app_net'],
    ],
    [
      'the network of an up after down, and not the data that was kept',
      { networks: [net], containers: [carrier()], volumes: disks('master', 'earlier') },
      { record: null },
      ['conf-dead', 'redis-server_app_net'],
    ],
    [
      'data without a container must stay, and so must its conf',
      { containers: [fresh('master')], volumes: [...disks('master'), ...disks('slave-1')] },
      {},
      ['master', 'master-conf', 'master-data'],
    ],
    [
      'a lock whose process has ended, and what was carried',
      { ...complete, containers: [...complete.containers, lock('dead'), carrier()] },
      {},
      ['lock', 'conf-dead'],
    ],
    ['an old lock of another machine', { containers: [lock('far')] }, {}, ['lock']],
    [
      'an isolated cluster, complete as it is',
      { containers: complete.containers, networks: [{ ...net, isolated: true }] },
      { keys: new Map([['master', 7]]) },
      ['master', 'slave-1', 'redis-server_app_net'],
    ],
  ])('%s', (_, engine, changes, names) => {
    const { leftovers, kept: stays } = plan(engine, changes);
    expect([leftovers.map((own) => own.name.replace(`${name}-`, '')), stays]).toEqual([names, []]);
  });
});

describe('what is not sure must stay, and be told', () => {
  const half = { containers: [made('master'), carrier()], networks: [net], volumes: disks('master') };
  const empty = { keys: new Map([['master', 0]]) };

  test.each<[string, Partial<ObservedEngine>, Partial<GcFacts>, string]>([
    ['keys', half, { keys: new Map([['master', 1]]) }, 'it is not complete, but master holds 1 key'],
    ['silence', half, {}, 'it is not complete, and master does not say whether it holds data'],
    [
      'a server with a volume that has ended',
      { ...half, containers: [made('master', { state: 'stopped' }), carrier()] },
      {},
      'it is not complete, and master does not say whether it holds data',
    ],
    [
      'no sign of an interruption: somebody removed a node',
      { ...half, containers: [made('master')] },
      empty,
      'it is not complete, but master may have been before',
    ],
    [
      'a cluster that was growing',
      { ...half, containers: [made('master', { run: 'earlier' }), fresh('slave-1')] },
      empty,
      'it is not complete, but master may have been before',
    ],
    [
      'data of an earlier run',
      { ...half, volumes: disks('master', 'earlier') },
      empty,
      'it is not complete, but runs on data of an earlier one',
    ],
    [
      'youth',
      { ...half, networks: [{ ...net, createdAtMs: nowMs - hour + 1 }] },
      empty,
      'it is not complete, and not old enough yet',
    ],
    [
      'an age that nobody knows',
      { networks: [{ ...net, createdAtMs: null }] },
      {},
      'it is not complete, and not old enough yet',
    ],
    [
      'a carrier of a run that is under way',
      { containers: [carrier({ run: 'alive' })] },
      {},
      'it is not complete, and the process that is making it is alive',
    ],
    [
      'a young carrier of another machine',
      { containers: [carrier({ run: 'far', createdAtMs: nowMs })] },
      {},
      'it is not complete, and not old enough yet',
    ],
    [
      'a run that is under way',
      { ...half, networks: [{ ...net, run: 'alive' }] },
      empty,
      'it is not complete, and the process that is making it is alive',
    ],
  ])('%s', (_, engine, changes, because) => {
    expect([gone(engine, changes), kept(engine, changes)]).toEqual([[], [because]]);
  });

  test.each(['alive', 'far'])('everything, while a lock is held: %s', (owner) => {
    const engine = { ...half, containers: [...half.containers, lock(owner, { createdAtMs: nowMs })] };
    expect(gone(engine, empty)).toEqual([]);
    expect(kept(engine, empty)[0]).toContain('another rmsx is at work on it');
    expect(gone(engine, { ...empty, holdsLock: true })).toContain('master'); // our own
  });

  test('an isolated cluster whose rmsx run is alive, or on a machine that cannot be asked', () => {
    const { containers } = complete;
    const held = { ...net, isolated: true, held: true };
    for (const run of ['alive', 'elsewhere']) {
      const networks = [{ ...held, run, createdAtMs: nowMs }];
      expect(plan({ containers, networks })).toEqual({ leftovers: [], kept: [] });
    }
  });

  test('a cluster with volumes whose rmsx run was killed, and it must be told how to take it down', () => {
    const { kept, leftovers } = plan({ ...complete, networks: [{ ...net, held: true }] });
    const because = 'the process that was to take it down has been killed';
    const hint = 'take it down, if nobody has gone on with it: rmsx down';
    expect([leftovers, kept]).toEqual([[], [{ cluster: name, because, hint }]]);
  });

  test('an isolated cluster that is young, is being made, or has a volume', () => {
    const isolated = { ...net, isolated: true };
    const { containers } = complete;
    expect(gone({ containers, networks: [{ ...isolated, createdAtMs: nowMs }] })).toEqual([]);
    expect(gone({ containers, networks: [{ ...isolated, run: 'alive' }] })).toEqual([]);
    expect(gone({ ...complete, networks: [isolated] })).toEqual([]);
  });

  test('a network to which somebody else is attached', () => {
    const guest = foreign('web', { attachments: [attachment('x', { networkId: net.id })] });
    expect(plan({ networks: [net], containers: [guest] })).toEqual({
      leftovers: [],
      kept: [
        {
          cluster: name,
          because: 'web is attached to its network redis-server_app_net',
          hint: 'docker network disconnect redis-server_app_net web',
        },
      ],
    });
  });
});

test('what was carried tells that a run was interrupted, and must stay as long as its nodes do', () => {
  const young = { ...net, createdAtMs: nowMs };
  expect(gone({ containers: [made('master'), carrier()], networks: [young] })).toEqual([]);
  expect(gone({ containers: [made('master', { run: 'earlier' }), carrier()], networks: [young] })).toEqual([
    'conf-dead',
  ]);
});

test('only the servers of a cluster that is not complete may be asked', () => {
  const ask = (containers: readonly ObservedContainer[], own = record(spec)) =>
    nodesToAsk({ cluster: name, engine: engineWith({ containers }), record: own });
  expect(ask(complete.containers)).toEqual([]);
  expect(ask([made('master'), fresh('slave-1')])).toEqual(['master']);
  expect(ask([made('master'), made('slave-9')])).toEqual(['master']);
  expect(nodesToAsk({ cluster: name, engine: engineWith({ containers: [made('master')] }), record: null })).toEqual([]);
});

test('a move to other addresses that was cut off may lose what never ran, and no data', () => {
  const volumes = [...disks('master', 'earlier'), ...disks('slave-1', 'earlier')];
  const containers = [fresh('master'), fresh('slave-1'), carrier()];
  expect(gone({ containers, networks: [net], volumes })).toEqual(['master', 'slave-1', 'conf-dead', `${name}_app_net`]);
  const running = [made('master'), fresh('slave-1'), carrier()];
  expect(gone({ containers: running, networks: [net], volumes })).toEqual([]);
  expect(gone({ networks: [net], volumes })).toEqual([`${name}_app_net`]);
});
