import { expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Ports } from '../../../src/domain/ports.ts';
import type { Redis, RedisConnection } from '../../../src/domain/redis-port.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { promote } from '../../../src/operations/promote.ts';
import { promoteVia } from '../../../src/operations/promote-via.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { SlowWorld } from '../../helpers/slow-world.ts';
import { cluster, masterInfo, node, replicaInfo, shaped } from '../../helpers/values.ts';

interface World {
  readonly engine: SlowWorld;
  readonly ports: Ports;
  /** What the servers say; whoever is not in it does not answer. */
  readonly infos: Map<string, ServerInfo>;
  readonly told: string[];
}

/** A cluster whose first node is stopped, and servers that do what they are told. */
async function worldOf(spec: ClusterSpec, infos: Map<string, ServerInfo>): Promise<World> {
  const engine = await SlowWorld.of(spec);
  const [first] = engine.containers.values();
  if (first) engine.containers.set(first.id, { ...first, state: 'stopped', statusText: 'Exited (137)' });
  const told: string[] = [];
  const redis: Redis = {
    warmUp: () => undefined,
    connect: async (name) => {
      if (!infos.has(name)) throw new RmsxError('failed', 'no answer', { reason: 'no-answer' });
      const connection: Partial<RedisConnection> = {
        info: async () => infos.get(name) ?? masterInfo([]),
        setting: async () => null,
        becomeMaster: async () => undefined,
        keepOwnMasterauth: async () => false,
        sentinels: async () => [],
        follow: async (source) => {
          if (source) infos.set(name, replicaInfo({ ...node('master', null), address: source }));
        },
        mark: async (_, replicas) => ({ offset: 0, acknowledged: replicas }),
        proveWritable: async () => undefined,
        close: () => undefined,
      };
      return connection as RedisConnection;
    },
  };
  const progress = { ...engine.ports.progress, warn: (text: string) => void told.push(text) };
  return { engine, infos, told, ports: { ...engine.ports, redis, progress } };
}

const lost = (offset: number): ServerInfo => replicaInfo(node('master', null), { link: 'down', offset });

test('a forced promotion that cannot be taken back must be told with --force, as it is refused without', async () => {
  const world = await worldOf(cluster(2), new Map(Object.entries({ 'slave-1': lost(900), 'slave-2': lost(1000) })));
  world.engine.meddle = (call) => {
    if (call === 'write id-slave-2') throw new RmsxError('failed', 'The disk is full.');
  };
  await rejectionOf(promote('redis-server', 'slave-1', { force: true, dryRun: false }, world.ports));
  expect(world.told).toEqual([
    'the roles could not be put back: The disk is full. To finish the promotion: rmsx promote slave-1 --force',
  ]);
});

test('a promotion must be finished while the new master takes writes', async () => {
  const spec = shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1', 'slave-3': 'slave-1' });
  const follower = node('slave-1', null);
  const all = spec.nodes.filter(({ source }) => source === 'slave-1');
  const infos = new Map([
    ['slave-1', masterInfo(all)],
    ['slave-2', replicaInfo(follower)],
    ['slave-3', lost(1000)],
  ]);
  const world = await worldOf(spec, infos);
  let offset = 1000;
  const writing = setInterval(() => {
    offset += 100;
    infos.set('slave-1', masterInfo(all, { offset }));
    infos.set('slave-2', replicaInfo(follower, { offset }));
  }, 20);
  try {
    const result = await promote('redis-server', 'slave-1', { force: false, dryRun: false }, world.ports);
    expect([result.promoted, result.changed, result.incomplete]).toEqual(['slave-1', true, []]);
    expect(infos.get('slave-3')?.link).toBe('up');
  } finally {
    clearInterval(writing);
  }
});

test('a node that is the master already must not be promoted over another one, and nobody else in its place', async () => {
  const spec = shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
  const infos = new Map([
    ['slave-1', masterInfo([node('slave-2', 'slave-1')])],
    ['slave-2', replicaInfo(node('slave-1', null))],
  ]);
  const { ports } = await worldOf(spec, infos);
  const result = await promoteVia('redis-server', 'slave-1', { force: false, dryRun: false }, ports);
  expect([result.promoted, result.changed]).toEqual(['slave-1', false]);
});
