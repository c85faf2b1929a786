import { describe, expect, test } from 'vitest';
import { assessCluster } from '../../../src/domain/assess.ts';
import type { ClusterSpec, Persistence } from '../../../src/domain/cluster.ts';
import { bestHeir, heirAmong, lostTo, promoteCommand, startsBehind } from '../../../src/domain/heir.ts';
import type { ObservedContainer } from '../../../src/domain/observed.ts';
import { rankCandidates } from '../../../src/domain/rank.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { refuseEmptyMaster } from '../../../src/plan/empty-master.ts';
import { planPromote } from '../../../src/plan/promote.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, confs, containers, engineWith, node, record, replicaInfo, volume } from '../../helpers/values.ts';

/** A chain of servers, the master first. */
const chainOf = (...images: readonly string[]): ClusterSpec =>
  cluster(0, {
    persistence: 'rdb',
    topology: 'chain',
    nodes: images.map((image, i) =>
      node(i === 0 ? 'master' : `slave-${i}`, i === 0 ? null : i === 1 ? 'master' : `slave-${i - 1}`, { image }),
    ),
  });
const mixed = chainOf('redis:6.0', 'redis:7.0', 'redis:8.0');

/** What the replicas say once the master is gone; offsets in their order. */
const answers = (...offsets: readonly number[]): Map<string, ServerInfo> =>
  new Map(
    offsets.map(
      (offset, i) => [`slave-${i + 1}`, replicaInfo(node('master', null), { link: 'down', offset })] as const,
    ),
  );

describe('who is to take over', () => {
  test('must be whom the most can follow, of those that hold as much as the best one', () => {
    const heir = (...offsets: readonly number[]): string | undefined =>
      bestHeir(mixed, rankCandidates(answers(...offsets)));
    expect([heir(100, 100), heir(100, 114), heir(100, 115), heir(0, 0), heir()]).toEqual([
      'slave-1',
      'slave-1',
      'slave-2',
      undefined,
      undefined,
    ]);
    expect([heirAmong(mixed, ['slave-2', 'slave-1']), heirAmong(mixed, [])]).toEqual(['slave-1', undefined]);
    const alike = chainOf('redis:8.0', 'redis:8.0', 'redis:8.0');
    expect(heirAmong(alike, ['slave-2', 'slave-1'])).toBe('slave-2');
    const marked = alike.nodes.map((each) =>
      each.name === 'slave-2' ? { ...each, directives: { 'replica-priority': ['0'] } } : each,
    );
    expect(heirAmong({ ...alike, nodes: marked }, ['slave-2', 'slave-1'])).toBe('slave-1');
    expect(heirAmong({ ...alike, directives: { 'replica-priority': ['0'] } }, ['slave-2', 'slave-1'])).toBeUndefined();
  });

  test('must be told with --force and what it costs where others could not follow', () => {
    expect([lostTo(mixed, 'master'), lostTo(mixed, 'slave-2'), lostTo(mixed, 'nobody')]).toEqual([
      [],
      ['master (Redis 6.0)', 'slave-1 (Redis 7.0)'],
      [],
    ]);
    expect(promoteCommand({ ...mixed, name: 'shop' }, 'slave-2')).toBe(
      'rmsx promote slave-2 --force -n shop   # master (Redis 6.0), slave-1 (Redis 7.0) could not load its data, and would never be in sync again',
    );
    expect(promoteCommand(chainOf('redis:8.0', 'redis:7'), 'slave-1')).toBe('rmsx promote slave-1');
    expect(promoteCommand(chainOf('redis:7.0', 'redis:8.0'), 'slave-1', 'rmsx up')).toBe(
      'rmsx promote slave-1 --force && rmsx up   # master (Redis 7.0) could not load its data, and would never be in sync again',
    );
  });
});

