import { describe, expect, test } from 'vitest';
import type { ObservedContainer, ObservedEngine, ObservedNetwork } from '../../../src/domain/observed.ts';
import { formatPlan, type Plan } from '../../../src/domain/plan.ts';
import { refuseConflicts } from '../../../src/plan/conflicts.ts';
import { networkConflicts, ownNetworks, planNetwork } from '../../../src/plan/network.ts';
import { errorOf, type SeenError } from '../../helpers/error-of.ts';
import { attachment, cluster, container, engineWith, foreign, network, record } from '../../helpers/values.ts';

const spec = cluster(1);
const name = 'redis-server_app_net';

const ours = (changes: Partial<ObservedNetwork> = {}, subnet = spec.subnet): ObservedNetwork =>
  network(name, subnet, 'redis-server', changes);
const attached = (own: ObservedContainer, networkId = `id-of-${name}`): ObservedContainer => ({
  ...own,
  attachments: [attachment('redis-server', { networkId })],
});
const guest = attached(foreign('guest'));
const stoppedNode = attached(container(spec, 'slave-1', { state: 'stopped' }));

const plan = (engine: ObservedEngine): Plan =>
  planNetwork({ record: record(spec), engine, run: 'this-run' }, { pulled: ['pull redis:8.0'] });
const refusal = (engine: ObservedEngine): SeenError => errorOf(() => refuseConflicts(spec, engine));

/** Everything in which a network of ours can be another one than the cluster needs. */
const others: readonly (readonly [string, ObservedNetwork])[] = [
  ['with the subnet 10.0.0.0/24 instead of 172.19.0.0/24', ours({}, '10.0.0.0/24')],
  ['with the subnet none instead of 172.19.0.0/24', ours({ subnets: [] })],
  ['with the driver macvlan instead of bridge', ours({ driver: 'macvlan' })],
  ['with the dynamic range 172.19.0.128/25 instead of 172.19.0.240/28', ours({ dynamicRange: '172.19.0.128/25' })],
  ['with the gateway 172.19.0.254 instead of 172.19.0.1', ours({ gateway: '172.19.0.254' })],
];

describe('a network of ours that is not as it should be', () => {
  test.each(others)('must be made anew where nobody is attached: %s', (difference, network) => {
    const engine = engineWith({
      networks: [network],
      containers: [foreign('elsewhere', { attachments: [attachment('x')] })],
    });
    expect(networkConflicts(spec, engine, [])).toEqual([]);
    expect(formatPlan(plan(engine))).toBe(
      `remove network ${name}  (it is there ${difference})\ncreate network ${name} (172.19.0.0/24)  (it is not there)`,
    );
    expect(plan(engine)[1]?.after).toEqual(['pull redis:8.0', `remove network ${network.id}`]);
  });

  test.each(others)('must be refused where somebody else is attached, who is named: %s', (difference, network) => {
    const engine = engineWith({ networks: [network], containers: [guest] });
    expect(refusal(engine)).toEqual({
      code: 'conflict',
      message: `The network ${name} is there ${difference}, and guest is attached to it.`,
      hint: `docker network disconnect ${name} guest`,
      problems: [],
    });
    expect(plan(engine).map(({ step }) => step.op)).not.toContain('remove-network');
  });

  test('must be refused where a node of ours is attached, even one that is stopped', () => {
    const engine = engineWith({ networks: [ours({}, '10.0.0.0/24')], containers: [stoppedNode, guest] });
    expect(refusal(engine)).toMatchObject({
      message: `The network ${name} is there with the subnet 10.0.0.0/24 instead of 172.19.0.0/24, and redis-server-slave-1, guest are attached to it.`,
      hint: 'Remove it first: rmsx down -n redis-server',
    });
  });

  test('must be refused where a container that was never started knows it by name only', () => {
    const created = attached(foreign('created', { state: 'stopped' }), '');
    expect(refusal(engineWith({ networks: [ours({}, '10.0.0.0/24')], containers: [created] })).message).toContain(
      'created is attached',
    );
  });

  test.each(others.slice(2))('must be kept where nodes run on it and it has their subnet: %s', (_, network) => {
    const engine = engineWith({ networks: [network], containers: [stoppedNode] });
    expect(networkConflicts(spec, engine, [stoppedNode])).toEqual([]);
    expect(plan(engine)).toEqual([]);
  });

  test('must be made anew even where a run has just made it: under the lock, that one was killed', () => {
    const young = ours({ run: 'other', createdAtMs: 999_000 }, '10.0.0.0/24');
    expect(plan(engineWith({ networks: [young] }))).toHaveLength(2);
  });

  test('must leave room for no subnet that overlaps with others', () => {
    const engine = engineWith({ networks: [ours({}, '10.0.0.0/24'), network('office', '172.19.0.0/16')] });
    expect(refusal(engine).message).toContain('overlaps with the network office');
  });
});

describe('a network that serves', () => {
  test.each([
    ['as rmsx makes it', ours()],
    ['on an engine that tells the subnet only', ours({ driver: null, dynamicRange: null, gateway: null })],
  ])('must be kept, %s', (_, network) => {
    for (const containers of [[], [guest], [stoppedNode]]) {
      const engine = engineWith({ networks: [network], containers });
      expect([networkConflicts(spec, engine, []), plan(engine)]).toEqual([[], []]);
    }
  });
});

describe('a network of our name that rmsx did not make', () => {
  test.each([
    ['the same subnet, empty', spec.subnet, []],
    ['the same subnet, in use', spec.subnet, [guest]],
    ['another subnet, empty', '10.0.0.0/24', []],
    ['another subnet, in use', '10.0.0.0/24', [guest]],
  ])('must be refused and left alone: %s', (_, subnet, containers) => {
    const engine = engineWith({ networks: [network(name, subnet)], containers });
    expect(refusal(engine).message).toBe(`The network ${name} is there, and rmsx did not make it (id-of-redis-).`);
    expect(plan(engine).map(({ step }) => step.op)).not.toContain('remove-network');
  });
});

describe('two networks of our name', () => {
  const first = ours({ id: 'a' });
  const second = ours({ id: 'b' });

  test('the one with most containers must be kept, and the other one go where it is empty', () => {
    const engine = engineWith({ networks: [first, second], containers: [attached(foreign('guest'), 'b')] });
    expect(ownNetworks('redis-server', engine).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(plan(engine).map(({ step }) => step)).toEqual([{ op: 'remove-network', name, id: 'a' }]);
  });

  test('of two empty ones the one with the lowest id must be kept, in whatever order they are listed', () => {
    for (const networks of [
      [first, second],
      [second, first],
    ]) {
      expect(plan(engineWith({ networks })).map(({ step }) => step)).toEqual([{ op: 'remove-network', name, id: 'b' }]);
    }
  });

  test('both must be left alone where both are in use', () => {
    const containers = [attached(foreign('x'), 'a'), attached(foreign('y'), 'b')];
    expect(plan(engineWith({ networks: [first, second], containers }))).toEqual([]);
  });
});
