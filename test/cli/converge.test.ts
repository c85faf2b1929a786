import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, listedNetwork, StubEngine } from '../helpers/stub-engine.ts';
import { StubRedis } from '../helpers/stub-redis.ts';
import { cluster, history, record } from '../helpers/values.ts';

const secret = 'top secret';
const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(1, { name: 'demo' }));
const network = 'demo_app_net';
const infos: Readonly<Record<string, string>> = {
  master: `redis_version:8.0.2\r\nrole:master\r\nmaster_replid:${history}\r\nmaster_repl_offset:1000\r\n`,
  'slave-1': `redis_version:8.0.2\r\nrole:slave\r\nmaster_host:172.19.0.10\r\nmaster_port:6379\r\nmaster_link_status:up\r\nslave_repl_offset:1000\r\nmaster_replid:${history}\r\n`,
};

const giveConf: Answer = (request, response) => {
  if (request.url?.includes('/logs?')) {
    response.writeHead(200).end(); // nothing yet
    return true;
  }
  const name = /\/containers\/id-([\w-]+)\/archive/.exec(request.url ?? '')?.[1];
  const node = own.cluster.nodes.find((known) => known.name === name);
  if (!node) return false;
  const files = renderConf(own, node, secret, template);
  void sendArchive(response, files);
  return true;
};

const servers: StubRedis[] = [];
const containers: object[] = [];
const networks = [
  listedNetwork(network, '172.19.0.0/24', { Labels: { 'rmsx.cluster': 'demo', 'rmsx.run': 'earlier' } }),
];
const volumes = Object.keys(infos).map((node) => ({
  Name: `demo-${node}-data`,
  Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': node, 'rmsx.run': 'earlier', 'rmsx.purpose': 'data' },
}));
const attached = { NetworkSettings: { Networks: { [network]: { NetworkID: `id-of-${network}` } } } };

beforeAll(async () => {
  for (const [i, [node, info]] of Object.entries(infos).entries()) {
    const server = await StubRedis.start(secret, () => info);
    servers.push(server);
    containers.push(
      listedContainer(`demo-${node}`, {
        Id: `id-${node}`,
        Image: 'redis:8.0',
        Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': node, 'rmsx.run': 'earlier' },
        Ports: [{ IP: '127.0.0.1', PrivatePort: 6379 + i, PublicPort: server.port, Type: 'tcp' }],
        ...attached,
      }),
    );
  }
});

afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

/** Runs it against that cluster, and tells what was asked for that changes something. */
async function run(line: string, others: readonly object[] = []): Promise<readonly [Run, readonly string[]]> {
  const world = { containers: [...containers, ...others], networks, volumes, images: ['redis:8.0'], answer: giveConf };
  await using engine = await StubEngine.start(world);
  return [await runRmsx([...line.split(' '), '-n', 'demo'], { env: engine.env }), engine.writes];
}

test('up --dry-run must say how a cluster comes to other addresses, and ask for nothing that changes anything', async () => {
  const [{ code, stdout, stderr }, writes] = await run('up --subnet 10.9.0.0/24 --base-port 4379 --dry-run');
  expect([code, stderr, writes]).toEqual([
    0,
    'warning: demo is down while it moves: nothing can be read or written\n',
    [],
  ]);
  expect(stdout.replaceAll(/ {2}\(.*/g, '')).toMatchInlineSnapshot(`
    "stop master
    stop slave-1
    remove container of master
    remove container of slave-1
    remove network demo_app_net
    write the conf of master, slave-1
    create network demo_app_net (10.9.0.0/24)
    create container demo-master (10.9.0.10:4379)
    start master
    give master a head start of 100 ms
    create container demo-slave-1 (10.9.0.11:4380)
    start slave-1
    remove what carried the conf
    "
  `);
  expect(stdout).toContain(
    'stop master  (subnet: 10.9.0.0/24 instead of 172.19.0.0/24, first port: 4379 instead of 6379)',
  );
});

test('up must ask for nothing that changes anything where somebody else is on the network that has to go', async () => {
  const guest = listedContainer('guest', attached);
  const [{ code, stderr }, writes] = await run('up --subnet 10.9.0.0/24', [guest]);
  expect([code, writes]).toEqual([5, []]);
  expect(stderr).toContain('guest is attached to it');
  expect(stderr).toContain(`hint: docker network disconnect ${network} guest`);
});

test('up --base-port auto must keep the ports that are there', async () => {
  const [{ code, stdout }, writes] = await run('up --base-port auto --subnet auto --dry-run');
  expect([code, stdout, writes]).toEqual([0, 'nothing to do\n', []]);
});

test('an image that running nodes are to get must be fetched before the first of them is touched, or refused', async () => {
  const [{ code, stdout }, writes] = await run('up --image redis:8.2 --dry-run');
  expect([code, stdout.split('\n')[0], writes]).toEqual([0, 'pull image redis:8.2  (it is not here)', []]);
  expect(stdout).toContain('make the container of slave-1 anew');
  const [never, nothing] = await run('up --image redis:8.2 --pull never');
  expect([never.code, nothing]).toEqual([9, []]);
});
