import { expect, test } from 'vitest';
import { parseRoutes, routesOfOthers } from '../../../src/domain/host-route.ts';
import { network } from '../../helpers/values.ts';

const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const line = (device: string, to: string, mask: string, flags = '0001'): string =>
  `${device}\t${to}\t00000000\t${flags}\t0\t0\t0\t${mask}\t0\t0\t0   `;

test.each([
  ['docker0', '000011AC', '0000FFFF', '172.17.0.0/16'],
  ['br-1', '001013AC', '00F0FFFF', '172.19.16.0/20'],
  ['eth0', '8002000A', '80FFFFFF', '10.0.2.128/25'],
  ['tun0', '000010AC', '0000F0FF', '172.16.0.0/12'],
  ['tun0', '0A0013AC', 'FFFFFFFF', '172.19.0.10/32'],
  ['eth0', '000000C0', '000000C0', '192.0.0.0/2'],
])('the route of %s to %s must be read as Linux means it', (device, to, mask, cidr) => {
  expect(parseRoutes(`${head}\n${line(device, to, mask)}\n`)).toEqual([{ device, to: cidr }]);
});

test.each([
  ['the default route', line('eth0', '00000000', '00000000', '0003')],
  ['the first half of a VPN that takes everything', line('tun0', '00000000', '00000080')],
  ['the second half of it', line('tun0', '00000080', '00000080')],
  ['a route that is down', line('eth1', '000013AC', '00FFFFFF', '0000')],
  ['a route that refuses', line('*', '000013AC', '00FFFFFF', '0201')],
  ['the line of titles', head],
  ['nothing', ''],
  ['something else', 'not a table of routes\n::1 lo'],
])('%s must claim nothing', (_, text) => {
  expect(parseRoutes(text)).toEqual([]);
});

test('the bridges of the engine must not count, and a part of one must', () => {
  const networks = [network('office', '172.19.0.0/16'), { ...network('host', ''), subnets: [] }];
  const routes = [
    { device: 'br-1', to: '172.19.0.0/16' },
    { device: 'tun0', to: '172.19.5.0/24' },
  ];
  expect(routesOfOthers(routes, networks)).toEqual([{ device: 'tun0', to: '172.19.5.0/24' }]);
});
