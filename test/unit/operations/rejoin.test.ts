import { expect, test } from 'vitest';
import { type ClusterSpec, formatAddress } from '../../../src/domain/cluster.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { ContainerState } from '../../../src/domain/observed.ts';
import type { Ports } from '../../../src/domain/ports.ts';
import type { RedisConnection } from '../../../src/domain/redis-port.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import type { Notice } from '../../../src/domain/status.ts';
import { refuseToLoseOwn } from '../../../src/operations/own-writes.ts';
import { rejoin } from '../../../src/operations/rejoin.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { SlowWorld } from '../../helpers/slow-world.ts';
import { history, masterInfo, node, record, replicaInfo, shaped } from '../../helpers/values.ts';

/** slave-1 took over when it had 500 bytes; slave-2 did not answer then, runs again, and looks for the dead master. */
async function worldOf(
  offset: number,
  state: ContainerState = 'running',
  lastSource = 'master',
  wasRestarted = false,
  persistence: ClusterSpec['persistence'] = 'aof',
): Promise<{ readonly ports: Ports; readonly followed: string[]; readonly spec: ClusterSpec }> {
  const star = shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
  const spec = { ...star, persistence };
  const world = await SlowWorld.of(spec);
  for (const [id, each] of world.containers) if (each.node === 'slave-2') world.containers.set(id, { ...each, state });
  const tookOver = wasRestarted
    ? { replid2: '0'.repeat(40), secondOffset: -1 }
    : { replid2: history, secondOffset: 501 };
  const heir = { replid: 'b'.repeat(40), ...tookOver, offset: 900 };
  const infos = new Map<string, ServerInfo>([
    ['slave-1', masterInfo([], heir)],
    ...(state === 'running'
      ? ([['slave-2', replicaInfo(node('master', null), { link: 'down', offset })]] as const)
      : []),
  ]);
  const followed: string[] = [];
  const connect = async (name: string): Promise<RedisConnection> => {
    const connection: Partial<RedisConnection> = {
      info: async () => {
        const info = infos.get(name);
        if (!info) throw new RmsxError('failed', `${name} does not answer.`, { reason: 'no-answer' });
        return info;
      },
      follow: async () => {
        followed.push(name);
        infos.set(name, replicaInfo(node('slave-1', null), { replid: heir.replid, offset: 900 }));
        infos.set('slave-1', masterInfo([node('slave-2', 'slave-1')], heir));
      },
      cutClients: async () => undefined,
      mark: async (_, replicas) => ({ offset: 0, acknowledged: replicas }),
      close: () => undefined,
    };
    return connection as RedisConnection;
  };
  const readFile = (): never => {
    throw new RmsxError('failed', 'The disk is on fire.');
  };
  const synchronised = '9:S 28 Nov 2026 18:06:35.123 * MASTER <-> REPLICA sync: Finished with success';
  const { address } = spec.nodes.find(({ name }) => name === lastSource) ?? node('master', null);
  const connecting = `9:S 28 Nov 2026 18:06:35.100 * Connecting to MASTER ${formatAddress(address)}`;
  const engine = { ...world.engine, readFile, logs: async () => [connecting, synchronised] };
  return { followed, spec, ports: { ...world.ports, engine, redis: { warmUp: () => undefined, connect } } };
}

test('a replica that received more than the one that was promoted must not lose that without a word', async () => {
  const { ports, followed } = await worldOf(640);
  const error = await rejectionOf(rejoin('redis-server', 'slave-2', {}, ports));
  expect(error).toMatchObject({
    code: 'unsafe',
    message: expect.stringContaining('Whether slave-2 has writes that nobody else has cannot be known'),
    hint: expect.stringContaining('rmsx rejoin slave-2 --discard'),
  });
  expect(followed).toEqual([]);
});

test.each([
  ['has no more than the one that was promoted', 500],
  ['has one ping more', 514],
])('a replica that %s must come back without a question', async (_, offset) => {
  const { ports, followed } = await worldOf(offset);
  expect((await rejoin('redis-server', 'slave-2', {}, ports)).lost).toMatchObject({ writes: [], bytes: 0 });
  expect(followed).toEqual(['slave-2']);
});

test.each(['paused', 'stopped'] as const)(
  'a replica that was away when another was promoted must be told of before it is brought back: %s',
  async (state) => {
    const notices = async (lastSource: string): Promise<readonly Notice[]> => {
      const { ports, spec } = await worldOf(0, state, lastSource);
      const known = {
        name: spec.name,
        record: record(spec, 2),
        containers: await ports.engine.listContainers(spec.name),
      };
      const step = { op: 'start', node: 'slave-2', id: 'id-slave-2' } as const;
      return refuseToLoseOwn(known, [{ id: 'start', step, because: 'it is down', after: [] }], ports);
    };
    const message = `slave-2 was away when another node was promoted: what it had received beyond that one is replaced, and whether there was any cannot be known: The disk is on fire`;
    expect(await notices('master')).toEqual([{ code: 'own-writes-unknown', node: 'slave-2', message, hint: null }]);
    expect(await notices('slave-1')).toEqual([]);
  },
);

test.each(['stopped', 'running'] as const)(
  'a new master that was restarted must not be taken for one that has all that a replica has which was away: %s',
  async (state) => {
    const lostOf = async (lastSource: string): Promise<unknown> => {
      const { ports } = await worldOf(640, state, lastSource, true);
      return (await rejoin('redis-server', 'slave-2', { dryRun: true }, ports)).lost;
    };
    expect(await lostOf('master')).toEqual({ unknown: expect.any(String) });
    expect(await lostOf('slave-1')).toMatchObject({ writes: [], bytes: 0 });
  },
);

test.each([
  ['none', undefined],
  ['aof', 'unsafe'],
] as const)(
  'a node that ended, and of which nobody knows what it was, must be asked for only where it may hold something: %s',
  async (persistence, code) => {
    const { ports } = await worldOf(0, 'stopped', 'master', false, persistence);
    const warned: string[] = [];
    const engine = { ...ports.engine, logs: async () => [] };
    const progress = { ...ports.progress, warn: (text: string) => void warned.push(text) };
    const stop = new Error('it is started');
    const brought = rejoin(
      'redis-server',
      'slave-2',
      {},
      { ...ports, progress, engine: { ...engine, start: () => Promise.reject(stop) } },
    );
    const error = await brought.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject(code === undefined ? stop : { code });
    expect(warned).toEqual(code === undefined ? [expect.stringContaining('slave-2 had its data in memory only')] : []);
  },
);
