import type Docker from 'dockerode';
import { describe, expect, test } from 'vitest';
import type { Persistence } from '../../../src/domain/cluster.ts';
import type { ContainerSpec } from '../../../src/domain/ports.ts';
import {
  fromContainer,
  toCarrierOptions,
  toContainerOptions,
  toNetworkOptions,
} from '../../../src/engine/translate.ts';
import { planUp } from '../../../src/plan/up.ts';
import { newFacts } from '../../helpers/up-facts.ts';
import { cluster, record } from '../../helpers/values.ts';

const stamp = { 'rmsx.version': '1.2.3' };

/** The containers that `up` would make. */
const specs = (persistence: Persistence): readonly ContainerSpec[] =>
  planUp(newFacts(record(cluster(1, { persistence, timezone: 'Europe/Berlin' })), { password: 'top-secret' })).flatMap(
    ({ step }) => (step.op === 'create-container' ? [step.container] : []),
  );

const options = (persistence: Persistence): Docker.ContainerCreateOptions => {
  const [, replica] = specs(persistence);
  if (!replica) throw new Error('no replica');
  return toContainerOptions(replica, stamp);
};

describe('what the engine is told', () => {
  test('to make a node must be this', () => {
    expect(options('aof')).toMatchInlineSnapshot(`
      {
        "Cmd": [
          "redis-server",
          "/usr/local/etc/redis/redis.conf",
        ],
        "Env": [
          "TZ=Europe/Berlin",
        ],
        "ExposedPorts": {
          "6380/tcp": {},
        },
        "HostConfig": {
          "Mounts": [
            {
              "ReadOnly": false,
              "Source": "redis-server-slave-1-data",
              "Target": "/data",
              "Type": "volume",
              "VolumeOptions": {
                "DriverConfig": {
                  "Name": "local",
                  "Options": {},
                },
                "Labels": {
                  "com.docker.compose.project": "redis-server",
                  "com.docker.compose.volume": "slave-1-data",
                  "rmsx.cluster": "redis-server",
                  "rmsx.image": "redis:8.0",
                  "rmsx.node": "slave-1",
                  "rmsx.purpose": "data",
                  "rmsx.run": "this-run",
                  "rmsx.version": "1.2.3",
                },
                "NoCopy": false,
              },
            },
            {
              "ReadOnly": false,
              "Source": "redis-server-slave-1-conf",
              "Target": "/usr/local/etc/redis",
              "Type": "volume",
              "VolumeOptions": {
                "DriverConfig": {
                  "Name": "local",
                  "Options": {},
                },
                "Labels": {
                  "com.docker.compose.project": "redis-server",
                  "com.docker.compose.volume": "slave-1-conf",
                  "rmsx.cluster": "redis-server",
                  "rmsx.image": "redis:8.0",
                  "rmsx.node": "slave-1",
                  "rmsx.purpose": "conf",
                  "rmsx.run": "this-run",
                  "rmsx.version": "1.2.3",
                },
                "NoCopy": true,
              },
            },
          ],
          "NetworkMode": "redis-server_app_net",
          "PortBindings": {
            "6380/tcp": [
              {
                "HostIp": "127.0.0.1",
                "HostPort": "6380",
              },
            ],
          },
          "RestartPolicy": {
            "Name": "always",
          },
          "SecurityOpt": [
            "no-new-privileges",
          ],
          "Sysctls": {
            "net.core.somaxconn": "511",
          },
        },
        "Hostname": "slave-1",
        "Image": "redis:8.0",
        "Labels": {
          "com.docker.compose.config-hash": "",
          "com.docker.compose.container-number": "1",
          "com.docker.compose.oneoff": "False",
          "com.docker.compose.project": "redis-server",
          "com.docker.compose.project.config_files": "",
          "com.docker.compose.service": "slave-1",
          "rmsx.cluster": "redis-server",
          "rmsx.node": "slave-1",
          "rmsx.run": "this-run",
          "rmsx.topology": "star",
          "rmsx.version": "1.2.3",
        },
        "NetworkingConfig": {
          "EndpointsConfig": {
            "redis-server_app_net": {
              "Aliases": [
                "slave-1",
              ],
              "IPAMConfig": {
                "IPv4Address": "172.19.0.11",
              },
            },
          },
        },
        "StopTimeout": 30,
        "name": "redis-server-slave-1",
      }
    `);
  });

  test('to make an ephemeral node must leave out volumes and restart: a server that comes back empty empties its replicas', () => {
    const { HostConfig } = options('none');
    expect([HostConfig?.RestartPolicy, HostConfig?.Mounts, HostConfig?.Tmpfs]).toEqual([
      { Name: 'no' },
      [],
      { '/data': '' },
    ]);
  });

  test('to make a node that keeps snapshots must leave out the restart: it would come back with an old one', () => {
    const { HostConfig } = options('rdb');
    expect([HostConfig?.RestartPolicy, HostConfig?.Mounts?.length, HostConfig?.Tmpfs]).toEqual([
      { Name: 'no' },
      2,
      undefined,
    ]);
  });

  test('must never hold the password, as anybody can inspect a container', () => {
    expect(JSON.stringify([options('aof'), options('none')])).not.toContain('top-secret');
  });

  test('to make a network must keep dynamic addresses away from those of the nodes', () => {
    const network = {
      name: 'redis-server_app_net',
      cluster: 'redis-server',
      run: 'this-run',
      subnet: '172.19.0.0/24',
      gateway: '172.19.0.1',
      dynamicRange: '172.19.0.240/28',
    };
    expect(toNetworkOptions(network, stamp)).toMatchInlineSnapshot(`
      {
        "CheckDuplicate": true,
        "Driver": "bridge",
        "IPAM": {
          "Config": [
            {
              "Gateway": "172.19.0.1",
              "IPRange": "172.19.0.240/28",
              "Subnet": "172.19.0.0/24",
            },
          ],
          "Driver": "default",
        },
        "Labels": {
          "com.docker.compose.network": "made-by-rmsx-use-rmsx-down-first",
          "com.docker.compose.project": "redis-server",
          "rmsx.cluster": "redis-server",
          "rmsx.run": "this-run",
          "rmsx.version": "1.2.3",
        },
        "Name": "redis-server_app_net",
      }
    `);
  });

  test('to read volumes must be a container without a network and without a node of its own', () => {
    const volumes = [{ name: 'v', node: 'master', purpose: 'conf', target: '/rmsx/master', readOnly: true } as const];
    expect(
      toCarrierOptions(
        { name: 'demo-conf-this-run', cluster: 'demo', run: 'this-run', image: 'redis:8.0', volumes },
        stamp,
      ),
    ).toMatchInlineSnapshot(`
      {
        "Cmd": [
          "true",
        ],
        "HostConfig": {
          "Mounts": [
            {
              "ReadOnly": true,
              "Source": "v",
              "Target": "/rmsx/master",
              "Type": "volume",
              "VolumeOptions": {
                "DriverConfig": {
                  "Name": "local",
                  "Options": {},
                },
                "Labels": {
                  "com.docker.compose.project": "demo",
                  "com.docker.compose.volume": "master-conf",
                  "rmsx.cluster": "demo",
                  "rmsx.image": "redis:8.0",
                  "rmsx.node": "master",
                  "rmsx.purpose": "conf",
                  "rmsx.run": "this-run",
                  "rmsx.version": "1.2.3",
                },
                "NoCopy": true,
              },
            },
          ],
          "NetworkMode": "none",
        },
        "Image": "redis:8.0",
        "Labels": {
          "rmsx.cluster": "demo",
          "rmsx.run": "this-run",
          "rmsx.version": "1.2.3",
        },
        "NetworkDisabled": true,
        "name": "demo-conf-this-run",
      }
    `);
  });
});

