import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import type { ObservedContainer, ObservedEngine } from '../../../src/domain/observed.ts';
import { formatPlan, type Plan } from '../../../src/domain/plan.ts';
import { type FaultKind, nodesOfTarget, planFault } from '../../../src/plan/fault.ts';
import { planHeal, stragglers } from '../../../src/plan/heal.ts';
import { errorOf } from '../../helpers/error-of.ts';
import {
  cluster,
  confs,
  container,
  engineWith,
  masterInfo,
  network,
  node,
  record,
  replicaInfo,
  shaped,
  volume,
} from '../../helpers/values.ts';

const star = cluster(2);
const promoted = shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
type Changes = Readonly<Record<string, Partial<ObservedContainer>>>;
const all = ['master', 'slave-1', 'slave-2'];

const fleet = (changes: Changes, spec: ClusterSpec = star): readonly ObservedContainer[] =>
  spec.nodes.map(({ name }) => container(spec, name, changes[name]));

describe('a target', () => {
  test.each([
    ['all', all],
    ['master', ['slave-1']],
    ['replicas', ['master', 'slave-2']],
    ['replica-2', ['slave-2']],
    ['slave-1', ['slave-1']],
    ['redis-server-master', ['master']],
    ['nobody', ['nobody']],
  ])('%s must be by role and name: after a promotion the master is another node', (typed, nodes) => {
    expect(nodesOfTarget(promoted, typed)).toEqual(nodes);
  });
});

const broken = (kind: FaultKind, nodes: readonly string[], changes: Changes = {}): string =>
  formatPlan(planFault(star, fleet(changes), kind, nodes).plan);

describe('a fault', () => {
  test.each<[FaultKind, string]>([
    ['kill', 'kill slave-1  (a fault was asked for)'],
    ['stop', 'stop slave-1  (it is running)'],
    ['pause', 'pause slave-1  (a fault was asked for)'],
    ['partition', 'disconnect slave-1 from redis-server_app_net  (a fault was asked for)'],
  ])('%s must hit the node that is named, and no other one', (kind, text) => {
    expect(broken(kind, ['slave-1'])).toBe(text);
  });

  test('must hit all nodes at once, and not one after the other', () => {
    expect(planFault(star, fleet({}), 'kill', all).plan.map(({ after }) => after)).toEqual([[], [], []]);
  });

  test.each<[FaultKind, Partial<ObservedContainer>]>([
    ['kill', { state: 'stopped' }],
    ['stop', { state: 'stopped' }],
    ['pause', { state: 'paused' }],
    ['pause', { state: 'stopped' }],
    ['partition', { attachments: [] }],
    ['partition', { state: 'stopped' }],
  ])('%s must leave a node alone that is like that already, or does not run: %j', (kind, change) => {
    expect(broken(kind, ['slave-1'], { 'slave-1': change })).toBe('');
  });

  test.each<[FaultKind, string]>([
    ['kill', 'master-stopped'],
    ['pause', 'master-cut-off'],
    ['partition', 'master-cut-off'],
  ])('%s of the master must say that nothing can be written, and who may take over', (kind, code) => {
    const [warning] = planFault(star, fleet({}), kind, ['master']).warnings;
    expect(warning).toMatchObject({ code, node: 'master', hint: expect.stringContaining('rmsx promote slave-1') });
  });

  test('must say that it found nothing to pause', () => {
    const { warnings } = planFault(star, fleet({ 'slave-1': { state: 'stopped' } }), 'pause', ['slave-1']);
    expect(warnings.map(({ message }) => message)).toEqual(['slave-1 is stopped: there is nothing to pause']);
  });
});

const networks = [network('redis-server_app_net', '172.19.0.0/24', 'redis-server')];

function healing(nodes: readonly string[], changes: Changes, spec = star, engine: Partial<ObservedEngine> = {}): Plan {
  const containers = fleet(changes, spec);
  const volumes = spec.nodes.map(({ name }) => volume(`redis-server-${name}-data`, { cluster: spec.name, node: name }));
  const own = record(spec);
  return planHeal({
    record: own,
    engine: engineWith({ networks, containers, volumes, ...engine }),
    confs: confs(own),
    nodes,
  });
}

const edges = (plan: Plan): readonly string[] => plan.map(({ id, after }) => `${id} <- ${after.join(', ')}`);

describe('heal', () => {
  test('must do nothing where all is well', () => {
    expect(healing(all, {})).toEqual([]);
  });

  test('must start, wake and put back, each its own way', () => {
    const changes: Changes = {
      master: { state: 'stopped' },
      'slave-1': { state: 'paused' },
      'slave-2': { attachments: [] },
    };
    expect(edges(healing(all, changes))).toEqual([
      'connect slave-2 <- ',
      'start master <- connect slave-2',
      'unpause slave-1 <- ',
      'relink slave-2 <- connect slave-2',
    ]);
  });

  test('must leave those alone that are not meant', () => {
    const changes: Changes = {
      master: { attachments: [] },
      'slave-1': { state: 'paused' },
      'slave-2': { attachments: [] },
    };
    expect(edges(healing(['slave-2'], changes))).toEqual(['connect slave-2 <- ', 'relink slave-2 <- connect slave-2']);
    expect(edges(healing(['master'], changes))).toEqual(['connect master <- ', 'relink slave-2 <- connect master']);
  });

  test('must wake a master that another one has replaced off the network, and tell it whom to follow before it is seen', () => {
    const plan = healing(all, { master: { state: 'paused', attachments: [] } }, promoted);
    expect(edges(plan)).toEqual([
      'connect master <- unpause master',
      'unpause master <- ',
      'relink master <- connect master',
    ]);
    const [connect] = plan;
    expect(connect?.step).toMatchObject({ op: 'connect', source: node('slave-1', null).address });
  });

  test('must write the role of a node that has slept over a change before it starts', () => {
    const own = record(promoted, 2);
    const engine = engineWith({ networks, containers: fleet({ master: { state: 'stopped' } }, promoted) });
    const plan = planHeal({ record: own, engine, confs: confs(record(star)), nodes: ['master'] });
    expect(edges(plan)).toEqual(['conf master <- ', 'start master <- conf master']);
  });

  test('must refuse to start a master without its data', () => {
    const spec = cluster(2, { persistence: 'none' });
    const error = errorOf(() => healing(all, { master: { state: 'stopped' } }, spec, { volumes: [] }));
    expect(error.code).toBe('unsafe');
  });

  test('must say that the network is gone, and how it comes again', () => {
    const error = errorOf(() => healing(all, { master: { attachments: [] } }, star, { networks: [] }));
    expect(error).toMatchObject({ code: 'conflict', hint: 'Make it again: rmsx stop && rmsx up' });
  });
});

test('replicas that have slept over a promotion must be found, and no former master among them', () => {
  const [old] = star.nodes;
  if (!old) throw new Error('no master');
  const infos = new Map([
    ['master', masterInfo([])],
    ['slave-1', masterInfo([])],
    ['slave-2', replicaInfo(old)],
  ]);
  expect(stragglers(promoted, all, infos)).toEqual([{ node: 'slave-2', source: node('slave-1', null).address }]);
});
