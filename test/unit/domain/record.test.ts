import { describe, expect, test } from 'vitest';
import { newestRecord, parseRecord, serializeRecord } from '../../../src/domain/record.ts';
import { cluster, record } from '../../helpers/values.ts';

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
