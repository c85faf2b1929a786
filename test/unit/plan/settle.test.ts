import { describe, expect, test } from 'vitest';
import { settleCluster } from '../../../src/plan/settle.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers, engineWith, network, record } from '../../helpers/values.ts';

const options = { timezone: 'UTC', attempt: 0 };
const own = network('redis-server_app_net', '172.19.0.0/24', 'redis-server');

test('a new cluster must begin with epoch 1', () => {
  expect(settleCluster({ name: 'redis-server' }, null, engineWith(), options)).toEqual(record(cluster(2), 1));
});

test('a cluster that stays as it is must keep its record', () => {
  const existing = record(cluster(2), 4);
  const engine = engineWith({ containers: containers(existing.cluster), networks: [own] });
  expect(settleCluster({ name: 'redis-server', replicas: 2 }, existing, engine, options)).toBe(existing);
});

test('adding replicas must raise the epoch', () => {
  const existing = record(cluster(1), 4);
  const engine = engineWith({ containers: containers(existing.cluster), networks: [own] });
  expect(settleCluster({ name: 'redis-server', replicas: 3 }, existing, engine, options)).toEqual(
    record(cluster(3), 5),
  );
});

describe('another wish for a cluster that is there', () => {
  test('must be refused with every difference', () => {
    const existing = record(cluster(1), 1);
    const engine = engineWith({ containers: containers(existing.cluster), networks: [own] });
    const request = { name: 'redis-server', image: 'redis:7.0', bind: '0.0.0.0' };
    expect(errorOf(() => settleCluster(request, existing, engine, options))).toEqual({
      code: 'conflict',
      message: 'The cluster redis-server is there, and was made in another way.',
      problems: [
        'image: redis:8.0 is there, redis:7.0 is asked for',
        'published on: 127.0.0.1 is there, 0.0.0.0 is asked for',
      ],
      hint: 'Make it anew, the data is kept: rmsx down && rmsx up …',
    });
  });

  test('must be taken where only the data of it is left', () => {
    const existing = record(cluster(1), 1);
    const settled = settleCluster({ name: 'redis-server', image: 'redis:8.2' }, existing, engineWith(), options);
    expect(settled).toEqual(record(cluster(1, { image: 'redis:8.2' }), 2));
  });
});

describe('auto', () => {
  test('must keep the choice that was made once', () => {
    const existing = record(cluster(1, { subnet: '172.19.0.0/24' }), 1);
    const request = { name: 'redis-server', subnet: 'auto', basePort: 'auto' as const };
    expect(settleCluster(request, existing, engineWith(), options)).toBe(existing);
  });

  test('must take the subnet of a network that an interrupted run left', () => {
    const left = network('redis-server_app_net', '172.16.9.0/24', 'redis-server');
    const settled = settleCluster(
      { name: 'redis-server', subnet: 'auto' },
      null,
      engineWith({ networks: [left] }),
      options,
    );
    expect(settled.cluster.subnet).toBe('172.16.9.0/24');
  });

  test('must say so where no subnet is free', () => {
    const engine = engineWith({ networks: [network('all', '172.16.0.0/12')] });
    expect(errorOf(() => settleCluster({ name: 'a', subnet: 'auto' }, null, engine, options))).toEqual({
      code: 'conflict',
      message: 'Every subnet that rmsx chooses from is taken by another network.',
      hint: 'Remove networks that nobody needs (docker network prune), or name a subnet: --subnet 10.99.0.0/24',
      problems: [],
    });
  });
});
