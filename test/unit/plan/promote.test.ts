import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { formatPromotePlan, type PromoteFacts, planPromote } from '../../../src/plan/promote.ts';
import { predictResync } from '../../../src/plan/resync.ts';
import { errorOf } from '../../helpers/error-of.ts';
import {
  cluster,
  containers,
  healthyInfos,
  masterInfo,
  node,
  record,
  replicaInfo,
  type States,
} from '../../helpers/values.ts';

type Infos = Readonly<Record<string, ServerInfo>>;

const own = record(cluster(2), 1);
const master = node('master', null);
const lost = (changes: Partial<ServerInfo> = {}): ServerInfo => replicaInfo(master, { link: 'down', ...changes });
const alive = masterInfo([node('slave-1', 'master'), node('slave-2', 'master')]);

/** The master is dead, both replicas have all of its data; promote slave-1. Changed by what is said. */
function facts(states: States = {}, infos: Infos = {}, changes: Partial<PromoteFacts> = {}): PromoteFacts {
  return {
    record: own,
    containers: containers((changes.record ?? own).cluster, { master: 'stopped', ...states }),
    infos: new Map(Object.entries({ 'slave-1': lost(), 'slave-2': lost(), ...infos })),
    target: 'slave-1',
    force: false,
    ...changes,
  };
}

/** The same without what a node says. */
function silent(name: string, states: States = {}, infos: Infos = {}): PromoteFacts {
  const all = facts(states, infos);
  return { ...all, infos: new Map([...all.infos].filter(([other]) => other !== name)) };
}

/** What was asked for is a star of `master`; promotions leave that as it is. */
const { asked } = own.cluster;
const promoted = record(
  cluster(0, { nodes: [node('master', 'slave-1'), node('slave-1', null), node('slave-2', 'slave-1')], asked }),
  2,
);

test('a node that still applies what it has read must be promoted when it has, and not be refused', () => {
  expect(planPromote(facts({}, { 'slave-1': lost({ readOffset: 1014 }) }))?.target).toBe('slave-1');
});

describe('a promotion after the master has died', () => {
  test('must put the target in the place of the master, and the former master under it', () => {
    expect(planPromote(facts())).toEqual({
      target: 'slave-1',
      formerMaster: 'master',
      verdict: { state: 'dead', evidence: ['its container has ended (stopped)'] },
      fence: null,
      record: promoted,
      survivors: ['slave-2'],
      silent: [],
      strangers: [],
      unseen: [],
    });
  });

  test('must tell whose writes are replaced, as they are of another history', () => {
    const infos = { 'slave-2': lost({ replid: 'b'.repeat(40), keys: 3, offset: 1 }) };
    const plan = planPromote(facts({}, infos));
    expect(plan?.strangers).toEqual(['slave-2']);
    expect(plan && formatPromotePlan(plan, facts({}, infos).infos)).toContain(
      'slave-2 holds another history than slave-1: writes that only slave-2 has are replaced, and cannot be counted',
    );
    const left = {
      'slave-1': lost({ replid: 'b'.repeat(40), replid2: lost().replid, secondOffset: 1001, offset: 1500 }),
    };
    expect(planPromote(facts({}, left))?.strangers).toEqual([]);
    expect(
      planPromote(facts({}, { 'slave-2': lost({ replid: 'b'.repeat(40), keys: 0, offset: 1 }) }))?.strangers,
    ).toEqual([]);
  });

  test('must be told in the order in which it happens', () => {
    const plan = planPromote(facts());
    expect(plan && formatPromotePlan(plan, facts().infos)).toMatchInlineSnapshot(`
      "master is dead: its container has ended (stopped).
      write the role of master: replica of slave-1  (it cannot come back as a master)
      write the role of slave-1: master
      write the role of slave-2: replica of slave-1
      make slave-1 the master
      let slave-2 follow slave-1  (partial resynchronisation expected)
      lose what only master has: that cannot be seen before, and is counted when slave-1 has taken over
      wait until all of them acknowledge a marker"
    `);
  });

  test('must leave a chain below the target as it is', () => {
    const chain = record(
      cluster(0, { nodes: [node('master', null), node('slave-1', 'master'), node('slave-2', 'slave-1')] }),
    );
    expect(planPromote(facts({}, {}, { record: chain }))?.record.cluster.nodes).toEqual([
      node('master', 'slave-1'),
      node('slave-1', null),
      node('slave-2', 'slave-1'),
    ]);
  });

  test('must be possible when the container of the master is gone', () => {
    expect(planPromote(facts({ master: 'missing' }))?.formerMaster).toBe('master');
  });

  test('must stop a former master that crashes and comes back again and again, before anything else', () => {
    const plan = planPromote(facts({ master: 'restarting' }));
    expect(plan).toMatchObject({ fence: { how: 'stop', container: { id: 'id-master' } }, silent: [] });
  });

  test('must name nodes that run and do not answer, as nobody can see what they follow', () => {
    expect(planPromote(silent('slave-2'))).toMatchObject({ survivors: [], silent: ['slave-2'] });
  });

  test('must not wait for a node that is stopped', () => {
    expect(planPromote(silent('slave-2', { 'slave-2': 'stopped' }))).toMatchObject({ survivors: [], silent: [] });
  });
});

