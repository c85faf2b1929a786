import { describe, expect, test } from 'vitest';
import {
  type ClusterSpec,
  findNode,
  followersOf,
  imageOf,
  masterOf,
  nodeAt,
  sameCluster,
  sameSource,
  sourceOf,
  topDown,
} from '../../../src/domain/cluster.ts';
import { cluster, node, shaped } from '../../helpers/values.ts';

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

test('a node must be found by its name, with those that follow it and the image that it runs', () => {
  const own = cluster(0, {
    nodes: [node('master', null), node('slave-1', 'master', { image: 'redis:8.2' }), node('slave-2', 'master')],
  });
  expect(findNode(own, 'slave-2')?.name).toBe('slave-2');
  expect(findNode(own, 'slave-3')).toBeUndefined();
  expect(followersOf(own, 'master').map(({ name }) => name)).toEqual(['slave-1', 'slave-2']);
  expect(followersOf(own, 'slave-1')).toEqual([]);
  expect(own.nodes.map((each) => imageOf(own, each))).toEqual(['redis:8.0', 'redis:8.2', 'redis:8.0']);
});

test('a chain of 200 nodes must be ordered from the top down, whatever the order of its nodes', () => {
  const names = Array.from({ length: 200 }, (_, i) => (i === 0 ? 'master' : `slave-${i}`));
  const chain = Object.fromEntries(names.map((name, i) => [name, names[i - 1] ?? null]));
  const own = shaped('chain', chain);
  expect(topDown({ ...own, nodes: own.nodes.toReversed() }).map(({ name }) => name)).toEqual(names);
});

describe('two descriptions of a cluster', () => {
  const own = cluster(0, {
    directives: { hz: ['20'], save: ['60 1', '3600 1'] },
    nodes: [node('master', null), node('slave-1', 'master', { directives: { hz: ['1'], maxclients: ['2'] } })],
    asked: { master: null, 'slave-1': 'master' },
  });

  test.each<[string, Partial<ClusterSpec>]>([
    ['directives', { directives: { save: ['60 1', '3600 1'], hz: ['20'] } }],
    ['disabled commands', { disabledCommands: own.disabledCommands.toReversed() }],
    ['nodes', { nodes: own.nodes.toReversed() }],
    [
      'directives of a node',
      { nodes: [node('master', null), node('slave-1', 'master', { directives: { maxclients: ['2'], hz: ['1'] } })] },
    ],
    ['named sources', { asked: { 'slave-1': 'master', master: null } }],
  ])('must be the same in another order: %s', (_, changes) => {
    expect(sameCluster(own, { ...own, ...changes })).toBe(true);
  });

  test.each<[string, Partial<ClusterSpec>]>([
    ['another image', { image: 'redis:7.0' }],
    ['a command less', { disabledCommands: own.disabledCommands.slice(1) }],
    ['lines of a directive in another order', { directives: { hz: ['20'], save: ['3600 1', '60 1'] } }],
    ['a node less', { nodes: own.nodes.slice(0, 1) }],
    ['another source', { nodes: [node('master', 'slave-1'), node('slave-1', null)] }],
    ['a source that is not named', { asked: { master: null } }],
  ])('must not be the same with %s', (_, changes) => {
    expect(sameCluster(own, { ...own, ...changes })).toBe(false);
  });

  test('must be left as they are', () => {
    const before = structuredClone(own);
    sameCluster(own, { ...own, nodes: own.nodes.toReversed() });
    expect(own).toEqual(before);
  });
});

const [a, b] = [
  { host: '172.19.0.10', port: 6379 },
  { host: '172.19.0.10', port: 6380 },
];
test.each([
  [a, { ...a }, true],
  [a, b, false],
  [a, null, false],
  [null, a, false],
  [null, null, true],
  [undefined, null, false],
  [undefined, a, false],
])('the sources %j and %j must count as the same: %s', (one, other, same) => {
  expect(sameSource(one, other)).toBe(same);
});
