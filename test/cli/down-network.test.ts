import { expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import { listedContainer, listedNetwork } from '../helpers/stub-engine.ts';

const labels = { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.run': 'r' };
const inUse = 'error while removing network: network demo_app_net id net has active endpoints';

/** A cluster of one node, whose network the engine does not remove, some times or ever. */
function world(refusals: number, endpoints: MakingWorld['endpoints'] = {}): MakingWorld {
  let left = refusals;
  const made = new MakingWorld((request) =>
    request === 'DELETE /networks/net' && left-- > 0 ? [403, inUse] : undefined,
  );
  made.containers.push(
    listedContainer('demo-master', { Id: 'own', Labels: labels, State: 'exited' }) as { Id: string },
    listedContainer('guest', { Id: 'guest-id', NetworkSettings: { Networks: { x: { NetworkID: 'elsewhere' } } } }) as {
      Id: string;
    },
  );
  made.networks.push(listedNetwork('demo_app_net', '172.19.0.0/24', { Id: 'net', Labels: labels }) as never);
  made.endpoints = endpoints;
  return made;
}

test('a container of somebody else on the network must be named, stay attached, and the rest be removed', async () => {
  const engine = world(Number.POSITIVE_INFINITY, { 'guest-id': { Name: 'guest', IPv4Address: '172.19.0.241/24' } });
  const { code, stdout, stderr, writes, durationMs } = await runAgainst(engine, ['down', '-n', 'demo']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('rmsx: The network demo_app_net stays: guest is attached to it.\n');
  expect(stderr).toContain('hint: docker network disconnect demo_app_net guest\n');
  expect(writes.filter((write) => write.includes('disconnect'))).toEqual([]);
  expect(engine.containers.map(({ Id }) => Id)).toEqual(['guest-id']);
  expect(durationMs).toBeLessThan(3000);
});

test('an engine that needs a moment to let go must be asked again', async () => {
  const engine = world(3);
  const { code, writes } = await runAgainst(engine, ['down', '-n', 'demo']);
  expect([code, engine.networks]).toEqual([0, []]);
  expect(writes.filter((write) => write === 'DELETE /networks/net')).toHaveLength(4);
});

test('what the engine kept of a node that is gone must be detached', async () => {
  const engine = world(1, { 'ep-1': { Name: 'demo-master', IPv4Address: '172.19.0.10/24' } });
  const { code, writes } = await runAgainst(engine, ['down', '-n', 'demo']);
  expect([code, engine.networks, writes.filter((write) => write.includes('disconnect'))]).toEqual([
    0,
    [],
    ['POST /networks/net/disconnect'],
  ]);
});

test.each([
  ['has the name of a container that is there', 'demo-slave-1'],
  ['is no name of a node', 'demo-web'],
  ['is a name of a node of another cluster', 'demo-x-master'],
])('what the engine kept that %s must stay attached, and be named', async (_, Name) => {
  const engine = world(Number.POSITIVE_INFINITY, { 'ep-1': { Name, IPv4Address: '172.19.0.77/24' } });
  engine.containers.push(listedContainer('demo-slave-1', { Id: 'theirs' }) as { Id: string });
  const { code, stderr, writes } = await runAgainst(engine, ['down', '-n', 'demo']);
  expect([code, writes.filter((write) => write.includes('disconnect'))]).toEqual([1, []]);
  expect(stderr).toContain(`The network demo_app_net stays: ${Name} is attached to it.`);
});

test('a network that stays for no reason that can be seen must be told with where to look', async () => {
  const { code, stderr } = await runAgainst(world(Number.POSITIVE_INFINITY), ['down', '-n', 'demo']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('hint: docker network inspect demo_app_net')]);
});
