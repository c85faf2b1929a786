import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import type { HostRoute } from '../../../src/domain/host-route.ts';
import type { ObservedEngine } from '../../../src/domain/observed.ts';
import type { Engine } from '../../../src/domain/ports.ts';
import { observeRoutes } from '../../../src/operations/observe-routes.ts';
import { routeWarnings } from '../../../src/plan/routes.ts';
import { cluster, engineWith, network } from '../../helpers/values.ts';

const vpn: HostRoute = { device: 'tun0', to: '172.16.0.0/12' };

/** What is seen, and whether the engine was asked where it is. */
async function observe({
  subnet,
  isLocal = true,
  host = async () => hostname(),
  observed = engineWith(),
  routes = [vpn],
}: {
  subnet?: string;
  isLocal?: boolean;
  host?: () => Promise<string>;
  observed?: ObservedEngine;
  routes?: readonly HostRoute[] | null;
} = {}): Promise<readonly [seen: readonly HostRoute[] | null, asked: boolean]> {
  let asked = false;
  const hostName = (): Promise<string> => {
    asked = true;
    return host();
  };
  const engine = { isLocal, hostName } as Partial<Engine> as Engine;
  const seen = await observeRoutes({ name: 'redis-server', subnet }, observed, engine, async () => routes);
  return [seen, asked];
}

test('a route that the wanted subnet overlaps with must be seen', async () => {
  expect(await observe()).toEqual([[vpn], true]);
  expect(await observe({ subnet: 'auto' })).toEqual([[vpn], true]);
  expect(await observe({ subnet: '172.20.0.0/24' })).toEqual([[vpn], true]);
});

test.each([
  [
    'the network of the cluster is there',
    { observed: engineWith({ networks: [network('redis-server_app_net', '172.19.0.0/24')] }) },
  ],
  ['no route is in the way', { subnet: '10.9.0.0/24' }],
  ['it is a bridge of the engine', { observed: engineWith({ networks: [network('big', '172.16.0.0/12')] }) }],
  ['there are no routes', { routes: [] }],
])('nothing must be seen, nor asked for, where %s', async (_, scene) => {
  expect(await observe(scene)).toEqual([[], false]);
});

test.each([
  ['the engine is on another machine', { isLocal: false }],
  ['this machine has no such table', { routes: null }],
  ['a socket leads to another host', { host: async () => `not-${hostname()}` }],
  ['the engine does not tell', { host: () => Promise.reject(new Error('no')) }],
])('that nothing can be seen must not pass for nothing where %s', async (_, scene) => {
  expect((await observe(scene))[0]).toBeNull();
});

test('where the network is there and stays, it must not matter that nothing can be seen', async () => {
  const observed = engineWith({ networks: [network('redis-server_app_net', '172.19.0.0/24')] });
  expect((await observe({ observed, isLocal: false }))[0]).toEqual([]);
});

test('a subnet that hides a part of the world from the host must be warned of, with the device', () => {
  expect(routeWarnings(cluster(1), [vpn])).toEqual([
    'The subnet 172.19.0.0/24 overlaps with the route to 172.16.0.0/12 over tun0: what is there cannot be reached from this host while the network is there. Let rmsx choose: --subnet auto',
  ]);
  expect(routeWarnings(cluster(1), [{ device: 'eth0', to: '192.168.1.0/24' }])).toEqual([]);
});
