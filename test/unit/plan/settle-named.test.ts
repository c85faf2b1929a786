import { describe, expect, test } from 'vitest';
import { checkUpRequest, type UpRequest } from '../../../src/config/up-request.ts';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import type { ObservedEngine } from '../../../src/domain/observed.ts';
import { removeNode } from '../../../src/plan/change-topology.ts';
import { settleCluster } from '../../../src/plan/settle.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { containers, engineWith, network, record, shaped, sourcesOf } from '../../helpers/values.ts';

const options = { timezone: 'UTC', attempt: 0 };
const name = 'redis-server';

/** A file with `topology: custom`: node -> its source. */
const file = (sources: Readonly<Record<string, string | null>>, changes: Partial<UpRequest> = {}): UpRequest => ({
  name,
  topology: 'custom',
  nodes: Object.fromEntries(Object.entries(sources).map(([node, source]) => [node, source === null ? {} : { source }])),
  complete: true,
  ...changes,
});

const there = shaped(
  'custom',
  { master: null, 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'slave-2' },
  { asked: { 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'slave-2' } },
);
const engineOf = (spec: ClusterSpec): ObservedEngine =>
  engineWith({ containers: containers(spec), networks: [network(`${name}_app_net`, '172.19.0.0/24', name)] });
const settle = (request: UpRequest, spec = there): ReturnType<typeof settleCluster> => {
  expect(checkUpRequest(request)).toEqual([]);
  return settleCluster(request, record(spec, 4), engineOf(spec), options);
};

describe('a file with a shape of its own names every node', () => {
  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'one is left out',
      { 'slave-1': 'master', 'slave-2': 'master' },
      'slave-3',
      'Remove with: rmsx remove slave-3   or put back into the file: slave-3',
    ],
    [
      'one in the middle is left out',
      { 'slave-1': 'master', 'slave-3': 'master' },
      'slave-2',
      'Remove with: rmsx remove slave-2   or put back into the file: slave-2',
    ],
    [
      'two are left out',
      { 'slave-1': 'master' },
      'slave-2, slave-3',
      'Remove with: rmsx remove slave-2 && rmsx remove slave-3   or put back into the file: slave-2, slave-3',
    ],
  ])('up must refuse where %s, as it never removes a node', (_, sources, names, hint) => {
    expect(errorOf(() => settle(file(sources)))).toEqual({
      code: 'conflict',
      message: `The cluster ${name} has ${names}, which the file does not name, and up never removes a node.`,
      hint,
      problems: [],
    });
  });

  test('the present master must not be left out, and remove is not the way', () => {
    const promoted = shaped('custom', { master: 'slave-3', 'slave-3': null }, { asked: {} });
    const error = errorOf(() => settle(file({ master: 'slave-1', 'slave-1': null }), promoted));
    expect([error.code, error.hint]).toEqual(['conflict', 'Put back into the file: slave-3; slave-3 is the master.']);
  });

  test('a node that was removed, and is taken out of the file, must be nothing to say', () => {
    const spec = removeNode(there, 'slave-1');
    expect(settle(file({ 'slave-2': 'master', 'slave-3': 'slave-2' }), spec)).toEqual(record(spec, 4));
  });

  test('a new node must be added', () => {
    const sources = { 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'slave-2', 'slave-9': 'slave-3' };
    expect(sourcesOf(settle(file(sources)).cluster)).toEqual({ master: null, ...sources });
  });

  test.each<[string, UpRequest]>([
    ['its number of replicas says it', file({ 'slave-1': 'master', 'slave-2': 'master' }, { replicas: 3 })],
    ['a file of another shape', { name, topology: 'star', nodes: { 'slave-1': {} }, complete: true }],
    ['a file that names none', { name, topology: 'custom', nodes: {}, complete: true }],
    ['flags alone', { name, topology: 'custom', nodes: { 'slave-1': {} } }],
  ])('every node must stay: %s', (_, request) => {
    const { cluster } = settleCluster(request, record(there, 4), engineOf(there), options);
    expect(cluster.nodes.map((node) => node.name)).toEqual(['master', 'slave-1', 'slave-2', 'slave-3']);
  });
});

test('a shape that only a file can tell must be refused with the command that writes one', () => {
  const { code, hint } = errorOf(() =>
    settleCluster({ name: 'demo', topology: 'custom' }, null, engineWith(), options),
  );
  expect([code, hint]).toEqual([
    'bad-spec',
    'Name the sources in a file, which this writes: rmsx init --topology custom -n demo',
  ]);
});

describe('a fanout alone', () => {
  const fanout = (topology: 'star' | 'tree'): ReturnType<typeof settleCluster> => {
    const spec = shaped(topology, { master: null, 'slave-1': 'master' });
    return settleCluster({ name, fanout: 3 }, record(spec, 4), engineOf(spec), options);
  };

  test('must be refused where the cluster is no tree', () => {
    const { code, problems, hint } = errorOf(() => fanout('star'));
    expect(hint).toBe('Ask for a tree: rmsx up --topology tree --fanout 3');
    expect([code, problems]).toEqual(['bad-spec', ['--fanout: it is for a tree, and the topology is star']]);
  });

  test('must be taken where it is one', () => {
    expect(fanout('tree').cluster.fanout).toBe(3);
  });
});

describe('a cluster whose first master was removed', () => {
  const spec = removeNode(
    shaped(
      'custom',
      { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' },
      { asked: { 'slave-1': 'master', 'slave-2': 'master' } },
    ),
    'master',
  );

  test.each([
    ['custom', file({ 'slave-1': 'master', 'slave-2': 'master' })],
    ['star', file({ 'slave-1': 'master' }, { topology: 'star', replicas: 2 })],
  ])('must be told with what to change where a %s file has the present master follow it', (_, request) => {
    expect(errorOf(() => settle(request, spec))).toEqual({
      code: 'conflict',
      message: `slave-1 is the master of ${name}, and is asked to follow master, which was removed.`,
      hint: 'In the file, take "source: master" out of slave-1, and let every other node that follows master follow slave-1.',
      problems: [],
    });
  });

  test('must be sound once the file is changed like that', () => {
    expect(sourcesOf(settle(file({ 'slave-1': null, 'slave-2': 'slave-1' }), spec).cluster)).toEqual(sourcesOf(spec));
  });

  test('must be refused where there is no such cluster: somebody forgot a source', () => {
    const request = file({ 'slave-1': null, 'slave-2': 'slave-1' });
    expect(errorOf(() => settleCluster(request, null, engineWith(), options)).problems).toEqual([
      'nodes.slave-1.source: slave-1 follows nobody, and master is the master already: name its source',
    ]);
    expect(checkUpRequest(file({ 'slave-1': null }))).toHaveLength(1);
    expect(checkUpRequest(file({ 'slave-1': null, 'slave-2': 'slave-1', 'slave-3': 'master' }))).toHaveLength(1);
    expect(checkUpRequest(file({ 'slave-1': null, 'slave-2': null, 'slave-3': 'slave-1' }))).toHaveLength(2);
  });
});
