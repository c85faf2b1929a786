import { expect, test } from 'vitest';
import { sceneOf } from '../../../src/domain/assess.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Engine, Ports } from '../../../src/domain/ports.ts';
import type { Redis, RedisConnection } from '../../../src/domain/redis-port.ts';
import { Connections } from '../../../src/operations/connections.ts';
import { gatherClues } from '../../../src/operations/gather-clues.ts';
import { evidence, lost, online } from '../../helpers/diagnosed.ts';

const hang = (): Promise<never> => new Promise(() => undefined);

/** A world in which the master takes one password, and replicas log in with another. */
function world(changes: { engine?: Partial<Engine>; connection?: Partial<RedisConnection> } = {}) {
  const asked: string[] = [];
  const connect: Redis['connect'] = async (node, _endpoint, password) => {
    asked.push(`${node} ${password}`);
    if (password === 'wrong') throw new RmsxError('failed', 'no', { reason: 'wrong-password' });
    const setting = async (name: string): Promise<string> => (name === 'masterauth' ? 'wrong' : '3');
    return { setting, close: () => undefined, ...changes.connection } as RedisConnection;
  };
  const engine = {
    logs: async () => ['masterauth secret1234'],
    endOf: async () => ({ outOfMemory: false, restarts: 0 }),
    ...changes.engine,
  };
  const redis: Redis = { connect, warmUp: () => undefined };
  const connections = new Connections(
    redis,
    () => 'secret1234',
    () => ({ host: '127.0.0.1', port: 1 }),
  );
  return { asked, connections, ports: { engine, redis } as unknown as Ports };
}

const sick = sceneOf(evidence({ infos: { 'slave-1': lost(), master: online({ goodReplicas: 1 }) } }));

test('what is wrong must be looked up where it is, the password of a replica at its source, and no secret be kept', async () => {
  const { asked, connections, ports } = world();
  const clues = await gatherClues(sick, connections, ports);
  expect(Object.fromEntries(clues)).toEqual({
    master: { log: ['masterauth ***'], end: expect.anything(), masterAuth: null, minReplicas: 3 },
    'slave-1': { log: ['masterauth ***'], end: expect.anything(), masterAuth: 'refused', minReplicas: null },
  });
  expect(asked).toContain('master wrong');
});

test('nothing must be looked up of a healthy cluster', async () => {
  const { asked, connections, ports } = world();
  expect([...(await gatherClues(sceneOf(evidence({})), connections, ports))]).toEqual([]);
  expect(asked).toEqual([]);
});

test('an engine and a server that never answer must cost no more than a second, and no failure', async () => {
  const { connections, ports } = world({ engine: { logs: hang, endOf: hang }, connection: { setting: hang } });
  const startedMs = performance.now();
  const clues = await gatherClues(sick, connections, ports);
  expect(performance.now() - startedMs).toBeLessThan(2500);
  expect(clues.get('slave-1')).toEqual({ log: [], end: null, masterAuth: null, minReplicas: null });
});

test('a look at a node must take 1.5 s at most, connecting and asking together', async () => {
  const slow: Redis['connect'] = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return { info: hang, close: () => undefined } as unknown as RedisConnection;
  };
  const redis: Redis = { connect: slow, warmUp: () => undefined };
  const connections = new Connections(
    redis,
    () => 'secret1234',
    () => ({ host: '127.0.0.1', port: 1 }),
  );
  const startedMs = performance.now();
  const probes = await connections.probeAll(Array.from({ length: 100 }, (_, i) => `slave-${i + 1}`));
  expect(performance.now() - startedMs).toBeLessThan(2400);
  expect([...probes.values()].every((probe) => 'error' in probe && probe.error.reason === 'no-answer')).toBe(true);
});
