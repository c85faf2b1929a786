import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { formatPlan } from '../../../src/domain/plan.ts';
import { linkedNodes, lonelyWarnings, neighbours, runningNames } from '../../../src/plan/linked.ts';
import { planRestart, restartWarnings } from '../../../src/plan/restart.ts';
import { planStart, type StartFacts } from '../../../src/plan/start.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { edges, engineOf } from '../../helpers/up-facts.ts';
import { cluster, confs, containers, record, type States, shaped } from '../../helpers/values.ts';

const tree = shaped('tree', {
  master: null,
  'slave-1': 'master',
  'slave-2': 'master',
  'slave-3': 'slave-1',
});
const off = { master: 'stopped', 'slave-1': 'stopped', 'slave-2': 'stopped', 'slave-3': 'stopped' } as const;

function factsOf(states: States, changes: Partial<StartFacts> = {}, spec = tree): StartFacts {
  const own = record(spec, 3);
  const nodes = spec.nodes.map(({ name }) => name);
  return { record: own, engine: engineOf(spec, states), confs: confs(own), nodes, ...changes };
}

describe('start', () => {
  test('must start sources before the nodes that follow them', () => {
    expect(edges(planStart(factsOf(off)))).toMatchInlineSnapshot(`
      "start master <- nothing
      head-start master <- nothing
      start slave-1 <- head-start master
      head-start slave-1 <- start slave-1
      start slave-2 <- head-start master
      start slave-3 <- head-start slave-1"
    `);
  });

  test('must leave alone what runs, and wake what is paused', () => {
    const states = { ...off, master: 'running', 'slave-2': 'paused', 'slave-3': 'restarting' } as const;
    expect(formatPlan(planStart(factsOf(states)))).toMatchInlineSnapshot(`
      "start slave-1  (it is stopped)
      unpause slave-2  (it is paused)"
    `);
  });

  test('of single nodes must start no other one, whatever they follow', () => {
    expect(edges(planStart(factsOf(off, { nodes: ['slave-3'] })))).toBe('start slave-3 <- nothing');
  });

  test('must do nothing where all run', () => {
    expect(planStart(factsOf({}))).toEqual([]);
  });

  test('must write the role first where a change was cut off, so that no second master comes up', () => {
    const facts = factsOf(off, { nodes: ['slave-1'] });
    const old = new Map([...facts.confs, ['slave-1', { password: 'x', source: null, record: record(tree, 2) }]]);
    const plan = planStart({ ...facts, confs: old });
    expect(edges(plan)).toBe('conf slave-1 <- nothing\nstart slave-1 <- conf slave-1');
    expect(JSON.stringify(plan)).toContain('replicaof 172.19.0.10 6379');
  });

  test('must make no container that is not there, and name all of them', () => {
    expect(errorOf(() => planStart(factsOf({ ...off, 'slave-1': 'missing', 'slave-3': 'missing' })))).toEqual({
      code: 'not-found',
      message: 'slave-1, slave-3 of redis-server have no container.',
      hint: 'Make what is missing: rmsx up',
      problems: [],
    });
  });

  test('must not mind what is missing besides the nodes that are named', () => {
    expect(planStart(factsOf({ ...off, 'slave-1': 'missing' }, { nodes: ['slave-2'] }))).toHaveLength(1);
  });

  test('must not start a node that never got its conf', () => {
    const facts = factsOf(off);
    const some = new Map([...facts.confs].filter(([name]) => name !== 'slave-2'));
    expect(errorOf(() => planStart({ ...facts, confs: some })).message).toBe('slave-2 has no conf yet.');
  });

  test('must refuse the master of an ephemeral cluster while replicas hold data, and take a replica', () => {
    const spec = cluster(2, { persistence: 'none' });
    const states = { master: 'stopped', 'slave-1': 'stopped' } as const;
    expect(errorOf(() => planStart(factsOf(states, {}, spec)))).toMatchObject({
      code: 'unsafe',
      message: 'master would start empty, as the cluster is ephemeral, and slave-2 would copy that.',
    });
    expect(planStart(factsOf(states, { nodes: ['slave-1'] }, spec))).toHaveLength(1);
  });
});

