import { expect, test } from 'vitest';
import type { ClusterStatus } from '../../../src/domain/status.ts';
import { changesBetween } from '../../../src/domain/status-changes.ts';
import { statusOf } from '../../helpers/graphs.ts';
import { cluster } from '../../helpers/values.ts';

const told = (before: ClusterStatus | undefined, after: ClusterStatus): readonly string[] =>
  changesBetween(before, after).map(({ node, text }) => `${node ?? 'cluster'} ${text}`);

const healthy = statusOf();
const stopped = statusOf(cluster(2), { 'slave-1': 'stopped' });

test('the first look must be told as it is, with its warnings', () => {
  expect(told(undefined, healthy)).toEqual(['cluster healthy: star, master: master, nodes: 3 (running: 3)']);
  expect(told(undefined, stopped)).toEqual([
    'cluster degraded: star, master: master, nodes: 3 (running: 2)',
    'slave-1 warning: slave-1 is stopped',
  ]);
});

test('nothing must be told while nothing changes', () => {
  expect(told(healthy, statusOf())).toEqual([]);
  expect(told(stopped, stopped)).toEqual([]);
});

test('numbers that go on must be no change', () => {
  const later = statusOf(cluster(2), {}, { master: { offset: 2000 }, 'slave-1': { offset: 1500 } });
  expect(told(healthy, later)).toEqual([]);
  const reworded = { ...stopped, warnings: stopped.warnings.map((warning) => ({ ...warning, message: '5 %' })) };
  expect(told(stopped, reworded)).toEqual([]);
});

test('of a node that stops only its state must be told, and the rest when it comes back', () => {
  expect(told(healthy, stopped)).toEqual([
    'cluster health: healthy -> degraded',
    'slave-1 state: running -> stopped',
    'slave-1 warning: slave-1 is stopped',
  ]);
  expect(told(stopped, statusOf(cluster(2), {}, { 'slave-1': { link: 'syncing' } }))).toEqual([
    'slave-1 state: stopped -> running',
    'slave-1 role: ? -> replica',
    'slave-1 source: ? -> master',
    'slave-1 link: ? -> syncing',
    'slave-1 warning: slave-1 is in a full synchronisation with master',
    'slave-1 no more: slave-1 is stopped',
  ]);
});

test('another master, another source and a link must be told', () => {
  const alone = { role: 'master', source: null, link: null } as const;
  const port = { host: '172.19.0.12', port: 6381 };
  const after = statusOf(cluster(2), {}, { 'slave-2': alone, 'slave-1': { source: port, link: 'down' } });
  expect(told(healthy, after).filter((line) => !line.includes('warning:'))).toEqual([
    'cluster health: healthy -> degraded',
    'cluster master: master -> -',
    'slave-1 source: master -> slave-2',
    'slave-1 link: up -> down',
    'slave-2 role: replica -> master',
  ]);
});

test('nodes that come and go must be told', () => {
  expect(told(healthy, statusOf(cluster(3)))).toEqual(['slave-3 added: running']);
  expect(told(statusOf(cluster(3)), healthy)).toEqual(['slave-3 removed']);
});
