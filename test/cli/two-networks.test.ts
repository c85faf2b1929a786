import { expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import { listedNetwork } from '../helpers/stub-engine.ts';

const flags = ['up', '--replicas', '0', '--no-wait', '-n', 'demo', '--base-port', 'auto'];

/** An engine on which another run makes the same network at the same time, and takes it away again after a while. */
function racing(id: string, { staysMs = Number.POSITIVE_INFINITY } = {}): MakingWorld {
  const world: MakingWorld = new MakingWorld((request) => {
    if (!request.startsWith('POST /networks/create')) return undefined;
    const Labels = { 'rmsx.cluster': 'demo', 'rmsx.run': 'other' };
    world.networks.push(listedNetwork('demo_app_net', '172.19.0.0/24', { Id: id, Labels }) as never);
    if (staysMs < 10_000) {
      setTimeout(() => {
        world.networks.splice(
          world.networks.findIndex(({ Id }) => Id === id),
          1,
        );
      }, staysMs);
    }
    return undefined;
  });
  return world;
}

test('who made the second of two networks must give up, and take its own away, not the other one', async () => {
  const world = racing('aaa');
  const { code, stderr } = await runAgainst(world, flags);
  expect([code, world.networks.map(({ Id }) => Id), world.containers]).toEqual([5, ['aaa'], []]);
  expect(stderr).toContain('Another rmsx has made the network demo_app_net at the same time.');
  expect(stderr).toContain('Run the same command again');
});

test('who made the first must go on when the name means one network again, and never take the other one away', async () => {
  const world = racing('zzz', { staysMs: 400 });
  const { code, requests } = await runAgainst(world, flags);
  expect([code, world.networks.length]).toEqual([0, 1]);
  expect(requests.filter((request) => request.includes('zzz'))).toEqual([]);
});

test('a second network that stays must be told with its id', async () => {
  const world = racing('zzz');
  const { code, stderr } = await runAgainst(world, flags);
  expect([code, world.networks.map(({ Id }) => Id)]).toEqual([5, ['zzz']]);
  expect(stderr).toContain('hint: Remove one that nobody needs: docker network rm zzz');
});
