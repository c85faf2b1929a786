import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { formatPlan, type Plan, type PlannedStep } from '../../../src/domain/plan.ts';
import { moversOf, planMoves } from '../../../src/plan/moves.ts';
import { planUp } from '../../../src/plan/up.ts';
import type { UpFacts } from '../../../src/plan/up-facts.ts';
import { upFacts } from '../../helpers/up-facts.ts';
import { cluster, containers, node, record, type States, shaped } from '../../helpers/values.ts';

type Sources = Readonly<Record<string, string | null>>;

const step = (id: string): PlannedStep => ({
  id,
  step: { op: 'start', node: id },
  because: '',
  after: [],
});

/** `follow slave-1 -> slave-2 (was master) <- what it waits for` */
function moves(
  before: Sources | null,
  after: Sources,
  states: States = {},
  others: readonly string[] = [],
): readonly string[] {
  const wanted = record(shaped('custom', after), 2);
  const awake = containers(wanted.cluster, states).filter((own) => own.state === 'running');
  const known = before && record(shaped('custom', before), 1);
  const movers = moversOf(
    known,
    wanted,
    awake.map((own) => own.node ?? ''),
  );
  const plan = planMoves(known, wanted, movers, others.map(step));
  return plan.map(({ step: own, id, after: waits }) =>
    own.op === 'follow' ? `${id} -> ${own.source} (was ${own.instead}) <- ${waits.join(', ') || 'nothing'}` : id,
  );
}

const chain = { master: null, 'slave-1': 'master', 'slave-2': 'slave-1', 'slave-3': 'slave-2' };
const star = { master: null, 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'master' };

describe('nodes that get another source', () => {
  test('must move from the top down, one after the other', () => {
    expect(moves(star, chain)).toEqual([
      'follow slave-2 -> slave-1 (was master) <- nothing',
      'follow slave-3 -> slave-2 (was master) <- follow slave-2',
    ]);
  });

  test('must move in an order in which no cycle can come up: a chain that is turned round', () => {
    expect(moves(chain, { master: null, 'slave-1': 'slave-2', 'slave-2': 'slave-3', 'slave-3': 'master' })).toEqual([
      'follow slave-3 -> master (was slave-2) <- nothing',
      'follow slave-2 -> slave-3 (was slave-1) <- follow slave-3',
      'follow slave-1 -> slave-2 (was master) <- follow slave-2',
    ]);
  });

  test('must know where their source is', () => {
    const wanted = record(shaped('custom', chain), 2);
    const movers = new Set(['slave-2', 'slave-3']);
    expect(planMoves(record(shaped('custom', star)), wanted, movers, [])[0]?.step).toEqual({
      op: 'follow',
      node: 'slave-2',
      source: 'slave-1',
      address: { host: '172.19.0.11', port: 6380 },
      instead: 'master',
    });
  });

  test('must wait for their role to be written, and for their source to run', () => {
    const others = ['conf slave-2', 'start slave-1', 'head-start slave-1', 'conf slave-1', 'start slave-2', 'network'];
    expect(moves(star, { ...star, 'slave-2': 'slave-1' }, {}, others)).toEqual([
      'follow slave-2 -> slave-1 (was master) <- conf slave-2, start slave-1, head-start slave-1',
    ]);
  });

  test.each(['stopped', 'restarting', 'missing'] as const)(
    'must be left alone where they are %s: they take their place when they start',
    (state) => {
      expect(moves(star, chain, { 'slave-2': state })).toEqual(['follow slave-3 -> slave-2 (was master) <- nothing']);
    },
  );
});

describe('nothing must move', () => {
  test.each<[string, Sources | null, Sources]>([
    ['in a new cluster', null, chain],
    ['where nobody gets another source', chain, chain],
    ['where a node is new', { master: null, 'slave-1': 'master' }, star],
    ['where a node goes', star, { master: null, 'slave-1': 'master' }],
    [
      'that was the master, or becomes it',
      { master: null, 'slave-1': 'master' },
      { master: 'slave-1', 'slave-1': null },
    ],
  ])('%s', (_, before, after) => {
    expect(moves(before, after)).toEqual([]);
  });
});

test('a node that is removed must give its followers to its source', () => {
  expect(moves(chain, { master: null, 'slave-1': 'master', 'slave-3': 'slave-1' })).toEqual([
    'follow slave-3 -> slave-1 (was slave-2) <- nothing',
  ]);
});

describe('in the plan of a change', () => {
  const before = record(cluster(2), 1);
  const steps = (after: ClusterSpec, states: States = {}, changes: Partial<UpFacts> = {}): Plan =>
    planUp(upFacts(record(after, 2), { before, revive: false, ...changes }, states));
  const plan = (after: ClusterSpec, states: States = {}): string => formatPlan(steps(after, states));

  test('all roles must be written before anybody moves, and nothing must be started', () => {
    const moved = cluster(0, { nodes: [node('master', null), node('slave-1', 'slave-2'), node('slave-2', 'master')] });
    expect(plan(moved)).toMatchInlineSnapshot(`
      "write role.conf, rmsx.json of master  (it is older than the change)
      write role.conf, rmsx.json of slave-2  (it is older than the change)
      write role.conf, rmsx.json of slave-1  (it is older than the change)
      let slave-1 follow slave-2 instead of master  (it has another source now)"
    `);
  });

  test('a node that is stopped must get its new role and stay stopped', () => {
    const moved = cluster(0, { nodes: [node('master', null), node('slave-1', 'slave-2'), node('slave-2', 'master')] });
    expect(plan(moved, { 'slave-1': 'stopped' })).not.toContain('slave-1  (it is stopped)');
    expect(plan(moved, { 'slave-1': 'stopped' })).toContain('write role.conf, rmsx.json of slave-1');
    expect(plan(moved, { 'slave-1': 'stopped' })).not.toContain('follow');
  });

  test('a node that is paused and goes on must be moved too: it goes on with the source that it had', () => {
    const chained = record(shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }), 1);
    const turned = shaped('custom', { master: null, 'slave-2': 'master', 'slave-1': 'slave-2' });
    const all = steps(turned, { 'slave-2': 'paused' }, { before: chained, revive: true });
    // Otherwise slave-1 would follow slave-2, which still follows slave-1.
    const follows = all.filter(({ step }) => step.op === 'follow').map(({ id }) => id);
    expect(follows).toEqual(['follow slave-2', 'follow slave-1']);
    expect(all.find(({ id }) => id === 'follow slave-2')?.after).toContain('unpause slave-2');
  });

  test('a missing node under one that stays stopped must not wait for it for ever', () => {
    const chained = record(shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }), 1);
    const states = { 'slave-1': 'stopped', 'slave-2': 'missing' } as const;
    const all = steps(chained.cluster, states, { before: chained, record: chained });
    const ids = all.map(({ id }) => id);
    expect(all.flatMap(({ after }) => after).filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('a node that is started under one that still follows it must wait until that one has moved', () => {
    const chained = record(shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }), 1);
    const turned = shaped('custom', { master: null, 'slave-2': 'master', 'slave-1': 'slave-2' });
    const all = steps(turned, { 'slave-1': 'stopped' }, { before: chained, revive: true });
    expect(all.find(({ id }) => id === 'start slave-1')?.after).toContain('follow slave-2');
  });
});
