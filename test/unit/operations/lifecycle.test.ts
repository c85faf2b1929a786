import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Ports } from '../../../src/domain/ports.ts';
import { start } from '../../../src/operations/start.ts';
import { stop } from '../../../src/operations/stop.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { SlowWorld } from '../../helpers/slow-world.ts';
import { cluster } from '../../helpers/values.ts';

interface Watched {
  readonly ports: Ports;
  /** What was told, but for single steps. */
  readonly told: string[];
  /** How often the containers were listed once the lock was there. */
  looks: number;
}

/** @param onLock - called when the lock is made */
function watch(world: SlowWorld, onLock: () => void = () => undefined): Watched {
  const { ports } = world;
  const { engine } = ports;
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const watched: Watched = {
    told,
    looks: 0,
    ports: {
      ...ports,
      progress: { ...ports.progress, begin: tell, succeed: tell, fail: tell },
      engine: {
        ...engine,
        listContainers: (name) => {
          watched.looks += 1;
          return engine.listContainers(name);
        },
        createCarrier: async (spec) => {
          onLock();
          watched.looks = 0;
          return engine.createCarrier(spec);
        },
      },
    },
  };
  return watched;
}

test('a stop must look once before it and once after it, and report what that look saw', async () => {
  const world = await SlowWorld.of(cluster(1));
  const watched = watch(world);
  const { changed, nodes } = await stop('redis-server', [], {}, watched.ports);
  expect([changed, nodes.map(({ state }) => state), watched.looks]).toEqual([true, ['stopped', 'stopped'], 2]);
  expect(watched.told).toEqual(['stopping redis-server: master, slave-1', 'stopped redis-server: master, slave-1']);
});

test('a stop that the engine only claims must fail, and say what it had claimed by then', async () => {
  const world = await SlowWorld.of(cluster(1));
  const { ports } = world;
  const lying = { ...ports, engine: { ...ports.engine, stop: async () => undefined } };
  expect(await rejectionOf(stop('redis-server', ['slave-1'], {}, lying))).toMatchObject({
    code: 'failed',
    message: 'The engine said that it stopped them, and they still run: slave-1.',
    problems: ['stopped by then: slave-1'],
  });
});

test('a stop that finds nothing left to do under the lock must not say that it stops anybody', async () => {
  const world = await SlowWorld.of(cluster(1));
  const watched = watch(world, () => {
    for (const [id, each] of world.containers) world.containers.set(id, { ...each, state: 'stopped' });
  });
  const { changed, nodes } = await stop('redis-server', [], {}, watched.ports);
  expect([changed, nodes.map(({ state }) => state), watched.told]).toEqual([false, ['stopped', 'stopped'], []]);
});

test('a start must wait until all is usable, where there is nothing to start too, but for --no-wait and --dry-run', async () => {
  const world = await SlowWorld.of(cluster(1));
  const waiting = 'waiting until replication is usable';
  const usable = 'replication is usable: 1 replica acknowledged a marker';
  const toldOf = async (options: Parameters<typeof start>[2]): Promise<readonly string[]> => {
    const { ports, told } = watch(world);
    await start('redis-server', [], options, ports);
    return told;
  };
  expect(await toldOf({})).toEqual([waiting, usable]);
  expect(await toldOf({ wait: false })).toEqual([]);
  for (const [id, each] of world.containers) world.containers.set(id, { ...each, state: 'stopped' });
  expect(await toldOf({ dryRun: true })).toEqual([]);
  const started = ['starting redis-server: master, slave-1', 'started redis-server: master, slave-1'];
  expect(await toldOf({})).toEqual([...started, waiting, usable]);
  expect([world.stateOf('master'), world.stateOf('slave-1')]).toEqual(['running', 'running']);
});

test('a start that runs out of time while it waits must say what it had started by then', async () => {
  const world = await SlowWorld.of(cluster(1));
  await stop('redis-server', ['slave-1'], {}, world.ports);
  world.silent.add('slave-1');
  const late = new RmsxError('timeout', 'Out of time after 1 s.', { hint: 'Allow more: --timeout 5m' });
  world.meddle = (call) => {
    if (call.startsWith('start')) setTimeout(() => world.over.abort(late), 50);
  };
  expect(await rejectionOf(start('redis-server', [], {}, world.ports))).toMatchObject({
    code: 'timeout',
    problems: ['slave-1 does not answer', 'started by then: slave-1'],
    hint: 'Allow more: --timeout 5m',
  });
});
