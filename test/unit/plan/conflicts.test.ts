import { describe, expect, test } from 'vitest';
import type { ObservedEngine } from '../../../src/domain/observed.ts';
import { refuseConflicts } from '../../../src/plan/conflicts.ts';
import { errorOf, type SeenError } from '../../helpers/error-of.ts';
import { attachment, cluster, containers, engineWith, foreign, network, volume } from '../../helpers/values.ts';

const spec = cluster(1);
const ownNetwork = network('redis-server_app_net', '172.19.0.0/24', 'redis-server');

const conflict = (engine: ObservedEngine, of = spec): SeenError => errorOf(() => refuseConflicts(of, engine));

const published = (host: string, port: number): ReturnType<typeof foreign> =>
  foreign('web', { ports: [{ inside: 80, host, port }] });

describe('what is in the way', () => {
  test.each<[string, ObservedEngine, string, string]>([
    [
      'a foreign container under our name',
      engineWith({ containers: [foreign('redis-server-slave-1')] }),
      'The name redis-server-slave-1 belongs to a container that rmsx did not make (f0f0f0f0f0f0, nginx:1, Up 2 minutes).',
      'Rename it: docker rename redis-server-slave-1 redis-server-slave-1-old   or choose another cluster name: -n NAME',
    ],
    [
      'a port that another container publishes',
      engineWith({ containers: [published('127.0.0.1', 6380)] }),
      'Port 6380 of slave-1 is already published by the container web.',
      'Choose other ports: --base-port 7379   or let rmsx choose: --base-port auto',
    ],
    [
      'a port that another container publishes everywhere',
      engineWith({ containers: [published('0.0.0.0', 6379)] }),
      'Port 6379 of master is already published by the container web.',
      'Choose other ports: --base-port 7379   or let rmsx choose: --base-port auto',
    ],
    [
      'a foreign network under our name',
      engineWith({ networks: [network('redis-server_app_net', '10.0.0.0/24')] }),
      'The network redis-server_app_net is there, and rmsx did not make it (id-of-redis-).',
      'Remove it if nobody needs it: docker network rm redis-server_app_net   or choose another cluster name: -n NAME',
    ],
    [
      'a network that overlaps',
      engineWith({ networks: [network('office', '172.19.0.0/16')] }),
      'The subnet 172.19.0.0/24 overlaps with the network office (172.19.0.0/16), which no container uses.',
      'Choose another one: --subnet 172.30.7.0/24   or let rmsx choose: --subnet auto',
    ],
    [
      'a network that overlaps and is in use',
      engineWith({
        containers: ['a', 'b', 'c', 'd', 'e'].map((name) =>
          foreign(name, { attachments: [attachment('x', { networkId: 'id-of-office' })] }),
        ),
        networks: [network('office', '172.19.0.0/16')],
      }),
      'The subnet 172.19.0.0/24 overlaps with the network office (172.19.0.0/16) of a, b, c and 2 more.',
      'Choose another one: --subnet 172.30.7.0/24   or let rmsx choose: --subnet auto',
    ],
    [
      'a foreign network under our name with our subnet',
      engineWith({ networks: [network('redis-server_app_net', '172.19.0.0/24')] }),
      'The network redis-server_app_net is there, and rmsx did not make it (id-of-redis-).',
      'Remove it if nobody needs it: docker network rm redis-server_app_net   or choose another cluster name: -n NAME',
    ],
    [
      'containers that run while their network is gone',
      engineWith({ containers: containers(spec, { 'slave-1': 'stopped' }) }),
      'The network redis-server_app_net is gone, and redis-server-master still runs.',
      'Stop them, and they come back on a new network: docker stop redis-server-master && rmsx up -n redis-server',
    ],
    [
      'a foreign volume under our name',
      engineWith({ volumes: [volume('redis-server-master-data')] }),
      'The volume redis-server-master-data is there, and rmsx did not make it.',
      'Choose another cluster name: -n NAME',
    ],
  ])('%s must be named with a way out', (_, engine, message, hint) => {
    const error = conflict(engine);
    expect([error.code, error.message, error.hint]).toEqual(['conflict', message, hint]);
  });

  test('several things must be told at once, each way out once', () => {
    const engine = engineWith({
      containers: [foreign('redis-server-master'), published('127.0.0.1', 6379), published('127.0.0.1', 6380)],
      networks: [network('office', '172.19.0.0/16')],
    });
    const { message, problems, hint } = conflict(engine);
    expect([message, ...problems, hint].join('\n')).toMatchInlineSnapshot(`
      "The cluster redis-server cannot be made: 4 things are in the way.
      The name redis-server-master belongs to a container that rmsx did not make (f0f0f0f0f0f0, nginx:1, Up 2 minutes).
      Port 6379 of master is already published by the container web.
      Port 6380 of slave-1 is already published by the container web.
      The subnet 172.19.0.0/24 overlaps with the network office (172.19.0.0/16), which no container uses.
      Rename it: docker rename redis-server-master redis-server-master-old   or choose another cluster name: -n NAME
      Choose other ports: --base-port 7379   or let rmsx choose: --base-port auto
      Choose another one: --subnet 172.30.7.0/24   or let rmsx choose: --subnet auto"
    `);
  });
});

describe('what is not in the way', () => {
  test.each<[string, ObservedEngine]>([
    ['nothing at all', engineWith()],
    ['the cluster itself', engineWith({ containers: containers(spec), networks: [ownNetwork] })],
    [
      'its own volumes',
      engineWith({ volumes: [volume('redis-server-master-data', { cluster: 'redis-server', run: 'earlier' })] }),
    ],
    ['another subnet', engineWith({ networks: [network('office', '172.20.0.0/16')] })],
    ['a network without a subnet', engineWith({ networks: [{ ...network('host', ''), subnets: [] }] })],
    ['the same port on another address', engineWith({ containers: [published('192.0.2.1', 6379)] })],
    [
      'containers that stopped and lost their network',
      engineWith({ containers: containers(spec, { master: 'stopped', 'slave-1': 'stopped' }) }),
    ],
    ['a name that only begins like ours', engineWith({ containers: [foreign('redis-server-master-2')] })],
  ])('%s must not be refused', (_, engine) => {
    expect(() => refuseConflicts(spec, engine)).not.toThrow();
  });

  test('volumes that an ephemeral cluster would never make must not be refused', () => {
    const engine = engineWith({ volumes: [volume('redis-server-master-data')] });
    expect(() => refuseConflicts(cluster(1, { persistence: 'none' }), engine)).not.toThrow();
  });
});

test('a cluster that publishes everywhere must meet a port on any address', () => {
  const { message } = conflict(
    engineWith({ containers: [published('192.0.2.1', 6379)] }),
    cluster(1, { bind: '0.0.0.0' }),
  );
  expect(message).toBe('Port 6379 of master is already published by the container web.');
});
