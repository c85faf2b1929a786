import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { fromNetwork, fromVolume } from '../../../src/engine/translate.ts';

test('of networks without labels or addresses must be read all the same', () => {
  const host = { Id: 'h', Name: 'host', Labels: null, IPAM: { Config: null } };
  const own = {
    Id: 'n',
    Name: 'demo_app_net',
    Labels: { 'rmsx.cluster': 'demo', 'rmsx.isolated': 'true' },
    Driver: 'bridge',
    Created: '2026-11-22T03:00:00.123456789Z',
    IPAM: {
      Config: [
        { Subnet: '10.0.0.0/24', IPRange: '10.0.0.240/28', Gateway: '10.0.0.1' },
        { Subnet: 'fd00::/64', Gateway: 'fd00::1' },
        {},
      ],
    },
  };
  const untold = {
    subnets: [],
    driver: null,
    dynamicRange: null,
    gateway: null,
    createdAtMs: null,
    isolated: false,
    held: false,
  };
  expect([host, own].map((info) => fromNetwork(info as unknown as Docker.NetworkInspectInfo))).toEqual([
    { id: 'h', name: 'host', cluster: null, run: null, ...untold },
    {
      id: 'n',
      name: 'demo_app_net',
      cluster: 'demo',
      run: null,
      subnets: ['10.0.0.0/24', 'fd00::/64'],
      driver: 'bridge',
      dynamicRange: '10.0.0.240/28',
      gateway: '10.0.0.1',
      isolated: true,
      held: false,
      createdAtMs: Date.UTC(2026, 10, 22, 3, 0, 0, 123),
    },
  ]);
});

test('of volumes must be read with what they are for', () => {
  const Labels = {
    'rmsx.cluster': 'demo',
    'rmsx.node': 'master',
    'rmsx.run': 'r',
    'rmsx.purpose': 'conf',
    'rmsx.image': 'i',
  };
  const read = [
    { Name: 'a', Labels, CreatedAt: '2023-11-14T22:13:20Z' },
    { Name: 'b', Labels: null },
  ].map((info) => fromVolume(info as unknown as Docker.VolumeInspectInfo));
  expect(read).toEqual([
    {
      name: 'a',
      cluster: 'demo',
      node: 'master',
      run: 'r',
      purpose: 'conf',
      createdAtMs: 1_700_000_000_000,
      image: 'i',
    },
    { name: 'b', cluster: null, node: null, run: null, purpose: null, createdAtMs: null, image: null },
  ]);
});

test('what only carries the label of a cluster must be left to whoever made it', () => {
  const Labels = { 'rmsx.cluster': 'demo' };
  const network = fromNetwork({ Id: 'n', Name: 'mine', Labels } as unknown as Docker.NetworkInspectInfo);
  const volume = fromVolume({ Name: 'mine', Labels } as unknown as Docker.VolumeInspectInfo);
  expect([network.cluster, volume.cluster]).toEqual([null, null]);
});
