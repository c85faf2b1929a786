import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { RedisConnection } from '../../../src/domain/redis-port.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { type PromoteResult, promote } from '../../../src/operations/promote.ts';
import { endedBy, SlowWorld } from '../../helpers/slow-world.ts';
import { cluster, container, masterInfo, node, replicaInfo } from '../../helpers/values.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const spec = cluster(2);
const [heir, survivor] = [node('slave-1', 'master'), node('slave-2', 'slave-1')];
const timeoutMs = 25_000;
/** What a look at a node that hangs costs. */
const lookMs = 1500;

const after = (timeMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, timeMs));

/** What goes wrong once slave-1 is the master. */
interface Trouble {
  /** The node that hangs. */
  readonly hangs?: string;
  /** The marker is never acknowledged. */
  readonly unacknowledged?: boolean;
}

/** Promotes slave-1 after the end of the master. @returns what that brought, and how long it took */
async function promoteWith({ hangs, unacknowledged }: Trouble): Promise<readonly [PromoteResult, number]> {
  const world = await SlowWorld.of(spec);
  world.containers.set('id-master', container(spec, 'master', { state: 'stopped' }));
  const cutOff = replicaInfo(node('master', null), { link: 'down' });
  const infos = new Map<string, ServerInfo>([heir, survivor].map(({ name }) => [name, cutOff]));
  const hang = async (name: string): Promise<void> => {
    if (name !== hangs || infos.get('slave-1')?.role !== 'master') return;
    await after(lookMs);
    throw new RmsxError('failed', `${name} does not answer`, { node: name, reason: 'no-answer' });
  };
  const connect = async (name: string): Promise<RedisConnection> => {
    const info = infos.get(name);
    if (!info) throw new RmsxError('failed', 'nobody listens', { reason: 'refused' });
    const connection: Partial<RedisConnection> = {
      info: async () => {
        await hang(name);
        return infos.get(name) ?? info;
      },
      becomeMaster: async () => void infos.set(name, masterInfo([survivor])),
      keepOwnMasterauth: async () => false,
      sentinels: async () => [],
      setting: async () => {
        await hang(name);
        return null;
      },
      follow: async () => void infos.set(name, replicaInfo(heir)),
      mark: async (_, replicas, markMs) => {
        await hang(name);
        if (unacknowledged) await after(markMs);
        return { offset: 1000, acknowledged: unacknowledged ? 0 : replicas };
      },
      proveWritable: () => hang(name),
      close: () => undefined,
    };
    return connection as RedisConnection;
  };
  const startedMs = performance.now();
  setTimeout(() => world.over.abort(endedBy('timeout')), timeoutMs);
  const ports = { ...world.ports, redis: { warmUp: () => undefined, connect } };
  const options = { force: false, dryRun: false };
  const ended = promote(spec.name, 'slave-1', options, ports).then(
    (result) => [result, performance.now() - startedMs] as const,
  );
  await vi.advanceTimersByTimeAsync(2 * timeoutMs);
  return ended;
}

test('a promotion that all survivors follow must not wait for its time to be up', async () => {
  const [{ promoted, incomplete }, tookMs] = await promoteWith({});
  expect([promoted, incomplete, tookMs < lookMs]).toEqual(['slave-1', [], true]);
});

test.each<[string, Trouble, number, readonly string[]]>([
  ['a marker is not acknowledged', { unacknowledged: true }, 0, ['slave-2']],
  ['a survivor hangs', { hangs: 'slave-2' }, lookMs, ['slave-2']],
  ['the new master hangs', { hangs: 'slave-1' }, lookMs, ['slave-1', 'slave-2']],
])('a promotion whose time is up must end with one look: %s', async (_, trouble, mostMs, missing) => {
  const [{ promoted, incomplete }, tookMs] = await promoteWith(trouble);
  expect([promoted, incomplete]).toEqual(['slave-1', missing]);
  expect(tookMs).toBeGreaterThanOrEqual(timeoutMs);
  expect(tookMs).toBeLessThanOrEqual(timeoutMs + mostMs);
});
