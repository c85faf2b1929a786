import { expect, test } from 'vitest';
import { notSeen, notSettled, unsettled } from '../../../src/plan/settled.ts';
import { masterInfo, node, replicaInfo } from '../../helpers/values.ts';

const gone = { host: '172.19.0.10', port: 6379 };
const other = { host: '172.19.0.11', port: 6380 };
const replica = (changes: object): ReturnType<typeof replicaInfo> =>
  ({
    ...replicaInfo(node('master', null)),
    source: gone,
    link: 'down',
    offset: 500,
    readOffset: 500,
    ...changes,
  }) as ReturnType<typeof replicaInfo>;

test.each([
  ['cut off, and still', replica({}), replica({}), true],
  ['seen once only', undefined, replica({}), false],
  ['not seen any more', replica({}), undefined, false],
  ['moved between the looks', replica({ offset: 400, readOffset: 400 }), replica({}), false],
  ['with bytes that it has not applied', replica({}), replica({ readOffset: 520 }), false],
  [
    'with a command whose end does not come',
    replica({ link: 'up', source: other, readOffset: 520, lastIoSeconds: 2 }),
    replica({ link: 'up', source: other, readOffset: 520, lastIoSeconds: 2 }),
    true,
  ],
  [
    'with a command whose end may come',
    replica({ link: 'up', source: other, readOffset: 520, lastIoSeconds: 1 }),
    replica({ link: 'up', source: other, readOffset: 520, lastIoSeconds: 1 }),
    false,
  ],
  [
    'with a command that goes on arriving',
    replica({ link: 'up', source: other, readOffset: 510, lastIoSeconds: 2 }),
    replica({ link: 'up', source: other, readOffset: 520, lastIoSeconds: 2 }),
    false,
  ],
  ['still linked to the former master', replica({ link: 'up' }), replica({ link: 'up' }), false],
  [
    'linked to the former master, and has not heard of its end',
    replica({ link: 'up', lastIoSeconds: 3 }),
    replica({ link: 'up', lastIoSeconds: 4 }),
    true,
  ],
  [
    'linked to the former master, and heard from it 3 s ago',
    replica({ link: 'up', lastIoSeconds: 3 }),
    replica({ link: 'up', lastIoSeconds: 3 }),
    false,
  ],
  [
    'linked to somebody who lives',
    replica({ link: 'up', source: other }),
    replica({ link: 'up', source: other }),
    true,
  ],
  ['in a full synchronisation', replica({ link: 'syncing' }), replica({ link: 'syncing' }), false],
])('a node that is %s must count as settled or not', (_, before, now, expected) => {
  const said = (info: typeof before): Map<string, ReturnType<typeof replica>> =>
    new Map(info ? [['slave-1', info]] : []);
  expect(unsettled(['slave-1'], said(before), said(now), gone)).toEqual(expected ? [] : ['slave-1']);
});

test('replicas of a new master that is at work must not be waited for', () => {
  const before = new Map([['slave-2', replica({ link: 'up', source: other })]]);
  const now = new Map([['slave-2', replica({ link: 'up', source: other, offset: 600, readOffset: 600 })]]);
  expect(unsettled(['slave-1', 'slave-2'], before, now.set('slave-1', replica({})), gone)).toEqual([
    'slave-1',
    'slave-2',
  ]);
  expect(unsettled(['slave-1', 'slave-2'], before, now.set('slave-1', masterInfo([])), gone)).toEqual([]);
});

test('offsets that go on moving must be a refusal that names the nodes and the next command', () => {
  const error = notSettled(['slave-1'], 'master', 'demo');
  expect(error).toMatchObject({ code: 'unsafe', hint: 'rmsx status -n demo' });
  expect(error.message).toBe('slave-1 still received data after 5 s, though master is down.');
  expect(notSettled(['slave-1'], null, 'demo').message).toBe('slave-1 still received data after 5 s.');
});

test.each([
  [false, 'rmsx promote slave-1 -n demo'],
  [true, 'rmsx promote slave-1 --force -n demo'],
])(
  'a promotion of which nobody knows whether it happened must be finished as it was asked for: --force is %s',
  (force, command) => {
    const { code, hint } = notSeen('slave-1', 'demo', force);
    expect([code, hint]).toEqual(['incomplete', `Look, and finish it: rmsx status -n demo   ${command}`]);
  },
);
