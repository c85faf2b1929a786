import { describe, expect, test } from 'vitest';
import type { NodeSpec } from '../../../src/domain/cluster.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { formatSwitchoverPlan, planSwitchover, type SwitchoverFacts } from '../../../src/plan/switchover.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers, masterInfo, node, record, replicaInfo, type States } from '../../helpers/values.ts';

type Infos = Readonly<Record<string, ServerInfo | undefined>>;

const master = node('master', null);
const star = [master, node('slave-1', 'master'), node('slave-2', 'master')];
const chain = [master, node('slave-1', 'master'), node('slave-2', 'slave-1')];

/** Everything runs and is in sync; hand over to slave-1. Changed by what is said. */
function facts(
  nodes: readonly NodeSpec[] = star,
  {
    target = 'slave-1',
    states = {},
    infos = {},
    images = {},
  }: {
    readonly target?: string;
    readonly states?: States;
    readonly infos?: Infos;
    readonly images?: Readonly<Record<string, string>>;
  } = {},
): SwitchoverFacts {
  const own = record(cluster(0, { nodes: nodes.map((each) => ({ ...each, image: images[each.name] ?? null })) }), 1);
  const usual = nodes.map(({ name, source }): [string, ServerInfo | undefined] => {
    const above = nodes.find((each) => each.name === source);
    return [name, above ? replicaInfo(above) : masterInfo(nodes.filter((each) => each.source === name))];
  });
  const all = Object.entries({ ...Object.fromEntries(usual), ...infos });
  return {
    record: own,
    containers: containers(own.cluster, states),
    infos: new Map(all.flatMap(([name, info]) => (info ? [[name, info] as const] : []))),
    target,
  };
}

const sources = (plan: ReturnType<typeof planSwitchover>, which: 'between' | 'after'): object => {
  const nodes = (which === 'between' ? plan?.between : plan?.record.cluster)?.nodes ?? [];
  return Object.fromEntries(nodes.map(({ name, source }) => [name, source]));
};

