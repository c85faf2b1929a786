import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import type { ObservedContainer } from '../../../src/domain/observed.ts';
import type { ClusterRecord } from '../../../src/domain/record.ts';
import { planUp } from '../../../src/plan/up.ts';
import type { UpFacts } from '../../../src/plan/up-facts.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { edgesOf, engineOf, upFacts } from '../../helpers/up-facts.ts';
import { attachment, cluster, confs, containers, node, record } from '../../helpers/values.ts';

const before = record(cluster(2));
const facts = (after: ClusterRecord, changes: Partial<UpFacts> = {}): UpFacts =>
  upFacts(after, { before, password: 'old word', ...changes });

const changed = (changes: Partial<ClusterSpec>): ClusterRecord => record(cluster(2, changes), 2);
const edges = (of: UpFacts): readonly string[] => edgesOf(planUp(of));

describe('nodes that run', () => {
  test('must be changed one after the other, the master last, and not get a newer conf before', () => {
    expect(edges(facts(changed({ image: 'redis:8.2' })))).toEqual([
      'change slave-2 <- nothing',
      'change slave-1 <- change slave-2',
      'change master <- change slave-1',
    ]);
  });

  test('must be changed as far as they are not yet: a change that was cut off goes on', () => {
    const after = changed({ image: 'redis:8.2' });
    const half = new Map([...confs(before), ...[...confs(after)].filter(([name]) => name === 'slave-2')]);
    expect(edges(facts(after, { before: after, confs: half }))).toEqual([
      'change slave-1 <- nothing',
      'change master <- change slave-1',
    ]);
  });

  test('must keep the mark of the run that made them, and the way back be known', () => {
    const step = planUp(facts(changed({ image: 'redis:8.2' }))).find(({ id }) => id === 'change slave-1')?.step;
    if (step?.op !== 'replace') throw new Error('no container is replaced');
    const images = [step.now.container.image, step.before.container.image];
    expect([step.id, images, step.now.container.run]).toEqual([
      'id-slave-1',
      ['redis:8.2', 'redis:8.0'],
      containers(before.cluster)[1]?.run,
    ]);
  });

  test('must not be made anew by a change of the topology, which revives nobody', () => {
    expect(edges(facts(changed({ image: 'redis:8.2' }), { revive: false })).join()).not.toContain('change');
  });

  test('must be refused where the master of an ephemeral cluster would start empty', () => {
    const was = record(cluster(1, { persistence: 'none' }));
    const wanted = facts(record(cluster(1, { persistence: 'none', timezone: 'CET' }), 2), {
      before: was,
    });
    const { code, message } = errorOf(() => planUp(wanted));
    expect([code, message]).toEqual([
      'unsafe',
      'master would start empty, as the cluster is ephemeral, to change time zone: CET instead of UTC.',
    ]);
  });
});

describe('containers that do not run', () => {
  const stopped = (ids: readonly string[] | null): readonly ObservedContainer[] =>
    containers(before.cluster, { 'slave-2': 'stopped' }).map((container) =>
      container.node === 'slave-2'
        ? { ...container, attachments: ids?.map((networkId) => attachment('redis-server', { networkId })) ?? null }
        : container,
    );
  const with2 = (ids: readonly string[] | null, after = before): readonly string[] =>
    edges(facts(after, { engine: { ...engineOf(before.cluster), containers: stopped(ids) } }));

  test.each<[string, readonly string[] | null]>([
    ['knows the network', ['id-of-redis-server_app_net']],
    ['was never in one', ['']],
    ['is somewhere, as the engine does not tell', null],
  ])('one that %s must be started', (_, ids) => {
    expect(with2(ids)).toEqual(['start slave-2 <- nothing']);
  });

  test('one that knows a network which is gone must give way to another one, on its volumes', () => {
    expect(with2(['gone'])).toEqual([
      'remove slave-2 <- nothing',
      'conf for redis:8.0 <- remove slave-2',
      'create slave-2 <- remove slave-2',
      'start slave-2 <- create slave-2, conf for redis:8.0',
      'carriers <- start slave-2, conf for redis:8.0',
    ]);
  });

  test('one that should be another by now must not be started before', () => {
    const after = record(cluster(0, { nodes: withOwn({ hz: ['20'] }) }), 2);
    expect(with2(['id-of-redis-server_app_net'], after).filter((edge) => edge.includes('slave-2'))).toEqual([
      'remove slave-2 <- nothing',
      'conf for redis:8.0 <- remove slave-2',
      'create slave-2 <- remove slave-2',
      'start slave-2 <- create slave-2, conf for redis:8.0',
      'carriers <- start slave-2, conf for redis:8.0',
    ]);
  });

  const withOwn = (directives: Readonly<Record<string, readonly string[]>>) => [
    node('master', null),
    node('slave-1', 'master'),
    node('slave-2', 'master', { directives }),
  ];
});

test('a new password must be admitted by all before one requires it, the master last, and be in no sentence', () => {
  const after = { ...before, epoch: 2 };
  const plan = planUp(facts(after, { newPassword: 'new word' }));
  expect(edgesOf(plan)).toEqual([
    'admit slave-2 <- nothing',
    'admit slave-1 <- nothing',
    'admit master <- nothing',
    'require slave-2 <- admit slave-2, admit slave-1, admit master',
    'require slave-1 <- require slave-2',
    'require master <- require slave-1',
  ]);
  const contents = plan.flatMap(({ step }) => (step.op === 'require-password' ? [step.files[0]?.content] : []));
  expect(contents.every((content) => content?.includes('"new word"'))).toBe(true);
});
