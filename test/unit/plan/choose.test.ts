import { describe, expect, test } from 'vitest';
import { chooseBasePort, chooseSubnet } from '../../../src/plan/choose.ts';
import { foreign, network } from '../../helpers/values.ts';

const all = Array.from({ length: 256 }, (_, i) => network(`n${i}`, `172.16.${i}.0/24`));

describe('--subnet auto', () => {
  test('the same name must begin with the same subnet, another name with another one', () => {
    expect(chooseSubnet('demo', [], 0)).toBe(chooseSubnet('demo', [], 0));
    const chosen = Array.from({ length: 20 }, (_, i) => chooseSubnet(`cluster-${i}`, [], 0));
    expect(new Set(chosen).size).toBeGreaterThan(15);
  });

  test('a refused choice must not be made again', () => {
    expect(chooseSubnet('demo', [], 1)).not.toBe(chooseSubnet('demo', [], 0));
  });

  test('five attempts must make five choices, whatever the name', () => {
    const few = [network('most', '172.16.0.0/17'), network('more', '172.16.128.0/18')]; // most lead to the same free ones
    for (let i = 0; i < 20; i++) {
      const subnets = [0, 1, 2, 3, 4].map((attempt) => chooseSubnet(`c${i}`, few, attempt));
      const ports = [0, 1, 2, 3, 4].map((attempt) => chooseBasePort(`c${i}`, 3000, [], attempt));
      expect([new Set(subnets).size, new Set(ports).size]).toEqual([5, 5]);
    }
  });

  test('the only free subnet must be found', () => {
    for (const free of [0, 17, 255]) {
      const others = all.filter((_, i) => i !== free);
      expect(chooseSubnet('demo', others, 0)).toBe(`172.16.${free}.0/24`);
    }
  });

  test('a network that only touches a subnet must keep it from being chosen', () => {
    expect(chooseSubnet('demo', [...all.slice(1), network('small', '172.16.0.128/25')], 0)).toMatch(/^10\.201\./);
  });

  test('where nothing is free beside the pools of Docker it must be found elsewhere', () => {
    const chosen = [chooseSubnet('demo', all, 0), chooseSubnet('demo', [network('big', '172.16.0.0/12')], 3)];
    for (const subnet of chosen) expect(subnet).toMatch(/^10\.201\.\d+\.0\/24$/);
  });

  test('nothing must be chosen where all are taken', () => {
    expect(chooseSubnet('demo', [network('a', '172.16.0.0/12'), network('b', '10.0.0.0/8')], 0)).toBeUndefined();
  });

  test('a route of the host must be kept clear of, be it wide or narrow', () => {
    const [first = ''] = [chooseSubnet('demo', [], 0)];
    const narrow = [{ device: 'tun0', to: first.replace('.0/24', '.77/32') }];
    const wide = [{ device: 'tun0', to: '172.16.0.0/12' }];
    expect(chooseSubnet('demo', [], 0, narrow)).not.toBe(first);
    expect(chooseSubnet('demo', [], 0, wide)).toMatch(/^10\.201\./);
  });
});

describe('--base-port auto', () => {
  test.each([1, 3, 220])('%i ports must lie below those that systems give out', (count) => {
    const bases = Array.from({ length: 200 }, (_, i) => chooseBasePort(`c${i}`, count, [], i % 5));
    expect([Math.min(...bases) >= 10_000, Math.max(...bases) + count <= 31_000]).toEqual([true, true]);
  });

  test('a run of ports that touches a taken one must not be chosen', () => {
    const first = chooseBasePort('demo', 3, [], 0);
    const taken = foreign('other', { ports: [{ inside: 80, host: '127.0.0.1', port: first + 2 }] });
    const second = chooseBasePort('demo', 3, [taken], 0);
    expect(Math.abs(second - first)).toBeGreaterThanOrEqual(3);
  });
});
