import { describe, expect, test } from 'vitest';
import type { Topology } from '../../../src/domain/cluster.ts';
import { levels, nextSource, type Placed, shapeName, shapeOf, shapeProblems } from '../../../src/domain/shape.ts';
import { randomFrom } from '../../helpers/conf-grammar.ts';

const names = (replicas: number): readonly string[] => [
  'master',
  ...Array.from({ length: replicas }, (_, i) => `slave-${i + 1}`),
];

/** `a b<a c<b`: c follows b, which follows a, the master. */
const placed = (text: string): readonly Placed[] =>
  text.split(' ').map((word) => {
    const [name = '', source = null] = word.split('<');
    return { name, source };
  });

/** How many nodes stand how far from the master. */
function depths(shape: ReadonlyMap<string, string | null>): readonly number[] {
  const depthOf = (name: string): number => {
    const source = shape.get(name) ?? null;
    return source === null ? 0 : 1 + depthOf(source);
  };
  const counts: number[] = [];
  for (const name of shape.keys()) counts[depthOf(name)] = (counts[depthOf(name)] ?? 0) + 1;
  return counts;
}

describe('a new cluster', () => {
  test.each<[Topology, number, string]>([
    ['star', 2, 'master slave-1<master slave-2<master slave-3<master slave-4<master'],
    ['chain', 2, 'master slave-1<master slave-2<slave-1 slave-3<slave-2 slave-4<slave-3'],
    ['tree', 1, 'master slave-1<master slave-2<slave-1 slave-3<slave-2 slave-4<slave-3'],
    ['tree', 2, 'master slave-1<master slave-2<master slave-3<slave-1 slave-4<slave-1'],
    ['tree', 3, 'master slave-1<master slave-2<master slave-3<master slave-4<slave-1'],
    ['tree', 5, 'master slave-1<master slave-2<master slave-3<master slave-4<master'],
    ['custom', 2, 'master slave-1 slave-2 slave-3 slave-4'],
  ])('that is a %s (fanout %i) must be %s', (topology, fanout, expected) => {
    const shape = shapeOf(topology, fanout, names(4));
    expect([...shape]).toEqual(placed(expected).map(({ name, source }) => [name, source]));
  });

  test.each([
    [1, 30, Array.from({ length: 30 }, () => 1)],
    [2, 30, [1, 2, 4, 8, 15]],
    [3, 30, [1, 3, 9, 17]],
    [5, 30, [1, 5, 24]],
    [2, 200, [1, 2, 4, 8, 16, 32, 64, 73]],
    [3, 200, [1, 3, 9, 27, 81, 79]],
    [5, 200, [1, 5, 25, 125, 44]],
  ])('that is a tree of fanout %i must fill level by level: %i nodes', (fanout, count, expected) => {
    expect(depths(shapeOf('tree', fanout, names(count - 1)))).toEqual(expected);
  });

  test.each<[Topology, readonly number[]]>([
    ['star', [1, 199]],
    ['chain', Array.from({ length: 200 }, () => 1)],
  ])('of 200 nodes that is a %s must have its depths', (topology, expected) => {
    expect(depths(shapeOf(topology, 2, names(199)))).toEqual(expected);
  });

  test.each<Topology>(['star', 'chain', 'tree'])('that is a %s must be a sound one, whatever its size', (topology) => {
    for (const replicas of [0, 1, 2, 29, 199]) {
      for (const fanout of [1, 2, 3, 5]) {
        const nodes = [...shapeOf(topology, fanout, names(replicas))].map(([name, source]) => ({ name, source }));
        expect([shapeProblems(nodes), shapeName(nodes, topology, fanout)]).toEqual([[], topology]);
      }
    }
  });

  test.each<Topology>(['star', 'chain', 'tree', 'custom'])('of one node must be a %s too', (topology) => {
    expect([...shapeOf(topology, 2, ['master'])]).toEqual([['master', null]]);
  });
});

describe('one more node', () => {
  const promoted = {
    star: 'slave-1 master<slave-1 slave-2<slave-1',
    // Of master -> 1 -> 2 -> 3 the 1 was promoted: it has two followers, and the chain ends at 3.
    chain: 'master<slave-1 slave-1 slave-2<slave-1 slave-3<slave-2',
    // Of 1 and 2 below the master, 3 and 4 below 1, the 1 was promoted: it has four followers.
    tree: 'master<slave-1 slave-1 slave-2<slave-1 slave-3<slave-1 slave-4<slave-1',
  };
  test.each<[string, string, Topology, number, string]>([
    ['a star: the master', 'master slave-1<master', 'star', 2, 'master'],
    ['a custom cluster: the master', 'master slave-1<master slave-2<slave-1', 'custom', 2, 'master'],
    ['a chain: its end', 'master slave-1<master slave-2<slave-1', 'chain', 2, 'slave-2'],
    [
      'a chain: its end, whatever the order of the nodes',
      'slave-1<slave-2 slave-2<master master',
      'chain',
      2,
      'slave-1',
    ],
    ['a chain against its numbers', 'master slave-1<slave-2 slave-2<master', 'chain', 2, 'slave-1'],
    ['a tree: the first with room', 'master slave-1<master slave-2<master slave-3<slave-1', 'tree', 2, 'slave-1'],
    ['a tree: a gap above', 'master slave-2<master slave-3<slave-2 slave-4<slave-2', 'tree', 2, 'master'],
    ['a promoted star: the new master', promoted.star, 'star', 2, 'slave-1'],
    ['a promoted chain: the end of the longest branch', promoted.chain, 'chain', 2, 'slave-3'],
    ['a promoted tree: the former master, which is a leaf', promoted.tree, 'tree', 2, 'master'],
    ['a promoted tree with room: the new master', promoted.tree, 'tree', 5, 'slave-1'],
  ])('of %s', (_, text, topology, fanout, expected) => {
    expect(nextSource(placed(text), topology, fanout)).toBe(expected);
  });

  test('of nothing must be refused', () => {
    expect(() => nextSource([], 'star', 2)).toThrow(RangeError);
  });
});

