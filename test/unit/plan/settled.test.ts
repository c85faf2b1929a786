import { expect, test } from 'vitest';
import { hasSettled, notSettled } from '../../../src/plan/settled.ts';
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
  ['still linked to the former master', replica({ link: 'up' }), replica({ link: 'up' }), false],
  [
    'linked to somebody who lives',
    replica({ link: 'up', source: other }),
    replica({ link: 'up', source: other }),
    true,
  ],
  ['in a full synchronisation', replica({ link: 'syncing' }), replica({ link: 'syncing' }), false],
  ['a master already', masterInfo([]), masterInfo([]), true],
])('a node that is %s must count as settled or not', (_, before, now, expected) => {
  expect(hasSettled(before, now, gone)).toBe(expected);
});

test('offsets that go on moving must be a refusal that names the nodes and the next command', () => {
  const error = notSettled(['slave-1'], 'master', 'demo');
  expect(error).toMatchObject({ code: 'unsafe', hint: 'rmsx status -n demo' });
  expect(error.message).toBe('slave-1 still received data after 5 s, though master is down.');
});