describe('a hand-over in a star', () => {
  const plan = planSwitchover(facts());

  test('must move the other replicas below the heir first, while the master is the master', () => {
    expect(plan).toMatchObject({ target: 'slave-1', formerMaster: 'master', lifted: false, siblings: ['slave-2'] });
    expect(sources(plan, 'between')).toEqual({ master: null, 'slave-1': 'master', 'slave-2': 'slave-1' });
    expect(sources(plan, 'after')).toEqual({ master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
    expect([plan?.record.epoch, plan?.survivors]).toEqual([2, ['master', 'slave-2']]);
  });

  test('must be told in the order in which it happens: the master steps down before the heir takes over', () => {
    expect(plan && formatSwitchoverPlan(plan)).toMatchInlineSnapshot(`
      "let slave-2 follow slave-1  (partial resynchronisation expected)
      write the role of master: replica of slave-1
      write the role of slave-1: master
      write the role of slave-2: replica of slave-1
      hold the writes of master until slave-1 has all of them
      let master follow slave-1  (partial resynchronisation expected)
      make slave-1 the master
      wait until all of them acknowledge a marker"
    `);
  });

  test('must leave out a node that is stopped: it starts with the role that its conf says', () => {
    const given = facts(star, { states: { 'slave-2': 'stopped' }, infos: { 'slave-2': undefined } });
    expect(planSwitchover(given)).toMatchObject({ siblings: [], survivors: ['master'] });
  });
});

describe('a hand-over in a chain', () => {
  test('must lift its tail below the master before anybody is put below it, so that there is no circle', () => {
    const plan = planSwitchover(facts(chain, { target: 'slave-2' }));
    expect(plan).toMatchObject({ lifted: true, siblings: ['slave-1'] });
    expect(sources(plan, 'between')).toEqual({ master: null, 'slave-1': 'slave-2', 'slave-2': 'master' });
    expect(sources(plan, 'after')).toEqual({ master: 'slave-2', 'slave-1': 'slave-2', 'slave-2': null });
  });

  test('must leave alone who hangs below the heir', () => {
    const plan = planSwitchover(facts(chain));
    expect(plan).toMatchObject({ lifted: false, siblings: [] });
    expect(sources(plan, 'after')).toEqual({ master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
  });
});

test('there must be nothing to do where the node is the master', () => {
  expect(planSwitchover(facts(star, { target: 'master' }))).toBeNull();
});

test('a hand-over that was cut off after its roles were written must go on from where it stands', () => {
  const written = [node('master', 'slave-1'), node('slave-1', null), node('slave-2', 'slave-1')];
  const infos = {
    master: masterInfo([node('slave-1', 'master')]),
    'slave-1': replicaInfo(master),
    'slave-2': replicaInfo(node('slave-1', 'master')),
  };
  const plan = planSwitchover(facts(written, { infos }));
  expect(plan).toMatchObject({ formerMaster: 'master', siblings: [], record: { epoch: 1 } });
  const noMaster = facts(written, {
    infos: { ...infos, master: replicaInfo(node('slave-1', null), { link: 'down' }) },
  });
  expect(errorOf(() => planSwitchover(noMaster))).toMatchObject({
    message: 'No node of redis-server is a master: its hand-over was cut off.',
    hint: 'rmsx promote slave-1',
  });
});

describe('a hand-over that would lose something or leave somebody behind must be refused', () => {
  const down = replicaInfo(master, { link: 'down' });
  test.each<[string, SwitchoverFacts, string, string]>([
    [
      'the master is dead',
      facts(star, { states: { master: 'stopped' }, infos: { master: undefined } }),
      'No node of redis-server is a master: master does not answer as the master.',
      'rmsx promote slave-1',
    ],
    [
      'there are two masters',
      facts(star, { infos: { 'slave-2': masterInfo([]) } }),
      'master and slave-2 are masters at the same time.',
      'rmsx status',
    ],
    [
      'another node is paused',
      facts(star, { states: { 'slave-2': 'paused' }, infos: { 'slave-2': undefined } }),
      'slave-2 is paused: it would be left behind.',
      'rmsx status',
    ],
    [
      'another node has no link',
      facts(star, { infos: { 'slave-2': down } }),
      'slave-2 has no link to its source: it would not be in sync afterwards.',
      'rmsx status',
    ],
    [
      'the heir copies its data',
      facts(star, { infos: { 'slave-1': replicaInfo(master, { link: 'syncing' }) } }),
      'slave-1 is in the middle of a full synchronisation: it would not be in sync afterwards.',
      'rmsx status',
    ],
    [
      'the heir is stopped',
      facts(star, { states: { 'slave-1': 'stopped' }, infos: { 'slave-1': undefined } }),
      'slave-1 cannot take over: its container is stopped.',
      'rmsx status',
    ],
    [
      'the heir is marked',
      facts(star, { infos: { 'slave-1': replicaInfo(master, { priority: 0 }) } }),
      'slave-1 cannot take over: slave-1 is marked never to be promoted (replica-priority 0).',
      'rmsx status',
    ],
    [
      'the heir holds another history',
      facts(star, { infos: { 'slave-1': replicaInfo(master, { replid: 'b'.repeat(40) }) } }),
      'slave-1 holds another history than master: it would not be in sync afterwards.',
      'rmsx status',
    ],
    [
      'others could not load what the heir sends',
      facts(star, { images: { master: 'redis:6.0', 'slave-1': 'redis:8.0', 'slave-2': 'redis:6.0' } }),
      'slave-1 runs a newer server, and master (Redis 6.0), slave-2 (Redis 6.0) could not load its data: they might never be in sync again.',
      'Hand over to one that all others can follow: rmsx switchover slave-2',
    ],
  ])('%s', (_, given, message, hint) => {
    expect(errorOf(() => planSwitchover(given))).toMatchObject({ code: 'unsafe', message, hint });
  });
});

test('an heir that applies what it has read, as one under load always does, must not be refused', () => {
  const busy = facts(star, { infos: { 'slave-1': replicaInfo(master, { offset: 310, readOffset: 1000 }) } });
  expect(planSwitchover(busy)).toMatchObject({ target: 'slave-1', formerMaster: 'master' });
});