describe('a former master that may come to itself again', () => {
  const ip = '172.19.0.10';
  const leaves = { network: 'redis-server_app_net', ip };

  test('must be cut off where it is paused, so that whoever wakes it wakes a server that nobody reaches', () => {
    const plan = planPromote(facts({ master: 'paused' }));
    expect(plan).toMatchObject({
      formerMaster: 'master',
      fence: { how: 'cut-off', pauses: false, leaves },
      silent: [],
      strangers: [],
    });
    expect(plan && formatPromotePlan(plan, facts().infos).split('\n').slice(0, 2)).toEqual([
      'master is frozen: its container is paused.',
      'take master off the network redis-server_app_net  (nobody reaches it any more)',
    ]);
  });

  test('must be held, too, where its server hangs', () => {
    const plan = planPromote(facts({ master: 'running' }, {}, { inside: 'silent' }));
    expect(plan).toMatchObject({ fence: { how: 'cut-off', pauses: true, leaves }, silent: [] });
    expect(plan?.verdict?.state).toBe('frozen');
  });

  test('must be held where it is off the network already', () => {
    const off = containers(own.cluster, { master: 'running' }).map((each) =>
      each.node === 'master' ? { ...each, attachments: [] } : each,
    );
    expect(planPromote(facts({}, {}, { containers: off }))?.fence).toMatchObject({ pauses: true, leaves: null });
  });

  test('must be ended where it lives and --force was given, and counts as no survivor', () => {
    const given = facts({ master: 'running' }, { master: alive }, { force: true });
    expect(planPromote(given)).toMatchObject({ fence: { how: 'stop' }, survivors: ['slave-2'], silent: [] });
  });
});

