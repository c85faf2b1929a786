import { expect, test } from 'vitest';
import { BringUp } from '../../../src/operations/bring-up.ts';
import { planUp } from '../../../src/plan/up.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { endedBy, SlowWorld } from '../../helpers/slow-world.ts';
import { upFacts } from '../../helpers/up-facts.ts';
import { cluster, node, record } from '../../helpers/values.ts';

test('a cluster whose stop is cut off on its way to other addresses must run again, once that stop is over', async () => {
  const was = record(cluster(1), 4);
  const nodes = was.cluster.nodes.map(({ name, source, address }) =>
    node(name, source, { address: { ...address, port: address.port + 1000 } }),
  );
  const wanted = record({ ...was.cluster, nodes, basePort: 7379 }, 5);
  const facts = upFacts(wanted, { before: was });
  const world = await SlowWorld.of(was.cluster);
  world.stopMs = 1200;
  world.meddle = (call) => {
    if (call.startsWith('stop')) setTimeout(() => world.over.abort(endedBy('terminated')), 1100);
  };
  const error = await rejectionOf(
    new BringUp({
      ...facts,
      nodes,
      relocated: was,
      plan: planUp(facts),
      options: { wait: true, retain: false, dryRun: false, timezone: 'UTC' },
      ports: world.ports,
    }).run(),
  );
  await world.settle();
  expect(error.message).toBe('redis-server could not be moved to other addresses, and is as it was. It is over.');
  expect(world.calls).toEqual(['stop id-master 30 s', 'stop id-master 29 s', 'start id-master']);
  expect([world.stateOf('master'), world.stateOf('slave-1')]).toEqual(['running', 'running']);
});
