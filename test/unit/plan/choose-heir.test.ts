import { expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { chooseHeir } from '../../../src/plan/choose-heir.ts';
import { cluster, node, replicaInfo } from '../../helpers/values.ts';

const other = 'b'.repeat(40);
const lost = (changes: Partial<ServerInfo> = {}): ServerInfo =>
  replicaInfo(node('master', null), { link: 'down', ...changes });

const heirOf = (...infos: readonly ServerInfo[]): string =>
  chooseHeir(cluster(infos.length), new Map(infos.map((info, i) => [`slave-${i + 1}`, info])));

test('between two histories that as many nodes hold, nobody must be chosen, whatever the offsets', () => {
  const choose = (): string => heirOf(lost({ offset: 1000, keys: 3 }), lost({ replid: other, offset: 9000, keys: 1 }));
  expect(choose).toThrow(
    expect.objectContaining({
      code: 'unsafe',
      message: 'slave-2 and slave-1 hold different histories, and nothing tells which data is the newer.',
      problems: ['slave-2 holds 1 key', 'slave-1 holds 3 keys'],
      hint: expect.stringContaining('give up the others: rmsx promote slave-2 --force'),
    }),
  );
});

test('the history of most nodes, and one that goes on from the other, must be chosen', () => {
  expect(heirOf(lost({ replid: other, offset: 9000 }), lost(), lost())).toBe('slave-2');
  const { replid } = lost();
  const left = { replid: other, replid2: replid, offset: 1400 };
  expect(heirOf(lost({ offset: 1000 }), lost({ ...left, secondOffset: 1001 }))).toBe('slave-2');
  expect(() => heirOf(lost({ offset: 1001 }), lost({ ...left, secondOffset: 1001 }))).toThrow('different histories');
});

test('a server that was started from its own files, and does not know its history, must not stand against one that does', () => {
  expect(heirOf(lost({ offset: 1000 }), lost({ replid: other, offset: 1, keys: 5 }))).toBe('slave-1');
});

test('a node that may not be promoted must count for its history, and never be chosen', () => {
  expect(heirOf(lost({ offset: 1000 }), lost({ replid: other, offset: 9000, priority: 0 }))).toBe('slave-1');
});

test('a history without a key, as a master that came back empty leaves it, must not stand against data', () => {
  expect(heirOf(lost({ offset: 1000 }), lost({ replid: other, offset: 28, keys: 0 }))).toBe('slave-1');
});