describe('what the engine tells', () => {
  const listed = {
    Id: 'abc',
    Names: ['/redis-server-master'],
    Image: 'redis:8.0',
    State: 'running',
    Status: 'Up 2 minutes',
    Created: 1_700_000_000,
    Labels: {
      'rmsx.cluster': 'redis-server',
      'rmsx.node': 'master',
      'rmsx.run': 'r',
      'rmsx.topology': 'star',
    },
    Ports: [
      { IP: '127.0.0.1', PrivatePort: 6379, PublicPort: 16_379, Type: 'tcp' },
      { IP: '0.0.0.0', PrivatePort: 6380, PublicPort: 6380, Type: 'tcp' },
      { IP: '::', PrivatePort: 6380, PublicPort: 6380, Type: 'tcp' },
      { PrivatePort: 26_379, Type: 'tcp' },
    ],
    NetworkSettings: { Networks: { a: { NetworkID: 'net' } } },
  } as unknown as Docker.ContainerInfo;

  test('of our container must be read in our words', () => {
    expect(fromContainer(listed, undefined)).toMatchInlineSnapshot(`
      {
        "attachments": [
          {
            "ip": null,
            "network": "a",
            "networkId": "net",
          },
        ],
        "cluster": "redis-server",
        "composeDirectory": null,
        "composeProject": null,
        "createdAtMs": 1700000000000,
        "halfRemoved": false,
        "id": "abc",
        "image": "redis:8.0",
        "name": "redis-server-master",
        "neverStarted": false,
        "node": "master",
        "owner": null,
        "ports": [
          {
            "host": "127.0.0.1",
            "inside": 6379,
            "port": 16379,
          },
          {
            "host": "127.0.0.1",
            "inside": 6380,
            "port": 6380,
          },
        ],
        "run": "r",
        "state": "running",
        "statusText": "Up 2 minutes",
        "topology": "star",
      }
    `);
  });

  test('of a container that only carries the label of a cluster must not pass for ours', () => {
    const Labels = { 'rmsx.cluster': 'redis-server', app: 'mine' };
    expect(fromContainer({ ...listed, Labels }, undefined).cluster).toBeNull();
  });

  test.each([
    ['dead', true],
    ['removing', true],
    ['exited', false],
  ])('of a container that is %s must tell whether its removal has begun', (State, halfRemoved) => {
    expect(fromContainer({ ...listed, State }, undefined)).toMatchObject({ state: 'stopped', halfRemoved });
  });

  test('of a container of Docker Compose must name its project and where that lies', () => {
    const Labels = {
      ...listed.Labels,
      'com.docker.compose.project': 'redis-server',
      'com.docker.compose.project.working_dir': '/srv/redis',
    };
    expect(fromContainer({ ...listed, Labels }, undefined)).toMatchObject({
      composeProject: 'redis-server',
      composeDirectory: '/srv/redis',
    });
  });

  test('of a container that was never started must name its network by name, as it has no id of it yet', () => {
    const NetworkSettings = { Networks: { net: { NetworkID: '' } } } as unknown as typeof listed.NetworkSettings;
    expect(fromContainer({ ...listed, NetworkSettings }, undefined).attachments).toEqual([
      { network: 'net', networkId: '', ip: null },
    ]);
  });

  test.each<[string, object, string, string | null]>([
    ['has one', { IPAddress: '10.0.0.9', IPAMConfig: {} }, 'running', '10.0.0.9'],
    [
      'has another than its settings say',
      { IPAddress: '10.0.0.9', IPAMConfig: { IPv4Address: '10.0.0.2' } },
      'running',
      '10.0.0.9',
    ],
    [
      'does not run, and will have one',
      { IPAddress: '', IPAMConfig: { IPv4Address: '10.0.0.2' } },
      'exited',
      '10.0.0.2',
    ],
    ['does not run, and will have any', { IPAddress: '', IPAMConfig: {} }, 'exited', ''],
    ['does not run, which is all that is known', { IPAddress: '', IPAMConfig: null }, 'exited', null],
    ['runs, and nobody says where', { IPAddress: '', IPAMConfig: {} }, 'running', null],
  ])('of a container must tell its address on a network: it %s', (_, endpoint, State, ip) => {
    const NetworkSettings = {
      Networks: { net: { NetworkID: 'n', ...endpoint } },
    } as unknown as typeof listed.NetworkSettings;
    expect(fromContainer({ ...listed, State, NetworkSettings }, undefined).attachments).toEqual([
      { network: 'net', networkId: 'n', ip },
    ]);
  });

  test('of a container that was taken off every network must not pass for one whose networks nobody tells', () => {
    expect(fromContainer({ ...listed, NetworkSettings: { Networks: {} } }, undefined).attachments).toEqual([]);
  });

  test('of a container on a remote engine must name that host', () => {
    expect(fromContainer(listed, 'docker.example').ports.map(({ host }) => host)).toEqual([
      'docker.example',
      'docker.example',
    ]);
  });

  test('of a foreign container with next to nothing must be read all the same', () => {
    const bare = {
      Id: 'abc',
      Names: null,
      Image: 'i',
      State: 'exited',
      Status: '',
      Created: 0,
      Labels: null,
      Ports: null,
    };
    expect(fromContainer(bare as unknown as Docker.ContainerInfo, undefined)).toMatchObject({
      name: 'abc',
      cluster: null,
      node: null,
      state: 'stopped',
      attachments: null,
      ports: [],
    });
  });

  test.each([
    ['running', 'running'],
    ['paused', 'paused'],
    ['restarting', 'restarting'],
    ['created', 'stopped'],
    ['exited', 'stopped'],
    ['dead', 'stopped'],
    ['removing', 'stopped'],
  ])('the state %s must be called %s', (state, ours) => {
    expect(fromContainer({ ...listed, State: state }, undefined).state).toBe(ours);
  });
});
