import { describe, expect, test } from 'vitest';
import type { ClusterSpec, NodeSpec } from '../../../src/domain/cluster.ts';
import { shapeOf } from '../../../src/domain/shape.ts';
import { addNode, moveNode, removeNode, scaleTo } from '../../../src/plan/change-topology.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, node, shaped, sourcesOf } from '../../helpers/values.ts';

/** A new cluster of a shape, with the master and some replicas. */
const fresh = (topology: 'star' | 'chain' | 'tree', replicas: number, fanout = 2): ClusterSpec => {
  const names = ['master', ...Array.from({ length: replicas }, (_, i) => `slave-${i + 1}`)];
  return shaped(topology, Object.fromEntries(shapeOf(topology, fanout, names)), { fanout });
};
const names = (spec: ClusterSpec): readonly string[] => spec.nodes.map(({ name }) => name);
/** A star of three in which some nodes differ. */
const unlike = (changes: Readonly<Record<string, Partial<NodeSpec>>>): ClusterSpec => {
  const { nodes, ...rest } = cluster(2);
  return { ...rest, nodes: nodes.map((each) => ({ ...each, ...changes[each.name] })) };
};
const neverPromoted = { 'replica-priority': ['0'] };

describe('adding a node', () => {
  test('must give it the next address and port, and nothing else must change', () => {
    expect(addNode(cluster(2), undefined)).toEqual(cluster(3));
  });

  test('must give it the first name that is free, with the address and port of that name', () => {
    const gap = cluster(0, { nodes: [node('master', null), node('slave-1', 'master'), node('slave-3', 'master')] });
    expect(addNode(gap, undefined).nodes).toEqual(cluster(3).nodes);
  });

  test('must have a name where the first master is gone, and every node is called slave-N', () => {
    const gone = removeNode(shaped('custom', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }), 'master');
    expect(names(addNode(gone, undefined))).toEqual(['slave-1', 'slave-2', 'slave-3']);
    expect(names(scaleTo(gone, 3))).toEqual(['slave-1', 'slave-2', 'slave-3', 'slave-4']);
  });

  test('must count from the subnet and the first port of the cluster', () => {
    const own = cluster(1, { subnet: '10.1.0.0/16', basePort: 7000 });
    expect(addNode(own, undefined).nodes[2]).toEqual(
      node('slave-2', 'master', { address: { host: '10.1.0.12', port: 7002 } }),
    );
  });

  test('must take neither image nor directives of other nodes', () => {
    const own = cluster(0, {
      nodes: [node('master', null), node('slave-1', 'master', { image: 'redis:8.2', directives: { hz: ['1'] } })],
    });
    expect(addNode(own, 'slave-1').nodes[2]).toEqual(node('slave-2', 'slave-1'));
  });

  test.each<[string, ClusterSpec, string]>([
    ['a star', fresh('star', 3), 'master'],
    ['a chain', fresh('chain', 3), 'slave-3'],
    ['a tree', fresh('tree', 3), 'slave-1'],
    ['a tree of fanout 5', fresh('tree', 3, 5), 'master'],
    ['a promoted star', shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }), 'slave-1'],
    ['a promoted tree', shaped('tree', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }), 'master'],
  ])('of %s must put it where it belongs', (_, own, source) => {
    const grown = addNode(own, undefined);
    const [name = ''] = names(grown).filter((other) => !names(own).includes(other));
    expect(sourcesOf(grown)).toEqual({ ...sourcesOf(own), [name]: source });
  });

  test('must put it under the source that is asked for', () => {
    expect(sourcesOf(addNode(fresh('star', 2), 'slave-2'))).toMatchObject({ 'slave-3': 'slave-2' });
  });

  test.each([undefined, 'slave-1'])('must change nothing in what was asked for: %s', (source) => {
    expect(addNode(cluster(2), source).asked).toEqual({});
    const asked = { 'slave-2': 'slave-1' };
    expect(addNode(cluster(2, { asked }), source).asked).toEqual(asked);
  });

  test('under a source that is not there must be refused', () => {
    expect(errorOf(() => addNode(cluster(1), 'slave-7'))).toEqual({
      code: 'not-found',
      message: 'The cluster redis-server has no node called slave-7.',
      hint: 'Its nodes are: master, slave-1',
      problems: [],
    });
  });
});

