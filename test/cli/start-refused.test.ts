import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { MakingWorld, type Refusal } from '../helpers/making-world.ts';
import { type RunAgainst, runAgainst } from '../helpers/run-against.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, listedNetwork } from '../helpers/stub-engine.ts';
import { cluster, record } from '../helpers/values.ts';

const up = (world: MakingWorld, ...flags: readonly string[]): Promise<RunAgainst> =>
  runAgainst(world, ['up', '--replicas', '0', '--no-wait', ...flags]);

/** Refuses to start containers, the first times or always. */
function refusingStarts(text: string, times = Number.POSITIVE_INFINITY): Refusal {
  let left = times;
  return (request) => (/^POST \/containers\/[^/]+\/start/.test(request) && left-- > 0 ? [500, text] : undefined);
}

const portTaken = 'failed to bind host port for 127.0.0.1:6379:172.19.0.10:6379/tcp: address already in use';
const ports = 'Choose other ports: --base-port 7379   or let rmsx choose: --base-port auto';

describe('a start that the engine refuses must name who is in the way, exit 5 and leave nothing:', () => {
  test('a process of this host holds the port', async () => {
    const world = new MakingWorld(refusingStarts(portTaken));
    const { code, stdout, stderr } = await up(world);
    expect([code, stdout, world.made]).toEqual([5, '', []]);
    expect(stderr).toContain('rmsx: master could not be started. Port 6379 is taken by a process of this host.\n');
    expect(stderr).toContain(`hint: See which: ss -ltnp 'sport = :6379'\n      ${ports}\n`);
  });

  test('a container took the port after it was looked for', async () => {
    const world: MakingWorld = new MakingWorld((request) => {
      if (!request.includes('/start')) return undefined;
      const Ports = [{ IP: '127.0.0.1', PrivatePort: 80, PublicPort: 6379, Type: 'tcp' }];
      if (world.containers.every(({ Id }) => Id !== 'web')) {
        world.containers.push(listedContainer('web', { Id: 'web', Ports }) as { Id: string });
      }
      return [500, 'Bind for 127.0.0.1:6379 failed: port is already allocated'];
    });
    const { code, stderr } = await up(world);
    expect([code, world.made]).toEqual([5, []]);
    expect(stderr).toContain('rmsx: master could not be started. Port 6379 is published by the container web.\n');
  });

  test('Windows has reserved the port', async () => {
    const text =
      'Ports are not available: exposing port TCP 127.0.0.1:6379 -> 0.0.0.0:0: listen tcp 127.0.0.1:6379: bind: An attempt was made to access a socket in a way forbidden by its access permissions.';
    const world = new MakingWorld(refusingStarts(text));
    const { code, stderr } = await up(world);
    expect([code, world.made]).toEqual([5, []]);
    expect(stderr).toContain('Windows keeps a range of ports for itself, and 6379 is one of them.');
    expect(stderr).toContain('netsh interface ipv4 show excludedportrange protocol=tcp');
  });

  test('another container has the address', async () => {
    const world = new MakingWorld(refusingStarts('Address already in use'));
    world.endpoints = { abc: { Name: 'guest', IPv4Address: '172.19.0.10/24' } };
    const { code, stderr } = await up(world);
    expect([code, world.made]).toEqual([5, []]);
    expect(stderr).toContain('master could not be started. Its address 172.19.0.10 belongs to the container guest.');
    expect(stderr).toContain('hint: docker network disconnect redis-server_app_net guest   or choose another subnet');
  });

  test('nobody who can be found has the address', async () => {
    const world = new MakingWorld(refusingStarts('Address already in use'));
    const { code, stderr } = await up(world);
    expect([code, world.made]).toEqual([5, []]);
    expect(stderr).toContain('hint: See who is attached: docker network inspect redis-server_app_net');
  });
});

test('a program that may not be run in the container must be told of its node, exit 1 and leave nothing', async () => {
  const text =
    'OCI runtime create failed: runc create failed: exec: "docker-entrypoint.sh": permission denied: unknown';
  const world = new MakingWorld(refusingStarts(text));
  const { code, stderr } = await up(world);
  expect([code, world.made]).toEqual([1, []]);
  expect(stderr).toContain('rmsx: master could not be started. ');
  expect(stderr).toContain(text);
});

