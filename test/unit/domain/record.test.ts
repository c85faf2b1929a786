import { describe, expect, test } from 'vitest';
import { newestRecord, parseRecord, serializeRecord } from '../../../src/domain/record.ts';
import { cluster, node, record } from '../../helpers/values.ts';

describe('reading a record', () => {
  test('what was written must be read back', () => {
    const own = record(cluster(2), 7);
    expect(parseRecord(serializeRecord(own))).toEqual(own);
  });

  test('the same record must give the same bytes', () => {
    expect(serializeRecord(record(cluster(2), 7))).toBe(serializeRecord(record(cluster(2), 7)));
  });

  test('a record that was cut off anywhere must be none', () => {
    const text = serializeRecord(record(cluster(1)));
    const end = text.trimEnd().length;
    const read = Array.from({ length: end }, (_, length) => parseRecord(text.slice(0, length)));
    expect(read.filter((found) => found !== null)).toEqual([]);
  });

  const own = record(cluster(1));
  test.each([
    ['nothing', ''],
    ['another document', '{}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a later version', JSON.stringify({ ...own, schemaVersion: 2 })],
    ['an epoch that is no number', JSON.stringify({ ...own, epoch: '1' })],
    ['an epoch with a fraction', JSON.stringify({ ...own, epoch: 1.5 })],
    ['no cluster', JSON.stringify({ schemaVersion: 1, epoch: 1 })],
    ['no nodes', JSON.stringify({ ...own, cluster: { name: 'a' } })],
    ['a node that is null', JSON.stringify({ ...own, cluster: { ...own.cluster, nodes: [null] } })],
    ['a node without an address', JSON.stringify({ ...own, cluster: { ...own.cluster, nodes: [{ name: 'a' }] } })],
    [
      'a port that is no number',
      JSON.stringify({
        ...own,
        cluster: { ...own.cluster, nodes: [{ name: 'a', address: { host: 'h', port: 'p' }, source: null }] },
      }),
    ],
  ])('%s must be no record', (_, text) => {
    expect(parseRecord(text)).toBeNull();
  });
});

describe('a record of rmsx 0.1', () => {
  const text = JSON.stringify({
    schemaVersion: 1,
    epoch: 3,
    cluster: {
      name: 'demo',
      topology: 'star',
      image: 'redis:7.0',
      subnet: '10.1.0.0/16',
      bind: '127.0.0.1',
      timezone: 'UTC',
      persistence: 'none',
      disabledCommands: ['KEYS'],
      nodes: [
        { name: 'master', address: { host: '10.1.0.10', port: 7000 }, source: 'slave-1' },
        { name: 'slave-1', address: { host: '10.1.0.11', port: 7001 }, source: null },
      ],
    },
  });

  test('must be read, with what it could not say filled in', () => {
    expect(parseRecord(text)).toEqual({
      schemaVersion: 1,
      epoch: 3,
      cluster: {
        name: 'demo',
        topology: 'star',
        fanout: 2,
        image: 'redis:7.0',
        subnet: '10.1.0.0/16',
        bind: '127.0.0.1',
        timezone: 'UTC',
        persistence: 'none',
        disabledCommands: ['KEYS'],
        directives: {},
        basePort: 7000,
        nodes: [
          {
            name: 'master',
            address: { host: '10.1.0.10', port: 7000 },
            source: 'slave-1',
            image: null,
            directives: {},
          },
          { name: 'slave-1', address: { host: '10.1.0.11', port: 7001 }, source: null, image: null, directives: {} },
        ],
        asked: {},
      },
    });
  });

  test('must be read the same once it is written again', () => {
    const read = parseRecord(text);
    expect(read && parseRecord(serializeRecord(read))).toEqual(read);
  });
});

test('a record with everything in it must be read back', () => {
  const nodes = [
    node('master', null, { directives: { hz: ['20'] } }),
    node('slave-2', 'master', { image: 'redis:8.2', address: { host: '172.19.0.99', port: 1 } }),
  ];
  const own = record(
    cluster(0, {
      topology: 'tree',
      fanout: 5,
      basePort: 7000,
      nodes,
      directives: { save: ['1 1', '2 2'] },
      asked: { 'slave-2': 'master' },
    }),
    9,
  );
  expect(parseRecord(serializeRecord(own))).toEqual(own);
});

test.each([
  ['no nodes at all', []],
  ['a source that is a number', [{ name: 'a', address: { host: 'h', port: 1 }, source: 1 }]],
])('%s: a record must be read, or be none, and never be an error', (_, nodes) => {
  const text = JSON.stringify({ schemaVersion: 1, epoch: 1, cluster: { name: 'a', nodes } });
  expect(() => parseRecord(text)).not.toThrow();
});

describe('the record that holds', () => {
  test('must be the one with the highest epoch, wherever it lies', () => {
    const [one, two, three] = [record(cluster(1), 1), record(cluster(1), 2), record(cluster(1), 3)];
    expect([newestRecord([one, three, two]), newestRecord([null, two, null]), newestRecord([three, one])]).toEqual([
      three,
      two,
      three,
    ]);
  });

  test('must be none where no node has one', () => {
    expect([newestRecord([]), newestRecord([null, null])]).toEqual([null, null]);
  });
});
