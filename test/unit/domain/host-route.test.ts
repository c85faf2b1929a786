import { expect, test } from 'vitest';
import { parseRoutes } from '../../../src/domain/host-route.ts';

const table = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
*	000010AC	00000000	0201	0	0	0	0000F0FF	0	0	0
tun0	000013AC	0101A8C0	0003	0	0	0	00FFFFFF	0	0	0
tun0	0A0013AC	00000000	0005	0	0	0	FFFFFFFF	0	0	0

garbage
`;

test('routes must be read, but for the default one and those that lead nowhere', () => {
  expect(parseRoutes(table)).toEqual([
    { device: 'eth0', subnet: '192.0.2.0/24' },
    { device: 'tun0', subnet: '172.19.0.0/24' },
    { device: 'tun0', subnet: '172.19.0.10/32' },
  ]);
});

test('nothing must be read from nothing', () => {
  expect(parseRoutes('')).toEqual([]);
});
