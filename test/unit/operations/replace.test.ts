import { expect, test } from 'vitest';
import { findNode } from '../../../src/domain/cluster.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Step } from '../../../src/domain/plan.ts';
import { ConfWriter } from '../../../src/operations/conf-writer.ts';
import { Connections } from '../../../src/operations/connections.ts';
import { replace } from '../../../src/operations/replace.ts';
import { containerSpec } from '../../../src/plan/container-spec.ts';
import { endedBy, SlowWorld } from '../../helpers/slow-world.ts';
import { cluster } from '../../helpers/values.ts';

const spec = cluster(1);

/** Replaces slave-1, and gives what that ends with. */
async function replacing(world: SlowWorld): Promise<unknown> {
  const own = findNode(spec, 'slave-1');
  if (!own) throw new Error('no such node');
  const step: Extract<Step, { op: 'replace' }> = {
    op: 'replace',
    node: own.name,
    id: 'id-slave-1',
    graceSeconds: 30,
    now: { container: { ...containerSpec(spec, own, 'now'), image: 'redis:8.2' }, files: [] },
    before: { container: containerSpec(spec, own, 'earlier'), files: [] },
  };
  const { ports } = world;
  const connections = new Connections(
    ports.redis,
    () => 'secret',
    () => own.address,
  );
  return replace(step, {
    ports,
    connections,
    engine: ports.engine,
    writer: new ConfWriter(ports),
    cluster: spec,
    ids: new Map([[own.name, step.id]]),
    onMade: () => undefined,
    warn: () => undefined,
  }).catch((error: unknown) => error);
}

const worldWith = async (meddle: (call: string, world: SlowWorld) => void): Promise<SlowWorld> => {
  const world = await SlowWorld.of(spec);
  world.meddle = (call) => meddle(call, world);
  return world;
};

test.each(['terminated', 'timeout'] as const)(
  'a node whose stop is cut off (%s) must run again at the end, and be told to be as it was',
  async (code) => {
    const world = await worldWith((call, { over }) => {
      if (call.startsWith('stop')) setTimeout(() => over.abort(endedBy(code)), 20);
    });
    world.stopMs = 200;
    const error = await replacing(world);
    await world.settle();
    expect(world.stateOf('slave-1')).toBe('running');
    expect(world.calls).toEqual(['stop id-slave-1 30 s', 'stop id-slave-1 30 s', 'start id-slave-1']);
    expect(error).toMatchObject({ code, message: 'slave-1 could not be changed, and is as it was. It is over.' });
  },
);

test('a stop that was cut off must be asked for with the grace that is left', async () => {
  const world = await worldWith((call, { over }) => {
    if (call.startsWith('stop')) setTimeout(() => over.abort(endedBy('terminated')), 1100);
  });
  world.stopMs = 1200;
  await replacing(world);
  expect(world.calls[1]).toBe('stop id-slave-1 29 s');
});

test('a node that cannot be brought back must not be told to be as it was, and both reasons must be told', async () => {
  const world = await worldWith((call) => {
    if (call === 'start made-1') throw new RmsxError('conflict', 'The port is taken.', { hint: 'Free it.' });
    if (call === 'start made-2') throw new RmsxError('failed', 'The disk is full.');
  });
  expect(await replacing(world)).toMatchObject({
    code: 'conflict',
    message: '2 things went wrong.',
    problems: [
      'slave-1 could not be changed. The port is taken.',
      'slave-1 could not be made what it was, and may be stopped. The disk is full.',
    ],
    hint: 'Bring slave-1 back, with its data: rmsx up\nFree it.',
  });
});

test('the last words of a node that is not in sync in time must be told, and its old container be back', async () => {
  const world = await worldWith((call, { over, silent }) => {
    if (call === 'start made-1') setTimeout(() => over.abort(endedBy('timeout')), 20);
    if (call === 'start made-1') silent.add('slave-1');
    if (call === 'create slave-1') silent.clear();
  });
  expect(await replacing(world)).toMatchObject({
    code: 'timeout',
    message: 'slave-1 could not be changed, and is as it was. It is over.',
    logs: ['slave-1 | the last words of made-1'],
  });
  expect([...world.containers.values()].find(({ node }) => node === 'slave-1')).toMatchObject({
    run: 'earlier',
    state: 'running',
  });
});

test('what a node knows of itself must never be newer than its container, where coming back is cut off too', async () => {
  const world = await worldWith((call, { over }) => {
    if (call === 'start made-1') over.abort(endedBy('timeout'));
    if (call === 'create slave-1' && world.calls.includes('start made-1')) throw new RmsxError('failed', 'No more.');
  });
  world.silent.add('slave-1');
  await replacing(world);
  const { calls } = world;
  const [written, gone] = [calls.lastIndexOf('write made-1'), calls.indexOf('remove made-1')];
  expect(written).toBeGreaterThan(calls.indexOf('start made-1'));
  expect(gone).toBeGreaterThan(written);
});

test('a node whose old container takes its time to go must be replaced all the same', async () => {
  const world = await worldWith(() => undefined);
  world.removeMs = 250;
  expect(await replacing(world)).toBeUndefined();
  expect([world.stateOf('slave-1'), world.containers.has('id-slave-1')]).toEqual(['running', false]);
});

test.each<[string, number, (call: string, world: SlowWorld) => void]>([
  [
    'the removal of its container',
    100,
    (call, world) => {
      if (call !== 'remove id-slave-1' || world.over.signal.aborted) return;
      world.over.abort(endedBy('terminated'));
      void world.engine.removeContainer('id-slave-1');
      throw endedBy('terminated');
    },
  ],
  [
    'the making of the new one',
    0,
    (call, world) => {
      if (call !== 'create slave-1' || world.over.signal.aborted) return;
      world.over.abort(endedBy('terminated'));
      const own = world.spec.nodes.find(({ name }) => name === 'slave-1');
      if (own) void world.engine.createContainer(containerSpec(world.spec, own, 'now'));
      throw endedBy('terminated');
    },
  ],
])(
  'a node must run again in its old way where %s is cut off, and goes on in the engine',
  async (_, removeMs, meddle) => {
    const world = await worldWith(meddle);
    world.removeMs = removeMs;
    const error = await replacing(world);
    expect(error).toMatchObject({ message: 'slave-1 could not be changed, and is as it was. It is over.' });
    expect([...world.containers.values()].filter(({ node }) => node === 'slave-1')).toMatchObject([
      { run: 'earlier', state: 'running' },
    ]);
  },
);

test('a node whose container the engine refuses to remove must be started again', async () => {
  const world = await worldWith((call) => {
    if (call === 'remove id-slave-1') throw new RmsxError('failed', 'The disk is read-only.');
  });
  expect(await replacing(world)).toMatchObject({
    message: 'slave-1 could not be changed, and is as it was. The disk is read-only.',
  });
  expect(world.stateOf('slave-1')).toBe('running');
});

test('a node that does not stay up in its old way must be told', async () => {
  const world = await worldWith((call, { containers, over, silent }) => {
    if (call === 'start made-1') over.abort(endedBy('terminated'));
    if (call !== 'start made-2') return;
    silent.add('slave-1');
    setTimeout(() => {
      const back = containers.get('made-2');
      if (back) containers.set('made-2', { ...back, state: 'stopped', statusText: 'Exited (1)' });
    });
  });
  await replacing(world);
  expect(world.warnings).toEqual(['slave-1 is back, and not seen in sync yet: slave-1 does not stay up (Exited (1)).']);
});
