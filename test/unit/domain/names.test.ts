import { describe, expect, test } from 'vitest';
import {
  canonicalNodeName,
  clusterNamePattern,
  compareNodeNames,
  containerName,
  networkName,
  nodeIndex,
  replicaName,
  volumeName,
} from '../../../src/domain/names.ts';

describe('names of nodes', () => {
  test.each([
    ['replica-1', 'slave-1'],
    ['replica-12', 'slave-12'],
    ['slave-1', 'slave-1'],
    ['master', 'master'],
    ['sentinel-2', 'sentinel-2'],
    ['replica-', 'replica-'],
    ['replica-x', 'replica-x'],
    ['my-replica-1', 'my-replica-1'],
    ['replica-1-old', 'replica-1-old'],
  ])('what is typed as %s must be looked up as %s', (typed, canonical) => {
    expect(canonicalNodeName(typed)).toBe(canonical);
  });

  test.each([
    ['master', 0],
    ['slave-1', 1],
    ['slave-30', 30],
    ['slave-9999', 9999],
    ['slave-0', -1],
    ['slave-01', -1],
    ['slave-10000', -1],
    ['slave-', -1],
    ['slave-1 ', -1],
    ['slave-1\n', -1],
    ['sentinel-1', -1],
    ['Master', -1],
    ['', -1],
  ])('%j must have the place %i', (name, index) => {
    expect(nodeIndex(name)).toBe(index);
  });

  test('the place of a replica must be its number', () => {
    const indexes = Array.from({ length: 300 }, (_, i) => i + 1);
    expect(indexes.map((index) => nodeIndex(replicaName(index)))).toEqual(indexes);
  });

  test('nodes must be ordered as people count', () => {
    const mixed = ['sentinel-1', 'slave-10', 'odd', 'slave-2', 'master', 'sentinel-10', 'slave-1', 'sentinel-2'];
    expect(mixed.sort(compareNodeNames)).toEqual([
      'master',
      'slave-1',
      'slave-2',
      'slave-10',
      'odd',
      'sentinel-1',
      'sentinel-2',
      'sentinel-10',
    ]);
  });

  test('ordering must not depend on the order before', () => {
    const names = ['master', ...Array.from({ length: 30 }, (_, i) => `slave-${i + 1}`)];
    expect([...names].reverse().sort(compareNodeNames)).toEqual(names);
  });
});

describe('names of objects on the engine', () => {
  test('containers, networks and volumes must be called as the contract says', () => {
    expect([
      containerName('redis-server', 'master'),
      containerName('demo', 'slave-1'),
      networkName('redis-server'),
      volumeName('demo', 'slave-2', 'data'),
      volumeName('demo', 'slave-2', 'conf'),
    ]).toEqual([
      'redis-server-master',
      'demo-slave-1',
      'redis-server_app_net',
      'demo-slave-2-data',
      'demo-slave-2-conf',
    ]);
  });

  test.each(['redis-server', 'a', '0', 'a_b-c', '9lives'])('%s must be a name of a cluster', (name) => {
    expect(name).toMatch(clusterNamePattern);
  });

  test.each(['', '-a', '_a', 'A', 'a b', 'a/b', 'a.b', 'ä', 'a\n'])('%j must be no name of a cluster', (name) => {
    expect(name).not.toMatch(clusterNamePattern);
  });
});
