import { expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { formatPromotePlan, type PromoteFacts, planPromote } from '../../../src/plan/promote.ts';
import { cluster, containers, node, record, replicaInfo, type States } from '../../helpers/values.ts';

/** The master is dead, and slave-1 is to take its place; slave-2 says nothing. */
const facts = (state: States[string], changes: Partial<ClusterSpec> = {}): PromoteFacts => ({
  record: record(cluster(2, changes), 1),
  containers: containers(cluster(2), { master: 'stopped', ...(state && { 'slave-2': state }) }),
  infos: new Map([['slave-1', replicaInfo(node('master', null), { link: 'down' })]]),
  target: 'slave-1',
  force: false,
});

test.each(['running', 'paused', 'stopped'] as const)(
  'a promotion must tell that a replica whose container is %s may hold more, as nobody asks it',
  (state) => {
    const given = facts(state);
    const plan = planPromote(given);
    expect(plan?.unseen).toEqual(['slave-2']);
    expect(plan && formatPromotePlan(plan, given.infos)).toContain(
      'slave-2 does not answer: whether it holds more than slave-1 cannot be seen',
    );
  },
);

test('a promotion must not fear for what a server of an ephemeral cluster had that has ended', () => {
  expect(planPromote(facts('stopped', { persistence: 'none' }))?.unseen).toEqual([]);
});