test('levels must go from the master down, each in the order of the nodes above it', () => {
  const nodes = placed('e<c master<b b d<master c<b f<d');
  expect(levels(nodes).map(({ name }) => name)).toEqual(['b', 'master', 'c', 'd', 'e', 'f']);
});

test.each<[string, Topology, number, Topology]>([
  ['master', 'star', 2, 'star'],
  ['master', 'chain', 2, 'chain'],
  ['a b<a c<a', 'star', 2, 'star'],
  ['a b<a c<b', 'star', 2, 'custom'],
  ['a<b b c<b', 'star', 2, 'star'],
  ['a b<a c<b', 'chain', 2, 'chain'],
  ['a<b b c<b d<c', 'chain', 2, 'custom'],
  ['a b<a c<a d<b', 'tree', 2, 'tree'],
  ['a b<a c<a d<a', 'tree', 2, 'custom'],
  ['a b<a c<a d<a', 'tree', 3, 'tree'],
  ['a b<a c<b', 'custom', 2, 'custom'],
])('%s that was asked for as a %s (fanout %i) must be called a %s', (text, topology, fanout, expected) => {
  expect(shapeName(placed(text), topology, fanout)).toBe(expected);
});

describe('what is wrong with a shape', () => {
  test.each<[string, string, readonly [string, string][]]>([
    ['nothing', 'a b<a c<b', []],
    ['nothing, in any order', 'c<b b<a a', []],
    ['a source that is not there', 'a b<x', [['b', 'there is no node called x']]],
    [
      'two that are not there',
      'a b<x c<y',
      [
        ['b', 'there is no node called x'],
        ['c', 'there is no node called y'],
      ],
    ],
    ['itself', 'a b<b', [['b', 'b cannot follow itself']]],
    ['itself, alone', 'a<a', [['a', 'a cannot follow itself']]],
    ['a cycle of two', 'a b<c c<b', [['b', 'a cycle: b -> c -> b; none of them would ever get data']]],
    ['a cycle of three', 'a b<c c<d d<b', [['b', 'a cycle: b -> c -> d -> b; none of them would ever get data']]],
    [
      'a cycle, and who hangs on it',
      'a e<b b<c c<b',
      [['b', 'a cycle: b -> c -> b; none of them would ever get data']],
    ],
    ['a cycle without a master', 'a<b b<a', [['a', 'a cycle: a -> b -> a; none of them would ever get data']]],
    [
      'two cycles at once',
      'a b<c c<b d<e e<f f<d',
      [
        ['b', 'a cycle: b -> c -> b; none of them would ever get data'],
        ['d', 'a cycle: d -> e -> f -> d; none of them would ever get data'],
      ],
    ],
    ['two masters', 'a b c<a', [['b', 'b follows nobody, and a is the master already: name its source']]],
    [
      'three masters',
      'a b c',
      [
        ['b', 'b follows nobody, and a is the master already: name its source'],
        ['c', 'c follows nobody, and a is the master already: name its source'],
      ],
    ],
    ['no master, and a missing source', 'a<x b<a', [['a', 'there is no node called x']]],
    [
      'everything at once',
      'a b c<x d<d e<f f<e',
      [
        ['c', 'there is no node called x'],
        ['b', 'b follows nobody, and a is the master already: name its source'],
        ['d', 'd cannot follow itself'],
        ['e', 'a cycle: e -> f -> e; none of them would ever get data'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(shapeProblems(placed(text)).map(({ node, message }) => [node, message])).toEqual(expected);
  });

  test('no node at all', () => {
    expect(shapeProblems([])).toEqual([{ node: '', message: 'every node has a source, and none is the master' }]);
  });

  test('must be nothing exactly where all nodes hang on one master (20 000 random graphs)', () => {
    const random = randomFrom(20_260);
    const wrong: (readonly Placed[])[] = [];
    let trees = 0;
    for (let round = 0; round < 20_000; round++) {
      const count = 1 + Math.floor(random() * 6);
      const nodes = Array.from({ length: count }, (_, i): Placed => {
        const source = Math.floor(random() * (count + 2)) - 1; // -1 follows nobody, count is not there
        const isFirst = i === 0 && random() < 0.6;
        return { name: `n${i}`, source: source < 0 || isFirst ? null : `n${source}` };
      });
      const isTree = isOneTree(nodes);
      trees += isTree ? 1 : 0;
      if ((shapeProblems(nodes).length === 0) !== isTree) wrong.push(nodes);
    }
    expect(wrong).toEqual([]);
    expect(trees).toBeGreaterThan(1000);
  });
});

/** The slow way: one root, and walking up from every node ends there. */
function isOneTree(nodes: readonly Placed[]): boolean {
  const roots = nodes.filter(({ source }) => source === null);
  return (
    roots.length === 1 &&
    nodes.every((start) => {
      let at: Placed | undefined = start;
      for (let step = 0; at && at.source !== null && step < nodes.length; step++) {
        const above: string = at.source;
        at = nodes.find(({ name }) => name === above);
      }
      return at === roots[0];
    })
  );
}
