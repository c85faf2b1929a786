import { expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { predictLoss } from '../../../src/plan/predict-loss.ts';
import { masterInfo, node, replicaInfo } from '../../helpers/values.ts';

const replica = (offset: number, changes: Partial<ServerInfo> = {}): ServerInfo =>
  replicaInfo(node('master', null), { offset, ...changes });

test.each<[string, Readonly<Record<string, ServerInfo>>, readonly string[]]>([
  [
    'nothing where the others have as much, or a ping more',
    { 'slave-1': replica(1000), 'slave-2': replica(1014), master: masterInfo([], { offset: 1000 }) },
    [],
  ],
  [
    'what a former master that answers has alone, and what a better replica has',
    { 'slave-1': replica(1000), 'slave-2': replica(1200), master: masterInfo([], { offset: 1500 }) },
    ['lose 500 bytes that master has, and slave-1 has not', 'lose 200 bytes that slave-2 has, and slave-1 has not'],
  ],
  [
    'that it is not known what a silent one has; offsets of another history say nothing',
    { 'slave-1': replica(1000), 'slave-2': replica(9000, { replid: 'b'.repeat(40) }) },
    ['lose what only master has: that cannot be seen before, and is counted when slave-1 has taken over'],
  ],
])('a promotion must be expected to lose %s', (_, infos, expected) => {
  expect(predictLoss('slave-1', 'master', ['slave-2'], new Map(Object.entries(infos)))).toEqual(expected);
});

test('a promotion that is finished must be expected to lose nothing more', () => {
  expect(predictLoss('slave-1', null, ['slave-2'], new Map([['slave-1', masterInfo([])]]))).toEqual([]);
});
