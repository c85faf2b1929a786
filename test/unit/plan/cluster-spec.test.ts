import { describe, expect, test } from 'vitest';
import { describeDifferences, wantedCluster } from '../../../src/plan/cluster-spec.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, node } from '../../helpers/values.ts';

const choices = { subnet: '172.19.0.0/24', basePort: 6379, timezone: 'UTC' };
const promoted = cluster(0, { nodes: [node('master', 'slave-1'), node('slave-1', null), node('slave-2', 'slave-1')] });

describe('the cluster that is wanted', () => {
  test('without any wish must have the defaults of the contract', () => {
    expect(wantedCluster({ name: 'redis-server' }, null, choices)).toEqual(cluster(2));
  });

  test('must have what is asked for', () => {
    const request = {
      name: 'demo',
      replicas: 1,
      image: 'valkey/valkey:8.1',
      bind: '0.0.0.0',
      timezone: 'Europe/Berlin',
      ephemeral: true,
      allowCommands: ['keys'],
    };
    expect(wantedCluster(request, null, { subnet: '10.1.0.0/16', basePort: 7000, timezone: 'UTC' })).toEqual({
      name: 'demo',
      topology: 'star',
      image: 'valkey/valkey:8.1',
      subnet: '10.1.0.0/16',
      bind: '0.0.0.0',
      timezone: 'Europe/Berlin',
      persistence: 'none',
      disabledCommands: ['FLUSHALL', 'FLUSHDB'],
      nodes: [
        { name: 'master', address: { host: '10.1.0.10', port: 7000 }, source: null },
        { name: 'slave-1', address: { host: '10.1.0.11', port: 7001 }, source: 'master' },
      ],
    });
  });

  test('must keep what the cluster has been where nothing else is asked for', () => {
    const before = cluster(3, { image: 'redis:7.0', bind: '0.0.0.0', persistence: 'none', disabledCommands: [] });
    expect(wantedCluster({ name: before.name }, before, choices)).toEqual(before);
  });

  test('must keep the roles of a promotion', () => {
    expect(wantedCluster({ name: promoted.name }, promoted, choices).nodes).toEqual(promoted.nodes);
  });

  test('must keep a chain', () => {
    const chain = cluster(0, {
      nodes: [node('master', null), node('slave-1', 'master'), node('slave-2', 'slave-1')],
    });
    expect(wantedCluster({ name: chain.name }, chain, choices).nodes).toEqual(chain.nodes);
  });

  test('must let new replicas follow the promoted master', () => {
    expect(wantedCluster({ name: promoted.name, replicas: 3 }, promoted, choices).nodes).toEqual([
      ...promoted.nodes,
      node('slave-3', 'slave-1'),
    ]);
  });

  test('must never lose a node', () => {
    expect(errorOf(() => wantedCluster({ name: 'redis-server', replicas: 1 }, cluster(3), choices))).toEqual({
      code: 'conflict',
      message: 'The cluster redis-server has 3 replicas, and up never removes a node.',
      hint: 'Keep them: rmsx up -n redis-server --replicas 3',
      problems: [],
    });
  });

  test('may have no replica at all', () => {
    expect(wantedCluster({ name: 'redis-server', replicas: 0 }, null, choices).nodes).toEqual([node('master', null)]);
  });
});

describe('differences', () => {
  test('must all be told, each with both sides', () => {
    const after = cluster(1, {
      image: 'redis:7.0',
      subnet: '10.0.0.0/24',
      bind: '0.0.0.0',
      timezone: 'CET',
      persistence: 'none',
      disabledCommands: [],
      nodes: [{ name: 'master', address: { host: '10.0.0.10', port: 7000 }, source: null }],
    });
    expect(describeDifferences(cluster(1), after)).toEqual([
      'image: redis:8.0 is there, redis:7.0 is asked for',
      'subnet: 172.19.0.0/24 is there, 10.0.0.0/24 is asked for',
      'first port: 6379 is there, 7000 is asked for',
      'published on: 127.0.0.1 is there, 0.0.0.0 is asked for',
      'time zone: UTC is there, CET is asked for',
      'persistence: aof is there, none is asked for',
      'disabled commands: FLUSHALL FLUSHDB KEYS is there, none is asked for',
    ]);
  });

  test('the order of disabled commands and the number of nodes must be none', () => {
    expect(describeDifferences(cluster(1), cluster(2, { disabledCommands: ['FLUSHDB', 'KEYS', 'FLUSHALL'] }))).toEqual(
      [],
    );
  });
});