describe('removing a node', () => {
  test.each<[string, ClusterSpec, string, Readonly<Record<string, string | null>>]>([
    ['a leaf', fresh('star', 2), 'slave-1', { master: null, 'slave-2': 'master' }],
    [
      'the middle of a chain',
      fresh('chain', 3),
      'slave-2',
      { master: null, 'slave-1': 'master', 'slave-3': 'slave-1' },
    ],
    [
      'a node of a tree with two followers',
      fresh('tree', 4),
      'slave-1',
      { master: null, 'slave-2': 'master', 'slave-3': 'master', 'slave-4': 'master' },
    ],
    ['the former master', shaped('star', { master: 'slave-1', 'slave-1': null }), 'master', { 'slave-1': null }],
  ])('must let its followers follow its source: %s', (_, own, name, sources) => {
    expect(sourcesOf(removeNode(own, name))).toEqual(sources);
  });

  test('must forget which source was named for it, and none of the others', () => {
    const own = cluster(3, { asked: { 'slave-1': 'master', 'slave-2': 'master' } });
    expect(removeNode(own, 'slave-2').asked).toEqual({ 'slave-1': 'master' });
    expect(removeNode(own, 'slave-3').asked).toEqual(own.asked);
  });

  test('must leave address, port and conf of all others as they are', () => {
    const own = fresh('chain', 3);
    const { nodes } = removeNode(own, 'slave-1');
    expect(nodes).toEqual([node('master', null), node('slave-2', 'master'), node('slave-3', 'slave-2')]);
  });

  test.each<[ClusterSpec, string | undefined]>([
    [
      cluster(2),
      'Let another node take over first:\ndocker stop redis-server-master && rmsx promote slave-1 && rmsx remove master\nOr remove the whole cluster: rmsx down',
    ],
    [
      unlike({ 'slave-1': { directives: neverPromoted } }),
      'Let another node take over first:\ndocker stop redis-server-master && rmsx promote slave-2 && rmsx remove master\nOr remove the whole cluster: rmsx down',
    ],
    [
      unlike({ 'slave-1': { image: 'redis:8.8' } }),
      'Let another node take over first:\ndocker stop redis-server-master && rmsx promote slave-2 && rmsx remove master\nOr remove the whole cluster: rmsx down',
    ],
    [
      unlike({ master: { image: 'redis:7.0' } }),
      'Let another node take over first:\ndocker stop redis-server-master && rmsx promote slave-1 --force && rmsx remove master   # master (Redis 7.0) could not load its data, and would never be in sync again\nOr remove the whole cluster: rmsx down',
    ],
    [cluster(2, { directives: neverPromoted }), 'Remove the whole cluster: rmsx down'],
    [cluster(0), 'Remove the whole cluster: rmsx down'],
    [cluster(0, { name: 'demo' }), 'Remove the whole cluster: rmsx down -n demo'],
  ])('that is the master must be refused', (own, hint) => {
    expect(errorOf(() => removeNode(own, 'master'))).toEqual({
      code: 'unsafe',
      message: `master is the master of ${own.name}: without it nothing could be written.`,
      hint,
      problems: [],
    });
  });

  test('that is not there must be refused', () => {
    expect(errorOf(() => removeNode(cluster(1), 'slave-7'))).toMatchObject({
      code: 'not-found',
      message: 'The cluster redis-server has no node called slave-7.',
    });
  });

  test('and adding one again must bring back its name, address and port', () => {
    const own = fresh('chain', 4);
    expect(addNode(removeNode(own, 'slave-2'), 'slave-1').nodes[2]).toEqual(node('slave-2', 'slave-1'));
  });
});

