import { describe, expect, test } from 'vitest';
import { settleCluster } from '../../../src/plan/settle.ts';
import { errorOf } from '../../helpers/error-of.ts';
import {
  attachment,
  cluster,
  container,
  containers,
  engineWith,
  foreign,
  network,
  record,
} from '../../helpers/values.ts';

const options = { timezone: 'UTC', attempt: 0 };
const own = network('redis-server_app_net', '172.19.0.0/24', 'redis-server');

describe('another wish for a cluster that is there', () => {
  const existing = record(cluster(1), 1);
  const there = containers(existing.cluster);

  test('must be taken, and raise the epoch, where nodes can become like that', () => {
    const engine = engineWith({ containers: there, networks: [own] });
    const request = { name: 'redis-server', image: 'redis:8.2', bind: '0.0.0.0', timezone: 'CET' };
    const { epoch, cluster: settled } = settleCluster(request, existing, engine, options);
    expect([epoch, settled]).toEqual([2, { ...existing.cluster, ...request }]);
  });

  test('must be taken where it is about addresses, and the own ones, one port further, be in nobody’s way', () => {
    const engine = engineWith({ containers: there, networks: [own] });
    const request = { name: 'redis-server', subnet: '10.9.0.0/24', basePort: 6380 };
    const { epoch, cluster: settled } = settleCluster(request, existing, engine, options);
    expect([epoch, settled.nodes.map(({ address }) => address)]).toEqual([
      2,
      [
        { host: '10.9.0.10', port: 6380 },
        { host: '10.9.0.11', port: 6381 },
      ],
    ]);
  });

  test('must be refused where somebody else has the new addresses, or is on the network that has to go', () => {
    const web = foreign('web', { attachments: [], ports: [{ inside: 80, host: '127.0.0.1', port: 7001 }] });
    const guest = foreign('guest', { attachments: [attachment('x', { networkId: own.id })] });
    const stray = {
      ...container(existing.cluster, 'slave-1'),
      node: 'slave-7',
      name: 'redis-server-slave-7',
      ports: [],
    };
    const engine = engineWith({
      containers: [...there, web, guest, stray],
      networks: [own, network('office', '10.9.0.0/16')],
    });
    const ports = { name: 'redis-server', basePort: 7000 };
    expect(errorOf(() => settleCluster(ports, existing, engine, options))).toMatchObject({
      code: 'conflict',
      message: 'Port 7001 of slave-1 is already published by the container web.',
      hint: 'Choose other ports: --base-port 7379',
    });
    const subnet = { name: 'redis-server', subnet: '10.8.0.0/24' };
    expect(errorOf(() => settleCluster(subnet, existing, engine, options))).toMatchObject({
      code: 'conflict',
      message:
        'The network redis-server_app_net is there with the subnet 172.19.0.0/24 instead of 10.8.0.0/24, and guest, redis-server-slave-7 are attached to it.',
      hint: 'docker network disconnect redis-server_app_net guest\nrmsx remove slave-7',
    });
    const overlapping = { name: 'redis-server', subnet: '10.9.0.0/24' };
    const alone = engineWith({ containers: there, networks: engine.networks });
    expect(errorOf(() => settleCluster(overlapping, existing, alone, options))).toMatchObject({
      message: 'The subnet 10.9.0.0/24 overlaps with the network office (10.9.0.0/16), which no container uses.',
    });
  });

  test('must be refused where it is about how data is kept', () => {
    const engine = engineWith({ containers: there, networks: [own] });
    const request = { name: 'redis-server', persistence: 'none' } as const;
    expect(errorOf(() => settleCluster(request, existing, engine, options))).toMatchObject({
      code: 'conflict',
      message: 'The cluster redis-server is there with persistence aof, and none is asked for.',
      hint: 'Begin anew without the data: rmsx down --volumes && rmsx up …',
    });
  });

  test('must be refused altogether where Docker Compose made the containers', () => {
    const made = there.map((container) => ({ ...container, run: null, composeProject: 'x', composeDirectory: '/srv' }));
    const engine = engineWith({ containers: made, networks: [{ ...own, run: null }] });
    const error = errorOf(() => settleCluster({ name: 'redis-server', bind: '0.0.0.0' }, existing, engine, options));
    expect([error.code, error.message, error.problems]).toEqual([
      'conflict',
      'Docker Compose owns redis-server, and made it in another way.',
      ['published on: 127.0.0.1 is there, 0.0.0.0 is asked for'],
    ]);
    expect(error.hint).toContain('docker compose --project-directory /srv up -d');
  });

  test('must be taken where only the data of it is left', () => {
    const existing = record(cluster(1), 1);
    const settled = settleCluster({ name: 'redis-server', image: 'redis:8.2' }, existing, engineWith(), options);
    expect(settled).toEqual(record(cluster(1, { image: 'redis:8.2' }), 2));
  });
});
