import { expect, test } from 'vitest';
import type { ObservedContainer } from '../../../src/domain/observed.ts';
import { type PromoteFacts, planPromote } from '../../../src/plan/promote.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { containers, node, record, replicaInfo, shaped } from '../../helpers/values.ts';

const promoted = record(shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }), 2);

/** A hand-over to slave-1 was killed before the master stepped down, and that one does not answer any more. */
const facts = (state: ObservedContainer['state'], changes: Partial<PromoteFacts> = {}): PromoteFacts => ({
  record: promoted,
  containers: containers(promoted.cluster, { master: state }),
  infos: new Map([
    ['slave-1', replicaInfo(node('master', null), { lastIoSeconds: 9 })],
    ['slave-2', replicaInfo(node('slave-1', null))],
  ]),
  target: 'slave-1',
  force: false,
  ...changes,
});

test.each([
  ['is paused', 'paused', null],
  ['hangs', 'running', 'silent'],
] as const)(
  'a master before a hand-over that was killed must be cut off like any other where it %s',
  (_, state, inside) => {
    expect(planPromote(facts(state, { inside }))).toMatchObject({
      formerMaster: 'master',
      verdict: { state: 'frozen' },
      fence: { how: 'cut-off', leaves: { network: 'redis-server_app_net' } },
      record: promoted,
      silent: [],
    });
  },
);

test('a master before a hand-over that was killed must not be passed over where it may still take writes', () => {
  expect(errorOf(() => planPromote(facts('running')))).toMatchObject({
    code: 'unsafe',
    message: expect.stringContaining('master is not known to be gone'),
    hint: expect.stringContaining('rmsx promote slave-1 --force'),
  });
  expect(planPromote(facts('running', { force: true }))).toMatchObject({
    formerMaster: 'master',
    fence: { how: 'stop' },
  });
});

test('a promotion that was killed must be finished where the master before it has ended', () => {
  expect(planPromote(facts('stopped'))).toMatchObject({ formerMaster: null, fence: null, record: promoted });
});
