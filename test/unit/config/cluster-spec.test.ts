import { describe, expect, test } from 'vitest';
import { draftCluster, wantedCluster } from '../../../src/config/cluster-spec.ts';
import { impliedReplicas } from '../../../src/config/node-names.ts';
import type { UpRequest } from '../../../src/config/up-request.ts';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { addNode, moveNode, removeNode } from '../../../src/plan/change-topology.ts';
import { cluster, node, shaped, sourcesOf } from '../../helpers/values.ts';

const choices = { subnet: '172.19.0.0/24', basePort: 6379, timezone: 'UTC' };
const star = { master: null, 'slave-1': 'master', 'slave-2': 'master' };

const wanted = (request: Partial<UpRequest>, existing: ClusterSpec | null = null): ClusterSpec =>
  wantedCluster({ name: 'redis-server', ...request }, existing, choices);

/** What is left of a star of two after slave-1 was promoted. */
const promoted = cluster(0, {
  nodes: [node('master', 'slave-1'), node('slave-1', null), node('slave-2', 'slave-1')],
});

describe('a new cluster', () => {
  test('without any wish must have the defaults of the contract', () => {
    expect(wanted({})).toEqual(cluster(2));
  });

  test('must have what is asked for', () => {
    const request: UpRequest = {
      name: 'demo',
      topology: 'tree',
      fanout: 3,
      replicas: 1,
      image: 'valkey/valkey:8.1',
      bind: '0.0.0.0',
      timezone: 'Europe/Berlin',
      persistence: 'none',
      allowCommands: ['keys'],
      directives: { maxclients: ['5000'] },
      nodes: {
        'slave-1': {
          source: 'master',
          image: 'redis:7.2',
          ip: '10.1.9.9',
          port: 9999,
          directives: { 'replica-priority': ['0'] },
        },
      },
    };
    expect(wantedCluster(request, null, { subnet: '10.1.0.0/16', basePort: 7000, timezone: 'UTC' })).toEqual({
      name: 'demo',
      topology: 'tree',
      fanout: 3,
      image: 'valkey/valkey:8.1',
      subnet: '10.1.0.0/16',
      bind: '0.0.0.0',
      timezone: 'Europe/Berlin',
      persistence: 'none',
      disabledCommands: ['FLUSHALL', 'FLUSHDB'],
      directives: { maxclients: ['5000'] },
      basePort: 7000,
      nodes: [
        { name: 'master', address: { host: '10.1.0.10', port: 7000 }, source: null, image: null, directives: {} },
        {
          name: 'slave-1',
          address: { host: '10.1.9.9', port: 9999 },
          source: 'master',
          image: 'redis:7.2',
          directives: { 'replica-priority': ['0'] },
        },
      ],
      asked: { 'slave-1': 'master' },
    });
  });

  test.each<[Partial<UpRequest>, Readonly<Record<string, string | null>>]>([
    [{ replicas: 0 }, { master: null }],
    [
      { topology: 'chain', replicas: 2 },
      { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' },
    ],
    [
      { topology: 'tree', replicas: 4 },
      { master: null, 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'slave-1', 'slave-4': 'slave-1' },
    ],
    [
      { topology: 'tree', fanout: 1, replicas: 2 },
      { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' },
    ],
    [
      { topology: 'custom', nodes: { master: { source: 'slave-1' }, 'slave-1': {}, 'slave-2': { source: 'master' } } },
      { master: 'slave-1', 'slave-1': null, 'slave-2': 'master' },
    ],
    // A source that is named wins over the one that the shape gives.
    [{ nodes: { 'slave-2': { source: 'slave-1' } } }, { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }],
    // A node of which no source is named is a master in a custom cluster; checkCluster tells that there are two.
    [
      { topology: 'custom', replicas: 1 },
      { master: null, 'slave-1': null },
    ],
  ])('%j must hang together like this', (request, sources) => {
    expect(sourcesOf(wanted(request))).toEqual(sources);
  });

  test.each<[Partial<UpRequest>, ClusterSpec['asked']]>([
    [{ topology: 'tree', fanout: 3, replicas: 4 }, {}],
    [{ nodes: { 'slave-2': { image: 'redis:8.2', port: 7000 } } }, {}],
    [{ nodes: { 'slave-2': { source: 'slave-1' } } }, { 'slave-2': 'slave-1' }],
    [{ nodes: { master: { source: null }, 'slave-1': {} } }, { master: null }],
    [
      { replicas: 1, nodes: { 'slave-1': { source: 'master' }, 'slave-9': { source: 'master' } } },
      { 'slave-1': 'master' },
    ],
  ])('%j must be remembered by the sources that it names alone', (request, asked) => {
    expect(wanted(request).asked).toEqual(asked);
  });

  test.each<[Omit<UpRequest, 'name'>, number]>([
    [{}, 2],
    [{ nodes: { 'slave-1': {} } }, 2],
    [{ nodes: { 'slave-5': {} } }, 5],
    [{ topology: 'tree', nodes: { master: {} } }, 2],
    [{ topology: 'custom' }, 2],
    [{ topology: 'custom', nodes: { master: {}, 'slave-1': {} } }, 1],
    [{ topology: 'custom', nodes: { master: {}, nonsense: {} } }, 2],
  ])('%j must mean as many replicas as it names: %i', (request, expected) => {
    expect(impliedReplicas({ name: 'a', ...request })).toBe(expected);
    expect(wanted(request).nodes).toHaveLength(expected + 1);
  });

  test('must keep address and port of a node to its number', () => {
    const { nodes } = wanted({ replicas: 30 });
    expect([nodes[0], nodes[9], nodes[30]].map((own) => [own?.name, own?.address])).toEqual([
      ['master', { host: '172.19.0.10', port: 6379 }],
      ['slave-9', { host: '172.19.0.19', port: 6388 }],
      ['slave-30', { host: '172.19.0.40', port: 6409 }],
    ]);
  });

  test('as a draft must have the defaults in the place of what is chosen later', () => {
    const draft = draftCluster({ name: 'redis-server', subnet: 'auto', basePort: 'auto' });
    expect([draft.subnet, draft.basePort]).toEqual(['172.19.0.0/24', 6379]);
  });
});

describe('a cluster that is there', () => {
  const rich = shaped('tree', star, {
    image: 'redis:7.0',
    bind: '0.0.0.0',
    persistence: 'rdb',
    disabledCommands: [],
    fanout: 4,
    timezone: 'CET',
    directives: { maxclients: ['5000'] },
    nodes: [
      node('master', null, { image: 'redis:7.2' }),
      node('slave-1', 'master', { directives: { 'replica-priority': ['0'] } }),
      node('slave-2', 'master', { address: { host: '172.19.0.99', port: 7777 } }),
    ],
  });

  test('must be kept where nothing else is asked for', () => {
    expect(wanted({}, rich)).toEqual(rich);
  });

  test('must be kept where the same is asked for', () => {
    const request = { topology: 'tree', fanout: 4, replicas: 2, image: 'redis:7.0', persistence: 'rdb' } as const;
    expect(wanted(request, rich)).toEqual(rich);
  });

  test('must keep its nodes where up is told of fewer: up never removes one', () => {
    expect(wanted({ replicas: 1 }, cluster(3))).toEqual(cluster(3));
  });

  test('with gaps in its names must keep address and port of every node, and fill the gap first', () => {
    const gap = cluster(0, { nodes: [node('master', null), node('slave-3', 'master'), node('slave-7', 'master')] });
    expect(wanted({}, gap)).toEqual(gap);
    expect(wanted({ replicas: 4 }, gap).nodes).toEqual([
      node('master', null),
      node('slave-1', 'master'),
      node('slave-2', 'master'),
      node('slave-3', 'master'),
      node('slave-7', 'master'),
    ]);
  });

  test('must take the addresses of another subnet, and the ports of another first port, by number', () => {
    const before = cluster(0, { nodes: [node('master', null), node('slave-3', 'master')] });
    const { nodes } = wantedCluster({ name: before.name }, before, {
      subnet: '10.1.0.0/16',
      basePort: 7000,
      timezone: 'UTC',
    });
    expect(nodes.map(({ address }) => address)).toEqual([
      { host: '10.1.0.10', port: 7000 },
      { host: '10.1.0.13', port: 7003 },
    ]);
  });

  describe('asked for once more in the same shape', () => {
    const promotedChain = { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' };
    test.each<[string, ClusterSpec, Partial<UpRequest>]>([
      ['a promotion, nothing said', promoted, {}],
      ['a promotion, a star', promoted, { topology: 'star' }],
      ['a promotion, as many replicas', promoted, { topology: 'star', replicas: 2 }],
      ['a promotion, its nodes', promoted, { nodes: { 'slave-1': {}, 'slave-2': { image: undefined } } }],
      [
        'a promotion, its sources',
        { ...promoted, asked: { 'slave-1': 'master' } },
        { nodes: { 'slave-1': { source: 'master' }, 'slave-2': {} } },
      ],
      [
        'a promotion, its sources not said again',
        { ...promoted, asked: { 'slave-1': 'master' } },
        { topology: 'star' },
      ],
      ['another fanout, where there is no tree', cluster(2, { fanout: 5 }), { fanout: 5 }],
      ['a promotion, a chain', shaped('chain', promotedChain), { topology: 'chain' }],
      ['a move', moveNode(cluster(2), 'slave-2', 'slave-1'), { topology: 'star' }],
      ['an older promotion and a move', moveNode(promoted, 'slave-2', 'master'), { topology: 'star', replicas: 2 }],
    ])('must keep what became of it: %s', (_, existing, request) => {
      expect(wanted(request, existing)).toEqual(existing);
    });

    test('must keep a promotion after a node was added by hand', () => {
      const grown = addNode(promoted, undefined);
      expect(sourcesOf(wanted({ topology: 'star', replicas: 3 }, grown))).toEqual(sourcesOf(grown));
    });

    test('must keep a promotion after a node was removed by hand', () => {
      const shrunk = removeNode(promoted, 'slave-2');
      expect(wanted({ topology: 'star', replicas: 1 }, shrunk)).toEqual(shrunk);
    });
  });

  describe('asked for in another shape', () => {
    test.each<[string, ClusterSpec, Partial<UpRequest>, Readonly<Record<string, string | null>>]>([
      ['a star as a chain', cluster(2), { topology: 'chain' }, { ...star, 'slave-2': 'slave-1' }],
      [
        'a promoted star as a chain: the present master stays at its root',
        promoted,
        { topology: 'chain' },
        { 'slave-1': null, master: 'slave-1', 'slave-2': 'master' },
      ],
      [
        'a promoted chain as a star',
        shaped('chain', { master: 'slave-1', 'slave-1': null, 'slave-2': 'master' }),
        { topology: 'star' },
        { 'slave-1': null, master: 'slave-1', 'slave-2': 'slave-1' },
      ],
      [
        'a chain with one more replica',
        cluster(1),
        { topology: 'chain', replicas: 2 },
        { ...star, 'slave-2': 'slave-1' },
      ],
      [
        'a tree that was moved, with another fanout',
        moveNode(shaped('tree', star), 'slave-2', 'slave-1'),
        { fanout: 3 },
        star,
      ],
      [
        'another source of one node',
        cluster(2),
        { nodes: { 'slave-2': { source: 'slave-1' } } },
        { ...star, 'slave-2': 'slave-1' },
      ],
      ['another fanout', shaped('tree', star), { fanout: 1 }, { ...star, 'slave-2': 'slave-1' }],
    ])('must change the sources: %s', (_, existing, request, sources) => {
      expect(sourcesOf(wanted(request, existing))).toEqual(sources);
    });

    test.each<[string, ClusterSpec['asked'], Partial<UpRequest>, ClusterSpec['asked']]>([
      ['another source of one node', {}, { nodes: { 'slave-2': { source: 'slave-1' } } }, { 'slave-2': 'slave-1' }],
      [
        'the source of another node',
        { 'slave-1': 'master' },
        { nodes: { 'slave-2': { source: 'slave-1' } } },
        { 'slave-1': 'master', 'slave-2': 'slave-1' },
      ],
      ['nothing', { 'slave-2': 'slave-1' }, {}, { 'slave-2': 'slave-1' }],
      ['another topology', {}, { topology: 'chain' }, {}],
      ['a whole file without a source', { 'slave-2': 'slave-1' }, { complete: true, nodes: { 'slave-2': {} } }, {}],
      [
        'a whole file with another one',
        { 'slave-1': 'master' },
        { complete: true, nodes: { 'slave-2': { source: 'slave-1' } } },
        { 'slave-2': 'slave-1' },
      ],
    ])('must remember the sources that are named: %s', (_, before, request, asked) => {
      expect(wanted(request, cluster(2, { asked: before })).asked).toEqual(asked);
    });

    test('must take a source back that a whole file does not name any more', () => {
      const own = shaped('star', { ...star, 'slave-2': 'slave-1' }, { asked: { 'slave-2': 'slave-1' } });
      expect(sourcesOf(wanted({ complete: true, nodes: { 'slave-2': {} } }, own))).toEqual(star);
      expect(sourcesOf(wanted({ nodes: { 'slave-2': {} } }, own))).toEqual(sourcesOf(own));
    });

    test('must not move anybody for a fanout where there is no tree', () => {
      const moved = moveNode(cluster(2), 'slave-2', 'slave-1');
      expect(sourcesOf(wanted({ fanout: 5 }, moved))).toEqual(sourcesOf(moved));
    });

    test('must change the sources of a star that had grown by up', () => {
      const grown = wanted({ replicas: 3 }, wanted({ replicas: 1 }));
      expect(sourcesOf(wanted({ topology: 'chain' }, grown))).toEqual({
        ...star,
        'slave-2': 'slave-1',
        'slave-3': 'slave-2',
      });
    });

    test('must change the sources of a star that had grown by add', () => {
      const grown = addNode(cluster(1), undefined);
      expect(sourcesOf(wanted({ topology: 'chain' }, grown))).toEqual({ ...star, 'slave-2': 'slave-1' });
    });

    test('must change the sources of a cluster of rmsx 0.1, which wrote down no wish', () => {
      const old = cluster(2, { asked: {} });
      expect(sourcesOf(wanted({ topology: 'chain' }, old))).toEqual({ ...star, 'slave-2': 'slave-1' });
    });
  });

  describe('with more replicas', () => {
    test('must be like a new one of that size', () => {
      expect(wanted({ replicas: 3 }, cluster(1))).toEqual(cluster(3));
    });

    test('must put a new node under the source that is named, and leave all others where they are', () => {
      const after = wanted({ replicas: 3, nodes: { 'slave-3': { source: 'slave-2' } } }, promoted);
      expect(sourcesOf(after)).toEqual({ ...sourcesOf(promoted), 'slave-3': 'slave-2' });
      expect(after.asked).toEqual({ 'slave-3': 'slave-2' });
    });

    test.each<[string, ClusterSpec, Readonly<Record<string, string>>]>([
      ['a promoted star', promoted, { 'slave-3': 'slave-1', 'slave-4': 'slave-1' }],
      [
        'a promoted chain',
        shaped('chain', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }),
        { 'slave-3': 'slave-2', 'slave-4': 'slave-3' },
      ],
      [
        'a promoted tree: the former master is a leaf',
        shaped('tree', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' }),
        { 'slave-3': 'master', 'slave-4': 'master' },
      ],
    ])('%s must grow at its end', (_, existing, added) => {
      expect(sourcesOf(wanted({ replicas: 4 }, existing))).toEqual({ ...sourcesOf(existing), ...added });
    });

    test('a promoted star must grow at its new master, though the star is asked for again', () => {
      const after = wanted({ topology: 'star', replicas: 3 }, promoted);
      expect(sourcesOf(after)).toEqual({ ...sourcesOf(promoted), 'slave-3': 'slave-1' });
    });
  });

  test('a node that is named must get what is said of it, and every other one what the cluster has', () => {
    const { nodes } = wanted({ nodes: { 'slave-1': { image: 'redis:8.2' } } }, rich);
    expect(nodes.map(({ name, image, directives }) => [name, image, directives])).toEqual([
      ['master', 'redis:7.2', {}],
      ['slave-1', 'redis:8.2', { 'replica-priority': ['0'] }],
      ['slave-2', null, {}],
    ]);
  });

  test('a node that is named in a whole file must have what is said of it, and every other one nothing of its own', () => {
    const { nodes } = wanted({ complete: true, nodes: { 'slave-1': { image: 'redis:8.2' } } }, rich);
    expect(nodes).toEqual([
      node('master', null),
      node('slave-1', 'master', { image: 'redis:8.2' }),
      node('slave-2', 'master'),
    ]);
  });

  test('what is said of a node must come on top of what it has', () => {
    const request = { nodes: { 'slave-1': { directives: { hz: ['20'] } }, 'slave-2': { port: 7778 } } };
    expect(wanted(request, rich).nodes.slice(1)).toEqual([
      node('slave-1', 'master', { directives: { 'replica-priority': ['0'], hz: ['20'] } }),
      node('slave-2', 'master', { address: { host: '172.19.0.99', port: 7778 } }),
    ]);
  });

  test.each<[Partial<UpRequest>, ClusterSpec['directives']]>([
    [{}, { maxclients: ['5000'] }],
    [{ directives: {} }, { maxclients: ['5000'] }],
    [{ directives: { hz: ['20'] } }, { maxclients: ['5000'], hz: ['20'] }],
    [{ directives: { maxclients: ['10'] } }, { maxclients: ['10'] }],
    [{ complete: true }, {}],
    [{ complete: true, directives: {} }, {}],
    [{ complete: true, directives: { hz: ['20'] } }, { hz: ['20'] }],
  ])('%j must be merged over directives, or replace all of them', (request, expected) => {
    expect(wanted(request, rich).directives).toEqual(expected);
  });
});
