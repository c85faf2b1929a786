import { expect, test } from 'vitest';
import { masterOf, nodeAt, sourceOf, topDown } from '../../../src/domain/cluster.ts';
import { cluster, node } from '../../helpers/values.ts';

test('a source must come before the nodes that follow it', () => {
  const chain = cluster(0, {
    nodes: [node('slave-2', 'slave-1'), node('slave-1', 'slave-3'), node('slave-3', null), node('master', 'slave-1')],
  });
  expect(topDown(chain).map(({ name }) => name)).toEqual(['slave-3', 'slave-1', 'slave-2', 'master']);
});

test('a cycle must be refused, as the servers accept it and show every link up', () => {
  const cycle = cluster(0, { nodes: [node('master', null), node('slave-1', 'slave-2'), node('slave-2', 'slave-1')] });
  expect(() => topDown(cycle)).toThrow(new RangeError('cluster redis-server has a cycle or a missing source'));
});

test('a source that is not there must be refused', () => {
  const broken = cluster(0, { nodes: [node('master', null), node('slave-1', 'slave-9')] });
  expect(() => topDown(broken)).toThrow(new RangeError('cluster redis-server has a cycle or a missing source'));
});

test('the planned master must be the node without a source, whatever its name', () => {
  const promoted = cluster(0, { nodes: [node('master', 'slave-1'), node('slave-1', null)] });
  expect(masterOf(promoted).name).toBe('slave-1');
  expect(sourceOf(promoted, node('master', 'slave-1'))?.name).toBe('slave-1');
  expect(nodeAt(promoted, { host: '172.19.0.11', port: 6380 })?.name).toBe('slave-1');
  expect(nodeAt(promoted, { host: '172.19.0.11', port: 6379 })).toBeUndefined();
});

test('a plan without a master must not be taken for one', () => {
  expect(() => masterOf(cluster(0, { nodes: [] }))).toThrow('cluster redis-server has no master in its plan');
});
