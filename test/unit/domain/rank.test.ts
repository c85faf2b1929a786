import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rankCandidates, standingTo } from '../../../src/domain/rank.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { parseInfo } from '../../../src/redis/parse-info.ts';
import { masterInfo, node, replicaInfo } from '../../helpers/values.ts';

const master = node('master', null);
const lost = (changes: Partial<ServerInfo> = {}): ServerInfo => replicaInfo(master, { link: 'down', ...changes });

const order = (infos: Readonly<Record<string, ServerInfo>>): readonly string[] =>
  rankCandidates(new Map(Object.entries(infos))).map((candidate) => candidate.node);

describe('the best candidate', () => {
  test('must be the one with the most data', () => {
    expect(order({ 'slave-1': lost({ offset: 800 }), 'slave-2': lost({ offset: 1000 }) })).toEqual([
      'slave-2',
      'slave-1',
    ]);
  });

  test('must have data before priority', () => {
    const infos = { 'slave-1': lost({ offset: 800, priority: 1 }), 'slave-2': lost({ offset: 1000, priority: 100 }) };
    expect(order(infos)).toEqual(['slave-2', 'slave-1']);
  });

  test('must be the one that has read more where both have applied the same', () => {
    const infos = { 'slave-1': lost({ readOffset: 1000, priority: 1 }), 'slave-2': lost({ readOffset: 1014 }) };
    expect(order(infos)).toEqual(['slave-2', 'slave-1']);
  });

  test('must be the one with the lower priority value where the data is the same', () => {
    expect(order({ 'slave-1': lost({ priority: 100 }), 'slave-2': lost({ priority: 10 }) })).toEqual([
      'slave-2',
      'slave-1',
    ]);
  });

  test('must be the first by name where all is the same', () => {
    expect(order({ 'slave-10': lost(), 'slave-2': lost(), 'slave-1': lost() })).toEqual([
      'slave-1',
      'slave-2',
      'slave-10',
    ]);
  });

  test('must hold the history of most nodes, whatever the offset in another one', () => {
    const other = { replid: 'b'.repeat(40), offset: 9_999_999 };
    expect(order({ 'slave-1': lost(other), 'slave-2': lost(), 'slave-3': lost() })).toEqual([
      'slave-2',
      'slave-3',
      'slave-1',
    ]);
  });

  test('must never be a master', () => {
    expect(order({ master: masterInfo([]), 'slave-1': lost() })).toEqual(['slave-1']);
  });
});

describe('a node that may not be promoted', () => {
  test.each<[string, Partial<ServerInfo>, string]>([
    ['loads its data', { loading: true }, 'slave-1 is loading its data'],
    [
      'synchronises',
      { link: 'syncing' },
      'slave-1 is in the middle of a full synchronisation: its data is old or partial',
    ],
    ['was never in sync', { offset: 0 }, 'slave-1 has never been in sync with its source'],
    ['has no history', { replid: '' }, 'slave-1 has never been in sync with its source'],
    ['is marked', { priority: 0 }, 'slave-1 is marked never to be promoted (replica-priority 0)'],
  ])('because it %s must say so and come last', (_, changes, refusal) => {
    const infos = new Map([
      ['slave-1', lost({ offset: 1000, ...changes })],
      ['slave-2', lost({ offset: 1 })],
    ]);
    const ranked = rankCandidates(infos);
    expect(ranked.map(({ node: name, refusal: why }) => [name, why])).toEqual([
      ['slave-2', null],
      ['slave-1', refusal],
    ]);
  });
});

test.each(['redis-6.0', 'redis-7.0', 'redis-8.0', 'valkey-8.1'])(
  'a replica of %s that never had a link, and so no data, must not be promoted over what the dead master holds',
  (server) => {
    const text = readFileSync(new URL(`../../fixtures/info/${server}-never-linked.txt`, import.meta.url), 'utf8');
    expect(rankCandidates(new Map([['slave-1', parseInfo(text)]]))[0]?.refusal).toBe(
      'slave-1 has never been in sync with its source',
    );
  },
);

test('a replica that restarted from its own files must stay a candidate: it has the data and forgot the offset', () => {
  expect(rankCandidates(new Map([['slave-1', lost({ offset: 1, keys: 20 })]]))[0]?.refusal).toBeNull();
});

describe('a replica that was not there when another one was promoted', () => {
  const before = lost().replid;
  const heir = masterInfo([], { replid: 'b'.repeat(40), replid2: before, secondOffset: 501, offset: 900 });
  const foreign = { replid: 'c'.repeat(40), offset: 700 };

  test.each<[string, Partial<ServerInfo>, readonly ServerInfo[], string]>([
    ['has no more than it', { offset: 500 }, [], 'behind'],
    ['has a ping more', { offset: 514 }, [], 'behind'],
    ['has more', { offset: 640 }, [], 'ahead'],
    ['follows it by now', { replid: heir.replid, offset: 900 }, [], 'behind'],
    ['has a history that nobody else has', foreign, [], 'foreign'],
    ['has less of a history than somebody else', foreign, [lost(foreign)], 'behind'],
    ['has more of a history than anybody else', foreign, [lost({ ...foreign, offset: 600 })], 'foreign'],
    ['has another history, and no data', { ...foreign, keys: 0 }, [], 'behind'],
  ])('must be seen as what it is where it %s', (_, changes, others, standing) => {
    expect(standingTo(lost(changes), heir, others)).toBe(standing);
  });
});
