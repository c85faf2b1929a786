import { expect, test } from 'vitest';
import type { Cluster } from '../../../src/library/cluster.ts';
import { directoryOf, keepLogs } from '../../../src/testing/failure-logs.ts';

test.each([
  ['/app/test/shop.test.js', 'orders > are kept: "all" of them', 'shop.test.js-orders-are-kept-all-of-them'],
  ['shop.test.js', '../../etc/passwd', 'shop.test.js-..-..-etc-passwd'],
  ['.hidden.js', 'Größe', 'hidden.js-Gro-e'],
  ['shop.test.js', 'x'.repeat(500), `shop.test.js-${'x'.repeat(107)}`],
])('the directory of a test must be a name that every file system takes: %s, %s', (file, name, expected) => {
  expect(directoryOf({ file, name })).toBe(expected);
});

const failed = { file: 'shop.test.js', name: 'orders are kept' };

test('logs must go to a directory of the test, and be told', async () => {
  const asked: unknown[] = [];
  const exportLogs = async (options: unknown): Promise<void> => void asked.push(options);
  const cluster = { name: 'rmsx-1', exportLogs } as unknown as Cluster;
  expect(await keepLogs(cluster, failed, 'logs')).toBe(
    'rmsx: the logs of rmsx-1 are in logs/shop.test.js-orders-are-kept',
  );
  expect(asked).toEqual([{ directory: 'logs/shop.test.js-orders-are-kept', replaceAny: true }]);
  expect([await keepLogs(cluster, failed, null), asked.length]).toEqual([null, 1]);
});

test('logs that cannot be written must be told, and hide no failure of a test', async () => {
  const exportLogs = (): Promise<void> => Promise.reject(new Error('no space left'));
  const cluster = { name: 'rmsx-1', exportLogs } as unknown as Cluster;
  expect(await keepLogs(cluster, failed, 'logs')).toBe('rmsx: the logs of rmsx-1 could not be written: no space left');
});
