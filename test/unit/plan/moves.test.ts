import { describe, expect, test } from 'vitest';
import type { ObservedContainer } from '../../../src/domain/observed.ts';
import { formatPlan, type PlannedStep } from '../../../src/domain/plan.ts';
import { planMoves } from '../../../src/plan/moves.ts';
import { planUp } from '../../../src/plan/up.ts';
import { cluster, confs, containers, engineWith, network, node, record, shaped } from '../../helpers/values.ts';

type Sources = Readonly<Record<string, string | null>>;
type States = Readonly<Record<string, ObservedContainer['state'] | 'missing'>>;

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
  const all = new Map(containers(wanted.cluster, states).map((own) => [own.node ?? '', own]));
  const plan = planMoves(before && record(shaped('custom', before), 1), wanted, all, others.map(step));
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
    expect(moves(chain, { master: null, 'slave-3': 'master', 'slave-2': 'slave-3', 'slave-1': 'slave-2' })).toEqual([
      'follow slave-3 -> master (was slave-2) <- nothing',
      'follow slave-2 -> slave-3 (was slave-1) <- follow slave-3',
      'follow slave-1 -> slave-2 (was master) <- follow slave-2',
    ]);
  });

  test('must know where their source is', () => {
    const wanted = record(shaped('custom', chain), 2);
    const all = new Map(containers(wanted.cluster).map((own) => [own.node ?? '', own]));
    expect(planMoves(record(shaped('custom', star)), wanted, all, [])[0]?.step).toEqual({
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

  test.each(['stopped', 'paused', 'restarting', 'missing'] as const)(
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
  const networks = [network('redis-server_app_net', '172.19.0.0/24', 'redis-server')];
  const before = record(cluster(2), 1);
  const plan = (after: ReturnType<typeof cluster>, states: States = {}): string =>
    formatPlan(
      planUp({
        before,
        record: record(after, 2),
        engine: engineWith({ containers: containers(before.cluster, states), networks }),
        confs: confs(before),
        password: 'secret',
        pull: [],
        revive: false,
        run: 'this-run',
        template: '',
        nowMs: 0,
      }),
    );

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
});