describe('a promotion that could lose data or make a second master must be refused', () => {
  test.each<[string, PromoteFacts, string, string]>([
    [
      'the target has no container',
      silent('slave-1', { 'slave-1': 'missing' }),
      'slave-1 cannot be promoted: its container is not there.',
      'rmsx status',
    ],
    ...(['stopped', 'paused', 'restarting'] as const).map((state): [string, PromoteFacts, string, string] => [
      `the target is ${state}`,
      silent('slave-1', { 'slave-1': state }),
      `slave-1 cannot be promoted: its container is ${state}.`,
      state === 'stopped' || state === 'paused'
        ? 'Let it run, and promote it then: rmsx start slave-1 && rmsx promote slave-1'
        : 'rmsx status',
    ]),
    ['the target is silent', silent('slave-1'), 'slave-1 cannot be promoted: it does not answer.', 'rmsx status'],
    [
      'the target loads',
      facts({}, { 'slave-1': lost({ loading: true }) }),
      'slave-1 cannot be promoted: slave-1 is loading its data.',
      'rmsx status',
    ],
    [
      'the target synchronises',
      facts({}, { 'slave-1': lost({ link: 'syncing' }) }),
      'slave-1 cannot be promoted: slave-1 is in the middle of a full synchronisation: its data is old or partial.',
      'rmsx status',
    ],
    [
      'the target was never in sync',
      facts({}, { 'slave-1': lost({ offset: 0 }) }),
      'slave-1 cannot be promoted: slave-1 has never been in sync with its source.',
      'rmsx status',
    ],
    [
      'the target is marked',
      facts({}, { 'slave-1': lost({ priority: 0 }) }),
      'slave-1 cannot be promoted: slave-1 is marked never to be promoted (replica-priority 0).',
      'rmsx status',
    ],
    [
      'the target is behind',
      facts({}, { 'slave-1': lost({ offset: 11_927 }), 'slave-2': lost({ offset: 12_727 }) }),
      'slave-1 is 800 bytes behind slave-2 (offset 11927 of 12727); promoting it would erase those writes from slave-2.',
      'Promote the better one: rmsx promote slave-2\nOr let it take over first, and hand over: rmsx promote slave-1 --via',
    ],
    [
      'the target holds another history',
      facts({}, { 'slave-1': lost({ replid: 'b'.repeat(40), offset: 1, keys: 3 }) }),
      'slave-1 holds another history than slave-2: offsets cannot be compared, and writes that only slave-2 has would be erased.',
      'Promote the better one: rmsx promote slave-2\nOr let it take over first, and hand over: rmsx promote slave-1 --via',
    ],
    [
      'the master is alive',
      facts({ master: 'running' }, { master: alive }),
      'master is alive: it answers as the master, at offset 1000.',
      'To rehearse its death: rmsx fault kill master\nTo hand over without losing a write: rmsx switchover slave-1\nTo end it, and lose what only it has: rmsx promote slave-1 --force',
    ],
    [
      'the target is a second master',
      facts({ master: 'running' }, { master: alive, 'slave-1': masterInfo([]) }),
      'master is alive: it answers as the master, at offset 1000.',
      'To let slave-1, which runs as a master too, follow it again: rmsx repair\nTo end it, and lose what only it has: rmsx promote slave-1 --force',
    ],
    [
      'another node is a master already',
      facts({}, { 'slave-2': masterInfo([]) }),
      'slave-2 already runs as master: promoting slave-1 would make one more.',
      'Let slave-2 be the master: rmsx promote slave-2\nOr see what is: rmsx status',
    ],
    [
      'the master runs in silence',
      facts({ master: 'running' }),
      'master is not known to be gone: it runs and does not answer; slave-1 has no link to it; slave-2 has no link to it.',
      'See why: rmsx logs master --tail 20\nTo end it, and lose what only it has: rmsx promote slave-1 --force',
    ],
  ])('%s', (_, given, message, hint) => {
    expect(errorOf(() => planPromote(given))).toEqual({ code: 'unsafe', message, hint, problems: [] });
  });

  test('nothing tells whose history is the right one', () => {
    const given = facts({}, { 'slave-1': lost({ replid: 'b'.repeat(40), offset: 2000 }) });
    expect(errorOf(() => planPromote(given))).toEqual({
      code: 'unsafe',
      message: 'slave-1 and slave-2 hold different histories, and nothing tells which data is the newer.',
      problems: ['slave-1 holds 20 keys', 'slave-2 holds 20 keys'],
      hint: 'Look into slave-1: rmsx cli slave-1 INFO keyspace\nOr look into slave-2: rmsx cli slave-2 INFO keyspace\nOr give up the others: rmsx promote slave-1 --force',
    });
    expect(planPromote({ ...given, force: true })?.strangers).toEqual(['slave-2']);
  });

  test('hints must name a cluster that is not the default one', () => {
    const demo = record(cluster(2, { name: 'demo' }));
    const given = facts({}, { 'slave-1': lost({ offset: 1 }) }, { record: demo });
    expect(errorOf(() => planPromote(given)).hint).toBe(
      'Promote the better one: rmsx promote slave-2 -n demo\nOr let it take over first, and hand over: rmsx promote slave-1 --via -n demo',
    );
  });

  test('a cycle, which every server would accept and show as healthy', () => {
    const cyclic = record(
      cluster(0, {
        nodes: [
          node('master', null),
          node('slave-1', 'master'),
          node('slave-2', 'slave-3'),
          node('slave-3', 'slave-2'),
        ],
      }),
    );
    expect(() => planPromote(facts({}, {}, { record: cyclic }))).toThrow('has a cycle or a missing source');
  });
});

describe('what protects data', () => {
  test('must tolerate one PING of the master: the data is the same', () => {
    const given = (ahead: number): PromoteFacts => facts({}, { 'slave-2': lost({ offset: 1000 + ahead }) });
    expect(planPromote(given(14))?.target).toBe('slave-1');
    expect(errorOf(() => planPromote(given(13))).message).toMatch(/^slave-1 is 13 bytes behind/);
    expect(errorOf(() => planPromote(given(15))).message).toMatch(/^slave-1 is 15 bytes behind/);
  });

  test.each<[string, Infos]>([
    ['a target that is behind', { 'slave-1': lost({ offset: 1 }) }],
    ['a target with another history', { 'slave-1': lost({ replid: 'b'.repeat(40) }) }],
  ])('--force must promote %s', (_, infos) => {
    expect(planPromote(facts({}, infos, { force: true }))?.target).toBe('slave-1');
  });

  test.each<[string, PromoteFacts]>([
    ['a target that synchronises', facts({}, { 'slave-1': lost({ link: 'syncing' }) }, { force: true })],
    ['a second master', facts({}, { 'slave-2': masterInfo([]) }, { force: true })],
  ])('--force must not override %s', (_, given) => {
    expect(errorOf(() => planPromote(given)).code).toBe('unsafe');
  });

  test('a candidate that may not be promoted must not stand in the way of a worse one', () => {
    const infos = { 'slave-2': lost({ offset: 99_999, priority: 0 }) };
    expect(planPromote(facts({}, infos))?.target).toBe('slave-1');
  });
});

