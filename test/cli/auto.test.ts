import { expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';

/** An engine on which somebody else is always faster: first with the subnet, then with the port, then not any more. */
test('what is chosen must be chosen anew, be it the subnet or the port that somebody took meanwhile', async () => {
  let refusals = 0;
  const subnets: string[] = [];
  const world: MakingWorld = new MakingWorld((request, body) => {
    if (request.startsWith('POST /networks/create')) {
      subnets.push(JSON.stringify(body.IPAM));
      if (subnets.length === 2)
        return [403, 'invalid pool request: Pool overlaps with other one on this address space'];
    }
    if (!request.includes('/start') || subnets.length === 4) return undefined;
    refusals += 1;
    return [500, 'failed to bind host port for 127.0.0.1:6379:172.19.0.10:6379/tcp: address already in use'];
  });
  const flags = ['--subnet', 'auto', '--base-port', 'auto', '--replicas', '0', '--no-wait', '-n', 'demo'];
  const { code, stderr } = await runAgainst(world, ['up', ...flags]);
  expect([code, refusals, new Set(subnets).size]).toEqual([0, 2, 4]);
  expect(stderr.match(/choosing again/g)).toHaveLength(3);
  expect(world.networks).toHaveLength(1);
});

test('a port that is asked for must not be replaced by another one', async () => {
  const world = new MakingWorld((request) =>
    request.includes('/start') ? [500, 'Bind for 127.0.0.1:7000 failed: port is already allocated'] : undefined,
  );
  const flags = ['--subnet', 'auto', '--base-port', '7000', '--replicas', '0', '--no-wait', '-n', 'demo'];
  const { code, stderr } = await runAgainst(world, ['up', ...flags]);
  expect([code, world.made]).toEqual([5, []]);
  expect(stderr).not.toContain('choosing again');
});