describe('moving a node', () => {
  test('must change its source and nothing else: whoever follows it comes along', () => {
    const own = fresh('tree', 6);
    const moved = moveNode(own, 'slave-1', 'slave-2');
    expect(sourcesOf(moved)).toEqual({ ...sourcesOf(own), 'slave-1': 'slave-2' });
    expect({ ...moved, nodes: own.nodes }).toEqual(own);
  });

  test('to where it is must change nothing', () => {
    expect(moveNode(cluster(2), 'slave-1', 'master')).toEqual(cluster(2));
  });

  test.each<[string, string, string, string]>([
    [
      'slave-1',
      'slave-3',
      'slave-1 cannot follow slave-3: a cycle: slave-1 -> slave-3 -> slave-2 -> slave-1; none of them would ever get data.',
      'Move slave-3 away first: rmsx move slave-3 --source master',
    ],
    [
      'slave-2',
      'slave-3',
      'slave-2 cannot follow slave-3: a cycle: slave-2 -> slave-3 -> slave-2; none of them would ever get data.',
      'Move slave-3 away first: rmsx move slave-3 --source master',
    ],
  ])('%s under %s must be refused as a cycle', (name, source, message, hint) => {
    expect(errorOf(() => moveNode(fresh('chain', 3), name, source))).toEqual({
      code: 'unsafe',
      message,
      hint,
      problems: [],
    });
  });

  test('under itself must be refused, with a way out that is one', () => {
    const error = errorOf(() => moveNode(fresh('chain', 3), 'slave-2', 'slave-2'));
    expect([error.code, error.message]).toEqual([
      'unsafe',
      'slave-2 cannot follow slave-2: slave-2 cannot follow itself.',
    ]);
    expect(error.hint ?? '').not.toContain('Move slave-2 away first');
  });

  test('that is the master must be refused', () => {
    expect(errorOf(() => moveNode(cluster(2, { name: 'demo' }), 'master', 'slave-1'))).toEqual({
      code: 'unsafe',
      message: 'master is the master of demo: it follows nobody.',
      hint: 'Let another node take over first:\ndocker stop demo-master && rmsx promote slave-1 -n demo && rmsx up -n demo',
      problems: [],
    });
  });

  test.each<[string, ClusterSpec, string]>([
    [
      'is never promoted',
      unlike({ 'slave-2': { directives: neverPromoted } }),
      'Let another node take over first:\ndocker stop redis-server-master && rmsx promote slave-1 && rmsx up',
    ],
    [
      'has a newer server than others',
      unlike({ 'slave-2': { image: 'redis:8.8' } }),
      'Let another node take over first:\ndocker stop redis-server-master && rmsx promote slave-1 && rmsx up',
    ],
    ['has a newer server, as all others', unlike({ master: { image: 'redis:7.0' } }), 'rmsx status'],
  ])('that is the master, where the new source %s, must name a promotion that works', (_, own, hint) => {
    expect(errorOf(() => moveNode(own, 'master', 'slave-2')).hint).toBe(hint);
  });

  test('must name every node that is not there', () => {
    expect(errorOf(() => moveNode(cluster(1), 'slave-7', 'slave-8'))).toEqual({
      code: 'not-found',
      message: 'The cluster redis-server has no node called slave-7 and none called slave-8.',
      hint: 'Its nodes are: master, slave-1',
      problems: [],
    });
  });
});

describe('scaling', () => {
  test.each(['star', 'chain', 'tree'] as const)(
    'a %s up must give what a new one of that size would be',
    (topology) => {
      for (const [before, after] of [
        [0, 0],
        [0, 7],
        [2, 3],
        [2, 30],
      ] as const) {
        expect(scaleTo(fresh(topology, before), after)).toEqual(fresh(topology, after));
      }
    },
  );

  test.each(['star', 'chain', 'tree'] as const)(
    'a %s down must give what a new one of that size would be',
    (topology) => {
      for (const [before, after] of [
        [7, 6],
        [7, 0],
        [30, 2],
        [200, 13],
      ] as const) {
        expect(scaleTo(fresh(topology, before), after)).toEqual(fresh(topology, after));
      }
    },
  );

  test.each<[string, ClusterSpec, number, readonly string[]]>([
    [
      'a promoted star: the highest number first',
      shaped('star', { master: 'slave-3', 'slave-1': 'slave-3', 'slave-2': 'slave-3', 'slave-3': null }),
      1,
      ['master', 'slave-3'],
    ],
    [
      'a promoted star to its master alone',
      shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }),
      0,
      ['slave-1'],
    ],
    [
      'a promoted chain: from its end',
      shaped('chain', { master: 'slave-2', 'slave-1': 'master', 'slave-2': null, 'slave-3': 'slave-1' }),
      2,
      ['master', 'slave-1', 'slave-2'],
    ],
    [
      'a chain against its numbers: the leaf, though its number is the lowest',
      shaped('chain', { master: null, 'slave-1': 'slave-2', 'slave-2': 'slave-3', 'slave-3': 'master' }),
      1,
      ['master', 'slave-3'],
    ],
    [
      'a cluster with gaps',
      shaped('star', { master: null, 'slave-2': 'master', 'slave-9': 'master', 'slave-10': 'master' }),
      2,
      ['master', 'slave-2', 'slave-9'],
    ],
  ])('down must take leaves and never the master: %s', (_, own, replicas, left) => {
    const scaled = scaleTo(own, replicas);
    expect(names(scaled)).toEqual(left);
    expect(scaled.nodes).toEqual(own.nodes.filter(({ name }) => left.includes(name)));
  });

  test('to what is there must change nothing', () => {
    const own = shaped('tree', { master: 'slave-4', 'slave-4': null });
    expect(scaleTo(own, 1)).toBe(own);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('to %d replicas must be refused', (replicas) => {
    expect(errorOf(() => scaleTo(cluster(2), replicas))).toEqual({
      code: 'bad-usage',
      message: `--replicas: ${replicas} is not a number of replicas: 0 or more`,
      hint: undefined,
      problems: [],
    });
  });
});

test('more replicas than the subnet has room for must be refused before anybody counts them', () => {
  expect(errorOf(() => scaleTo(cluster(2), 99_999_999))).toMatchObject({
    code: 'bad-spec',
    message: '--replicas: 99999999 do not fit into 172.19.0.0/24, which has room for 219',
  });
});