test.each<[Persistence, ObservedContainer['state'] | undefined, string, string | undefined]>([
  ['rdb', 'stopped', 'Exited (137)', 'with its last snapshot (Exited (137))'],
  ['rdb', 'stopped', 'Exited (0)', undefined],
  ['rdb', 'running', 'Up', undefined],
  ['aof', 'stopped', 'Exited (137)', undefined],
  ['none', 'stopped', 'Exited (0)', 'empty, as the cluster is ephemeral'],
  ['none', undefined, '', 'empty, as the cluster is ephemeral'],
])('a master with persistence %s that is %s (%s) must be known to start %s', (persistence, state, statusText, what) => {
  const container = state && { state, statusText, neverStarted: false };
  expect(startsBehind({ ...mixed, persistence }, container)).toBe(what);
});

describe('after the kill of a master of an older server that keeps snapshots', () => {
  const there = containers(mixed, { master: 'stopped' }).map((each) =>
    each.node === 'master' ? { ...each, statusText: 'Exited (137) a second ago' } : each,
  );
  const own = record(mixed);
  const infos = answers(1000, 1000);
  const facts = { record: own, containers: there, infos };
  const way =
    'rmsx promote slave-1 --force   # master (Redis 6.0) could not load its data, and would never be in sync again';

  test('every hint must name the one command that works', () => {
    const refusals = ['slave-1', 'slave-2'].map((target) =>
      errorOf(() => planPromote({ ...facts, target, force: false })),
    );
    expect(refusals.map(({ hint }) => hint)).toEqual([
      `Promote it all the same: ${way}`,
      `Promote the one that most others can follow: ${way}`,
    ]);
    const volumes = mixed.nodes.map(({ name }) => volume(name, { cluster: mixed.name, node: name, purpose: 'data' }));
    const up = errorOf(() => refuseEmptyMaster(mixed, engineWith({ containers: there, volumes })));
    expect(up.hint?.split('\n')[0]).toBe(`Let a replica take over: ${way}`);
    const { warnings } = assessCluster({
      ...facts,
      confs: confs(own),
      endpoint: () => ({ host: '127.0.0.1', port: 1 }),
    });
    expect(warnings.slice(0, 2).map(({ code, hint }) => [code, hint])).toEqual([
      ['no-master', way],
      ['node-stopped', way],
    ]);
  });

  test('that command must work', () => {
    expect(planPromote({ ...facts, target: 'slave-1', force: true })?.target).toBe('slave-1');
  });

  test('one that holds more must be named though fewer can follow it, and never without --force', () => {
    const ahead = { ...facts, infos: answers(900, 1000) };
    for (const target of ['slave-1', 'slave-2']) {
      expect(errorOf(() => planPromote({ ...ahead, target, force: false })).hint).toMatch(
        /: rmsx promote slave-2 --force /,
      );
    }
    expect(planPromote({ ...ahead, target: 'slave-2', force: true })?.target).toBe('slave-2');
  });

  test('where nobody may take over, what it costs to have the master back must be told', () => {
    const marked = new Map([...infos].map(([name, info]) => [name, { ...info, priority: 0 }] as const));
    const hints = (found: readonly ObservedContainer[]): readonly (string | null)[] =>
      assessCluster({
        ...facts,
        containers: found,
        infos: marked,
        confs: confs(own),
        endpoint: () => ({ host: '127.0.0.1', port: 1 }),
      })
        .warnings.slice(0, 2)
        .map(({ hint }) => hint);
    const back =
      'docker start redis-server-master   # it starts with its last snapshot (Exited (137) a second ago), and replicas copy that';
    expect([hints(there), hints(there.filter(({ node: name }) => name === 'master'))]).toEqual([
      [back, back],
      ['rmsx up', 'rmsx up'],
    ]);
    const held = there.map((each) => (each.node === 'slave-2' ? { ...each, state: 'paused' as const } : each));
    // What is held in its memory is the data: nobody may be told to start a master that others copy.
    expect(hints(held)[0]).toMatch(/^rmsx start slave-2 && rmsx promote slave-2/);
  });

  test('one with an append-only file may be brought back', () => {
    const spec: ClusterSpec = { ...mixed, persistence: 'aof' };
    const { hint } = errorOf(() => planPromote({ ...facts, record: record(spec), target: 'slave-1', force: false }));
    expect(hint).toBe(`Bring master back: rmsx up\nOr promote it all the same: ${way}`);
  });
});
