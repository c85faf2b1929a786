import { describe, expect, test } from 'vitest';
import {
  dynamicRange,
  gatewayIp,
  nodeCapacity,
  nodeIp,
  nodeIpProblem,
  parseSubnet,
  type Subnet,
  subnetsOverlap,
} from '../../../src/domain/subnet.ts';

function subnet(cidr: string): Subnet {
  const parsed = parseSubnet(cidr);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

describe('reading a subnet', () => {
  test('a subnet must be taken apart', () => {
    expect(parseSubnet('172.19.0.0/24')).toEqual({
      cidr: '172.19.0.0/24',
      first: 2_886_926_336,
      prefix: 24,
      size: 256,
    });
  });

  test.each([
    ['172.19.0.0', '"172.19.0.0" is not an IPv4 subnet such as 172.19.0.0/24'],
    ['172.19.0.0/', '"172.19.0.0/" is not an IPv4 subnet such as 172.19.0.0/24'],
    ['fd00::/64', '"fd00::/64" is not an IPv4 subnet such as 172.19.0.0/24'],
    ['172.19.0.0/24 ', '"172.19.0.0/24 " is not an IPv4 subnet such as 172.19.0.0/24'],
    ['999.1.1.0/24', '"999.1.1.0/24" has a number above 255'],
    ['172.19.0.0/33', '"172.19.0.0/33" has a prefix above 32'],
    ['172.19.0.0/30', '"172.19.0.0/30" is too small: it has 4 addresses, and rmsx needs 64 or more (a /26)'],
    ['0.0.0.0/0', '"0.0.0.0/0" is too large: the largest is a /8'],
    ['172.19.0.5/24', '"172.19.0.5/24" has host bits set: write 172.19.0.0/24'],
    ['0.1.0.0/16', '"0.1.0.0/16" is "this network": no network can have it; take a private one, such as 10.99.0.0/24'],
    [
      '127.0.0.0/24',
      '"127.0.0.0/24" is the loopback of every host: no network can have it; take a private one, such as 10.99.0.0/24',
    ],
    [
      '224.0.0.0/24',
      '"224.0.0.0/24" is for multicast: no network can have it; take a private one, such as 10.99.0.0/24',
    ],
    ['255.0.0.0/8', '"255.0.0.0/8" is reserved: no network can have it; take a private one, such as 10.99.0.0/24'],
    ['10.255.255.255/8', '"10.255.255.255/8" has host bits set: write 10.0.0.0/8'],
  ])('%s must be refused with what is wrong', (text, problem) => {
    expect(parseSubnet(text)).toBe(problem);
  });
});

describe('addresses in a subnet', () => {
  test.each([
    ['172.19.0.0/24', 220, '172.19.0.1', '172.19.0.10', '172.19.0.229', '172.19.0.240/28'],
    ['172.19.0.0/26', 28, '172.19.0.1', '172.19.0.10', '172.19.0.37', '172.19.0.48/28'],
    ['10.0.0.0/8', 1000, '10.0.0.1', '10.0.0.10', '10.0.3.241', '10.255.255.240/28'],
    ['192.168.4.0/22', 988, '192.168.4.1', '192.168.4.10', '192.168.7.229', '192.168.7.240/28'],
    ['223.255.255.0/24', 220, '223.255.255.1', '223.255.255.10', '223.255.255.229', '223.255.255.240/28'],
  ])(
    '%s must hold %i nodes, clear of the range the engine gives out',
    (cidr, capacity, gateway, first, last, range) => {
      const own = subnet(cidr);
      expect([
        nodeCapacity(own),
        gatewayIp(own),
        nodeIp(own, 0),
        nodeIp(own, nodeCapacity(own) - 1),
        dynamicRange(own),
      ]).toEqual([capacity, gateway, first, last, range]);
    },
  );

  test('the default subnet must have room for 219 replicas', () => {
    expect(nodeCapacity(subnet('172.19.0.0/24')) - 1).toBe(219);
  });
});

describe('overlapping subnets', () => {
  test.each([
    ['172.19.0.0/24', '172.19.0.0/24', true],
    ['172.19.0.0/24', '172.19.0.0/16', true],
    ['172.16.0.0/12', '172.19.0.0/24', true],
    ['172.19.0.128/25', '172.19.0.0/24', true],
    ['0.0.0.0/0', '10.1.2.0/24', true],
    ['172.19.0.0/24', '172.19.1.0/24', false],
    ['172.19.0.0/25', '172.19.0.128/25', false],
    ['255.255.255.0/24', '0.0.0.0/8', false],
    ['fd00::/64', '172.19.0.0/24', false],
    ['', '172.19.0.0/24', false],
  ])('%s and %s: %s', (a, b, overlap) => {
    expect([subnetsOverlap(a, b), subnetsOverlap(b, a)]).toEqual([overlap, overlap]);
  });
});

describe('an address that is asked for', () => {
  test.each([
    ['172.19.0.0/24', '172.19.0.2', undefined],
    ['172.19.0.0/24', '172.19.0.229', undefined],
    ['172.19.0.0/24', '172.19.0.230', '172.19.0.230 is kept for a sentinel, as are all from 172.19.0.230 on'],
    ['172.19.0.0/24', '172.19.0.239', '172.19.0.239 is kept for a sentinel, as are all from 172.19.0.230 on'],
    [
      '172.19.0.0/24',
      '172.19.0.240',
      '172.19.0.240 is in 172.19.0.240/28, from which the engine hands out addresses by itself',
    ],
    ['172.19.0.0/24', '172.19.0.255', '172.19.0.255 is the broadcast address of 172.19.0.0/24'],
    ['172.19.0.0/24', '172.19.0.0', '172.19.0.0 is the address of the network 172.19.0.0/24 itself'],
    ['172.19.0.0/24', '172.19.0.1', '172.19.0.1 is the gateway of 172.19.0.0/24'],
    ['172.19.0.0/24', '172.19.1.0', '172.19.1.0 is outside of 172.19.0.0/24'],
    ['172.19.0.0/24', '172.18.255.255', '172.18.255.255 is outside of 172.19.0.0/24'],
    ['10.0.0.0/8', '10.0.1.0', undefined],
    ['10.0.0.0/8', '10.200.255.255', undefined],
    ['223.255.255.0/24', '223.255.255.229', undefined],
    ['223.255.255.0/24', '223.255.255.255', '223.255.255.255 is the broadcast address of 223.255.255.0/24'],
    ['172.19.0.0/24', '172.19.0.256', '"172.19.0.256" is not an IPv4 address'],
    ['172.19.0.0/24', '172.19.0.010', '"172.19.0.010" is not an IPv4 address'],
    ['172.19.0.0/24', '172.19.0', '"172.19.0" is not an IPv4 address'],
    ['172.19.0.0/24', '172.19.0.10 ', '"172.19.0.10 " is not an IPv4 address'],
    ['172.19.0.0/24', '172.19.0.10/32', '"172.19.0.10/32" is not an IPv4 address'],
    ['172.19.0.0/24', '', '"" is not an IPv4 address'],
    ['172.19.0.0/24', '::1', '"::1" is not an IPv4 address'],
  ])('in %s: %s', (cidr, ip, problem) => {
    expect(nodeIpProblem(subnet(cidr), ip)).toBe(problem);
  });

  test.each(['172.19.0.0/24', '10.0.0.0/26', '192.168.4.0/22'])(
    'must be sound for every node that %s can hold',
    (cidr) => {
      const own = subnet(cidr);
      const wrong = Array.from({ length: nodeCapacity(own) }, (_, i) => nodeIpProblem(own, nodeIp(own, i)));
      expect(wrong.filter((problem) => problem !== undefined)).toEqual([]);
      expect(nodeIpProblem(own, nodeIp(own, nodeCapacity(own)))).toContain('is kept for a sentinel');
    },
  );
});