describe('restart', () => {
  test('must take one node after the other, from the leaves up, each back before the next one stops', () => {
    expect(edges(planRestart(factsOf({})))).toMatchInlineSnapshot(`
      "stop slave-3 <- nothing
      start slave-3 <- stop slave-3
      await slave-3 <- start slave-3
      stop slave-2 <- await slave-3
      start slave-2 <- stop slave-2
      await slave-2 <- start slave-2
      stop slave-1 <- await slave-2
      start slave-1 <- stop slave-1
      await slave-1 <- start slave-1
      stop master <- await slave-1
      start master <- stop master
      await master <- start master"
    `);
  });

  test('must wait for everybody whom it touches', () => {
    const awaited = planRestart(factsOf({ 'slave-2': 'stopped' }, { nodes: ['slave-1', 'master'] })).flatMap(
      ({ step }) => (step.op === 'await-usable' ? [`${step.node}: ${step.among.join(' ')}`] : []),
    );
    expect(awaited).toEqual(['slave-1: master slave-1 slave-3', 'master: master slave-1 slave-3']);
  });

  test('must start what is stopped before it stops anybody', () => {
    const plan = planRestart(factsOf({ 'slave-2': 'stopped' }, { nodes: ['slave-2', 'slave-3'] }));
    expect(edges(plan)).toMatchInlineSnapshot(`
      "start slave-2 <- nothing
      await slave-2 <- start slave-2
      stop slave-3 <- start slave-2, await slave-2
      start slave-3 <- stop slave-3
      await slave-3 <- start slave-3"
    `);
  });

  test('must refuse the master of an ephemeral cluster, and take its replicas', () => {
    const spec = cluster(2, { persistence: 'none' });
    expect(errorOf(() => planRestart(factsOf({}, {}, spec)))).toMatchObject({
      code: 'unsafe',
      message: 'master would come back empty, as redis-server is ephemeral.',
      hint: expect.stringContaining('Restart the replicas alone: rmsx restart slave-1 slave-2'),
    });
    expect(planRestart(factsOf({}, { nodes: ['slave-1'] }, spec))).toHaveLength(3);
  });

  test.each<[string, Partial<ClusterSpec>, number, readonly string[]]>([
    ['replicas', {}, 2, ['Restart the replicas alone', 'Or let one take over', 'Or begin anew without the data']],
    [
      'replicas that are never promoted',
      { directives: { 'replica-priority': ['0'] } },
      2,
      ['Restart the replicas alone', 'Or begin anew without the data'],
    ],
    ['nobody', {}, 0, ['Begin anew without the data']],
  ])('must name what works for a master that has %s', (_, changes, replicas, ways) => {
    const spec = cluster(replicas, { persistence: 'none', ...changes });
    const { hint } = errorOf(() => planRestart(factsOf({}, {}, spec)));
    expect(hint?.split('\n').map((line) => line.split(':')[0])).toEqual(ways);
  });

  test('must make nothing that is missing', () => {
    expect(errorOf(() => planRestart(factsOf({ 'slave-1': 'missing' }))).code).toBe('not-found');
  });

  test.each<[readonly string[], States, readonly string[]]>([
    [['master', 'slave-1'], {}, ['master-restarts']],
    [['slave-1'], {}, []],
    [['master'], { master: 'stopped' }, []],
  ])('of %j, %j, must warn of %j', (nodes, states, codes) => {
    expect(restartWarnings(factsOf(states, { nodes })).map(({ code }) => code)).toEqual(codes);
  });
});

describe('who can be in sync', () => {
  const names = (running: readonly string[]) => linkedNodes(tree, new Set(running)).map(({ name }) => name);

  test.each<[readonly string[], readonly string[]]>([
    [
      ['master', 'slave-1', 'slave-3'],
      ['master', 'slave-1', 'slave-3'],
    ],
    [['master', 'slave-3'], ['master']],
    [['slave-1', 'slave-3'], []],
  ])('where %j run: %j', (running, linked) => {
    expect(names(running)).toEqual(linked);
  });

  test('a node without a way up to the master has no neighbours', () => {
    expect(neighbours(tree, 'slave-3', new Set(['slave-3', 'master']))).toEqual([]);
  });

  test('a node whose source does not run must be told', () => {
    expect(lonelyWarnings(tree, new Set(['slave-3', 'slave-2', 'master']), containers(tree, {}))).toEqual([
      {
        code: 'source-not-running',
        node: 'slave-3',
        message: 'slave-3 runs and its source slave-1 does not: it gets nothing until then',
        hint: 'rmsx start slave-1',
      },
    ]);
  });

  test.each([
    ['stopped', 'rmsx promote slave-1'],
    ['paused', 'rmsx start master'],
  ] as const)('of an ephemeral cluster whose master is %s, the way on must be: %s', (master, hint) => {
    const ephemeral = cluster(1, { persistence: 'none' });
    const [warning] = lonelyWarnings(ephemeral, new Set(['slave-1']), containers(ephemeral, { master }));
    expect(warning?.hint).toBe(hint);
  });

  test('a server that is restarted by the engine counts as one that runs, a paused one does not', () => {
    const states = { master: 'restarting', 'slave-1': 'paused', 'slave-2': 'stopped', 'slave-3': 'missing' } as const;
    expect([...runningNames(tree, containers(tree, states))]).toEqual(['master']);
  });
});