describe('an endpoint that an engine kept from before', () => {
  const ghost = 'endpoint with name redis-server-master already exists in network redis-server_app_net';

  test.each([
    ['the engine does not know its container any more', { 'ep-1': { Name: 'redis-server-master', IPv4Address: '' } }],
    ['its container is gone', { gone: { Name: 'redis-server-master', IPv4Address: '172.19.0.10/24' } }],
    ['it is not even listed', {}],
  ])('must be taken away, by its name, and the node be started once more: %s', async (_, endpoints) => {
    for (const flags of [[], ['--ephemeral']]) {
      const world = new MakingWorld(refusingStarts(ghost, 1));
      world.endpoints = endpoints;
      const { code, stderr, requests } = await up(world, ...flags);
      expect([code, stderr]).toEqual([0, expect.stringContaining('told to forget it')]);
      const steps = requests.flatMap((request) => /^\w+ .*?(create|start|disconnect|DELETE)/.exec(request)?.[1] ?? []);
      expect(steps.slice(steps.indexOf('start'))).toEqual(['start', 'disconnect', 'create', 'start']);
    }
  });

  test('must not keep the node down where its first container takes its time to go', async () => {
    const refuseStart = refusingStarts(ghost, 1);
    let creates = 0;
    const world: MakingWorld = new MakingWorld((request, body) => {
      if (!request.includes('/create?name=redis-server-master')) return refuseStart(request, body);
      creates += 1;
      const inUse = 'Conflict. The container name "/redis-server-master" is already in use by container "con1".';
      return creates === 2 ? [409, inUse] : undefined;
    });
    const { code, stderr } = await up(world);
    expect([code, creates]).toEqual([0, 3]);
    expect(stderr).not.toContain('looking again');
  });

  test('must be told with the command that removes it where it does not go', async () => {
    const world = new MakingWorld(refusingStarts(ghost));
    const { code, stderr, requests } = await up(world);
    expect([code, world.made]).toEqual([5, []]);
    expect(requests.filter((request) => request.includes('/disconnect'))).toHaveLength(1);
    expect(stderr).toContain('hint: docker network disconnect -f redis-server_app_net redis-server-master');
  });

  test('must be left alone where its container is there', async () => {
    const world = new MakingWorld(refusingStarts(ghost));
    world.containers.push(listedContainer('renamed', { Id: 'alive' }) as { Id: string });
    world.endpoints = { alive: { Name: 'redis-server-master', IPv4Address: '172.19.0.99/24' } };
    const { code, requests } = await up(world);
    expect([code, world.made]).toEqual([5, []]);
    expect(requests.filter((request) => request.includes('/disconnect'))).toEqual([]);
  });
});

describe('a cluster that is there keeps what it has, so', () => {
  const own = record(cluster(0, { name: 'demo' }));
  const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
  const giveConf: Answer = (request, response) => {
    const [master] = own.cluster.nodes;
    if (request.method !== 'GET' || !request.url?.includes('/containers/id-master/archive') || !master) return false;
    void sendArchive(response, renderConf(own, master, 'top-secret-7', template));
    return true;
  };

  /** Starts a master that was stopped. */
  async function upAgain(text: string, ...flags: readonly string[]): Promise<RunAgainst> {
    const world = new MakingWorld(refusingStarts(text));
    const network = 'demo_app_net';
    const Labels = { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.run': 'earlier', 'rmsx.purpose': 'data' };
    const Networks = { [network]: { NetworkID: `id-of-${network}`, IPAMConfig: { IPv4Address: '172.19.0.10' } } };
    const stopped = { Id: 'id-master', Image: 'redis:8.0', State: 'exited', Labels, NetworkSettings: { Networks } };
    world.containers.push(listedContainer('demo-master', stopped) as { Id: string });
    world.networks.push(listedNetwork(network, '172.19.0.0/24', { Labels }) as never);
    world.volumes.push({ Name: 'demo-master-data', Labels });
    world.endpoints = { abc: { Name: 'guest', IPv4Address: '172.19.0.10/24' } };
    return runAgainst(world.behind(giveConf), ['up', '-n', 'demo', '--replicas', '0', ...flags]);
  }

  test('a port that somebody has taken must not be tried again, and the hint must be to move it', async () => {
    const { code, stderr, requests } = await upAgain(portTaken, '--base-port', 'auto');
    expect([code, requests.filter((request) => request.includes('/start')).length]).toEqual([5, 1]);
    expect(stderr).toContain('Port 6379 is taken by a process of this host.');
    expect(stderr).toContain('move the cluster to other ports: rmsx up --base-port 7379 -n demo\n');
    expect(stderr).not.toContain('auto');
  });

  test('an address that somebody has taken must not be left to --subnet auto', async () => {
    const { code, stderr } = await upAgain('Address already in use', '--subnet', 'auto');
    expect(code).toBe(5);
    expect(stderr).toContain('hint: docker network disconnect demo_app_net guest   or move it to another subnet: ');
  });
});