describe('a promotion that was done before', () => {
  const done = { 'slave-1': masterInfo([node('slave-2', 'slave-1')]), 'slave-2': replicaInfo(node('slave-1', null)) };

  test('must change nothing', () => {
    expect(planPromote(facts({}, done, { record: promoted }))).toBeNull();
  });

  test('must be finished where it stopped before the others followed', () => {
    const infos = { ...done, 'slave-2': lost() };
    expect(planPromote(facts({}, infos, { record: promoted }))).toEqual({
      target: 'slave-1',
      formerMaster: null,
      verdict: null,
      fence: null,
      record: promoted,
      survivors: ['slave-2'],
      silent: [],
      strangers: [],
      unseen: [],
    });
  });

  test('must be finished where it stopped before the target became the master', () => {
    expect(planPromote(facts({}, {}, { record: promoted }))).toMatchObject({ formerMaster: null, record: promoted });
  });

  test('must be possible once more, to another node', () => {
    const states = { 'slave-1': 'stopped' } as const;
    const infos = { 'slave-2': lost({ source: node('slave-1', null).address }) };
    const given = facts(states, infos, { record: promoted, target: 'slave-2' });
    const alone = { ...given, infos: new Map([...given.infos].filter(([name]) => name !== 'slave-1')) };
    expect(planPromote(alone)?.record).toEqual(
      record(
        cluster(0, { nodes: [node('master', 'slave-2'), node('slave-1', 'slave-2'), node('slave-2', null)], asked }),
        3,
      ),
    );
  });
});

test.each<[string, Partial<ServerInfo>, 'partial' | 'full']>([
  ['has as much as the target', {}, 'partial'],
  ['has less', { offset: 1 }, 'partial'],
  ['has more, which the target never had', { offset: 1001 }, 'full'],
  ['has another history', { replid: 'b'.repeat(40) }, 'full'],
])('a survivor that %s must be expected to come back by a %s resynchronisation', (...[, changes, kind]) => {
  expect(predictResync(lost(changes), lost())).toBe(kind);
});

test('a survivor that said nothing must be expected to need everything', () => {
  expect([predictResync(undefined, lost()), predictResync(lost(), undefined)]).toEqual(['full', 'full']);
});

describe('servers of different versions', () => {
  const of = (...images: readonly string[]): ClusterSpec =>
    cluster(0, {
      nodes: images.map((image, i) => node(i === 0 ? 'master' : `slave-${i}`, i === 0 ? null : 'master', { image })),
    });
  const facts = (target: string, force: boolean, spec = of('redis:7.0', 'redis:8.0', 'redis:7.0')): PromoteFacts => ({
    record: record(spec),
    containers: containers(spec, { master: 'stopped' }),
    infos: new Map([...healthyInfos(spec)].filter(([name]) => name !== 'master')),
    target,
    force,
  });

  test('a node whose data the others could not load must not be promoted, and the one that can must be named', () => {
    expect(errorOf(() => planPromote(facts('slave-1', false)))).toMatchObject({
      code: 'unsafe',
      message:
        'slave-1 runs Redis 8.0, and master (Redis 7.0), slave-2 (Redis 7.0) could not load its data: they would never be in sync again.',
      hint: 'Promote one that all others can follow: rmsx promote slave-2',
    });
  });

  test('the oldest one may be promoted, and the newest with --force', () => {
    expect(planPromote(facts('slave-2', false))?.target).toBe('slave-2');
    expect(planPromote(facts('slave-1', true))?.target).toBe('slave-1');
  });

  test('a tag that names only a major version must count as what it may be', () => {
    expect(planPromote(facts('slave-1', false, of('redis:7', 'redis:7.4', 'redis:7')))?.target).toBe('slave-1');
    expect(planPromote(facts('slave-1', false, of('redis:7.0', 'redis:7', 'redis:7.0')))?.target).toBe('slave-1');
    expect(errorOf(() => planPromote(facts('slave-1', false, of('redis:6', 'redis:8', 'redis:6'))))).toMatchObject({
      message:
        'slave-1 runs Redis 8, and master (Redis 6), slave-2 (Redis 6) could not load its data: they would never be in sync again.',
      hint: 'Promote one that all others can follow: rmsx promote slave-2',
    });
  });
});
