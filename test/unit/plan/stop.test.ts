import { describe, expect, test } from 'vitest';
import type { Persistence } from '../../../src/domain/cluster.ts';
import { formatPlan } from '../../../src/domain/plan.ts';
import { planStop, stopWarnings } from '../../../src/plan/stop.ts';
import { edges } from '../../helpers/up-facts.ts';
import { cluster, container, containers, shaped } from '../../helpers/values.ts';

const tree = shaped('tree', {
  master: null,
  'slave-1': 'master',
  'slave-2': 'master',
  'slave-3': 'slave-1',
  'slave-4': 'slave-3',
});
const all = tree.nodes.map(({ name }) => name);

describe('stopping', () => {
  test('a whole cluster must go from the master down, each node after its source', () => {
    expect(edges(planStop(tree, containers(tree), all))).toMatchInlineSnapshot(`
      "stop master <- nothing
      stop slave-1 <- stop master
      stop slave-2 <- stop master
      stop slave-3 <- stop slave-1
      stop slave-4 <- stop slave-3"
    `);
  });

  test('must keep to the roles that a promotion made', () => {
    const promoted = shaped('custom', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
    const names = promoted.nodes.map(({ name }) => name);
    expect(edges(planStop(promoted, containers(promoted), names))).toMatchInlineSnapshot(`
      "stop slave-1 <- nothing
      stop master <- stop slave-1
      stop slave-2 <- stop slave-1"
    `);
  });

  test('single nodes must touch no other one', () => {
    expect(planStop(tree, containers(tree), ['slave-1']).map(({ id }) => id)).toEqual(['stop slave-1']);
  });

  test('must pass over what is stopped or not there, end a loop of crashes, and wake what is paused first', () => {
    const states = {
      master: 'stopped',
      'slave-1': 'paused',
      'slave-2': 'missing',
      'slave-3': 'restarting',
      'slave-4': 'stopped',
    } as const;
    const plan = planStop(tree, containers(tree, states), all);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "unpause slave-1  (a paused server cannot end in peace)
      stop slave-1  (it is paused)
      stop slave-3  (it is restarting)"
    `);
  });

  test('must wake everybody before the first one stops, as a source waits for those that follow it', () => {
    expect(edges(planStop(tree, containers(tree, { 'slave-2': 'paused' }), all))).toMatchInlineSnapshot(`
      "unpause slave-2 <- nothing
      stop master <- unpause slave-2
      stop slave-1 <- unpause slave-2, stop master
      stop slave-2 <- unpause slave-2, stop master
      stop slave-3 <- unpause slave-2, stop slave-1
      stop slave-4 <- unpause slave-2, stop slave-3"
    `);
  });

  test('must give every server the time of its container to end', () => {
    const [planned] = planStop(tree, containers(tree), ['slave-4']);
    expect(planned?.step).toEqual({ op: 'stop', node: 'slave-4', id: 'id-slave-4', graceSeconds: 30 });
  });

  test('everything must take what left the cluster along', () => {
    const stray = { ...container(tree, 'slave-2'), id: 'id-stray', node: 'slave-9' };
    const plan = planStop(tree, [...containers(tree, { 'slave-4': 'stopped' }), stray], [...all, 'slave-9']);
    expect(plan.map(({ id }) => id)).toContain('stop slave-9');
  });
});

describe('what stopping means for the others must be told', () => {
  const spec = cluster(2);
  const warn = (stopping: readonly string[], staying: readonly string[], own = spec) =>
    stopWarnings(own, stopping, staying).map(({ code, message, hint }) => `${code}: ${message} | ${hint}`);

  test('the master while replicas go on', () => {
    expect(warn(['master'], ['slave-1', 'slave-2'])).toEqual([
      'master-stopped: master was the master: nothing can be written; slave-1, slave-2 can be read, and stay as they are | Bring it back: rmsx start master   or let a replica take over: rmsx promote slave-1',
    ]);
  });

  test('the master of an ephemeral cluster, which could only come back empty', () => {
    const [told] = warn(['master'], ['slave-2'], cluster(2, { persistence: 'none' }));
    expect(told).toContain('| It would come back empty; let a replica take over: rmsx promote slave-2');
  });

  test('the master, where nobody who stays may take over', () => {
    const told = (persistence: Persistence): string | undefined =>
      warn(['master'], ['slave-2'], cluster(2, { persistence, directives: { 'replica-priority': ['0'] } }))[0];
    expect(told('aof')).toContain(
      'nothing can be written; slave-2 can be read, and stays as it is | Bring it back: rmsx start master',
    );
    expect(told('aof')).not.toContain('promote');
    expect(told('none')).toContain('| It would come back empty; begin anew without the data: rmsx down && rmsx up');
  });

  test('the master of a chain, where the one below may not take over', () => {
    const chain = shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' });
    const marked = chain.nodes.map((each) =>
      each.name === 'slave-1' ? { ...each, directives: { 'replica-priority': ['0'] } } : each,
    );
    expect(warn(['master'], ['slave-1', 'slave-2'], { ...chain, nodes: marked })[0]).toContain(
      'let a replica take over: rmsx promote slave-2',
    );
  });

  test('a source in the middle', () => {
    expect(warn(['slave-1'], ['master', 'slave-2', 'slave-3'], tree)).toEqual([
      'source-stopped: slave-3 followed slave-1: nothing new gets there until it runs again | rmsx start slave-1',
    ]);
  });

  test('all of an ephemeral cluster', () => {
    expect(warn(['master', 'slave-1', 'slave-2'], [], cluster(2, { persistence: 'none' }))).toEqual([
      'data-gone: redis-server is ephemeral: with its last node its data is gone | null',
    ]);
  });

  test.each([
    [['slave-2'], ['master', 'slave-1']],
    [['master', 'slave-1', 'slave-2'], []],
    [[], []],
  ])('%j while %j go on means nothing', (stopping, staying) => {
    expect(warn(stopping, staying)).toEqual([]);
  });
});
