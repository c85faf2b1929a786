import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { restart } from '../../../src/operations/restart.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { endedBy, SlowWorld } from '../../helpers/slow-world.ts';
import { cluster } from '../../helpers/values.ts';

test.each(['slave-1', 'master'])(
  'a restart that is cut off while %s stops must leave it running, and say so',
  async (node) => {
    const world = await SlowWorld.of(cluster(1));
    world.stopMs = 200;
    world.meddle = (call) => {
      if (call.startsWith('stop')) setTimeout(() => world.over.abort(endedBy('terminated')), 20);
    };
    const { code, message, problems } = await rejectionOf(restart('redis-server', [node], {}, world.ports));
    await world.settle();
    expect([world.stateOf(node), code, problems]).toEqual(['running', 'terminated', [`started by then: ${node}`]]);
    expect(message).toBe(`${node} could not be stopped. It is over.`);
    expect(world.calls).toEqual([`stop id-${node} 30 s`, `stop id-${node} 30 s`, `start id-${node}`]);
  },
);

test('a restart whose cut-off stop never ends must say that the node may be stopped, and how to start it', async () => {
  const world = await SlowWorld.of(cluster(1));
  world.stopMs = 100;
  world.meddle = (call) => {
    if (world.calls.filter((each) => each === call).length > 1) throw new RmsxError('timeout', 'Nobody answers.');
    if (call.startsWith('stop')) setTimeout(() => world.over.abort(endedBy('terminated')), 20);
  };
  const { code, problems } = await rejectionOf(restart('redis-server', ['slave-1'], {}, world.ports));
  await world.settle();
  expect([code, problems]).toEqual([
    'terminated',
    [
      'slave-1 could not be stopped. It is over.',
      'A node that ran before may be stopped. Nobody answers. To start it: rmsx start',
    ],
  ]);
});
