import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterRecord } from '../../src/domain/record.ts';
import { renderConf } from '../../src/render/conf-files.ts';
import { MakingWorld } from '../helpers/making-world.ts';
import { type Run, type RunOptions, runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, listedNetwork, StubEngine } from '../helpers/stub-engine.ts';
import { StubRedis } from '../helpers/stub-redis.ts';
import { cluster, history, node, record } from '../helpers/values.ts';

const secret = "top secret '7'";
const encoded = 'top%20secret%20%277%27';
const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own: ClusterRecord = record(cluster(1, { name: 'demo' }));
const infos: Readonly<Record<string, string>> = {
  master: `redis_version:8.0.2\r\nrole:master\r\nmaster_replid:${history}\r\nmaster_repl_offset:1000\r\nslave0:ip=172.19.0.11,port=6380,state=online,offset=1000,lag=0\r\n`,
  'slave-1': `redis_version:8.0.2\r\nrole:slave\r\nmaster_host:172.19.0.10\r\nmaster_port:6379\r\nmaster_link_status:up\r\nslave_repl_offset:1000\r\nmaster_replid:${history}\r\n`,
};

const listed = (name: string, changes: object = {}): object =>
  listedContainer(`demo-${name}`, {
    Id: `id-${name}`,
    Image: 'redis:8.0',
    Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': name, 'rmsx.topology': 'star' },
    ...changes,
  });

let engine: StubEngine;
const servers: StubRedis[] = [];

/** Gives the conf directory of a node, as the engine does, and a log without a word. */
const giveConf: Answer = (request, response) => {
  if (request.url?.includes('/logs?')) return void response.end() === undefined;
  const name = /\/containers\/id-([\w-]+)\/archive/.exec(request.url ?? '')?.[1];
  if (name === undefined) return false;
  const files = renderConf(own, node(name, name === 'master' ? null : 'master'), secret, template);
  void sendArchive(response, files);
  return true;
};

beforeAll(async () => {
  for (const info of Object.values(infos)) servers.push(await StubRedis.start(secret, () => info));
  const containers = Object.keys(infos).map((name, i) =>
    listed(name, {
      Ports: [{ IP: '127.0.0.1', PrivatePort: 6379 + i, PublicPort: servers[i]?.port, Type: 'tcp' }],
    }),
  );
  engine = await StubEngine.start({ containers, answer: giveConf });
});

afterAll(async () => {
  await engine.stop();
  for (const server of servers) await server[Symbol.asyncDispose]();
});

const run = (line: string, env: Readonly<Record<string, string>> = {}): Promise<Run> =>
  runRmsx([...line.split(' '), '-n', 'demo'], { env: { ...engine.env, ...env } });
const port = (index: number): number => servers[index]?.port ?? 0;
const url = (index: number): string => `redis://:${encoded}@127.0.0.1:${port(index)}`;

describe('status', () => {
  test('of a healthy cluster must exit 0, with a table', async () => {
    const { code, stdout, stderr } = await run('status');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replaceAll(/\b\d{5}\b/g, 'PORT ')).toMatchInlineSnapshot(`
      "demo  star  redis:8.0  172.19.0.0/24  healthy
      NODE     ROLE     STATE    SOURCE  ADDRESS           PORT   LINK  LAG B  LAG S  OFFSET  VERSION
      master   master   running  -       172.19.0.10:6379  PORT   -     -      -      1000    8.0.2
      slave-1  replica  running  master  172.19.0.11:6380  PORT   up    0      0      1000    8.0.2
      "
    `);
  });

  test('must be a valid document with --json, and the same one as YAML', async () => {
    const [json, yaml] = await Promise.all([run('status --json'), run('status --format yaml')]);
    assertValid('status', JSON.parse(json.stdout));
    expect([json.code, json.stderr, yaml.code]).toEqual([0, '', 0]);
    expect(yaml.stdout).toMatch(/^schemaVersion: 1\ncluster:\n {2}name: demo\n/);
  });

  test.each(['status', 'status --json', 'status -v', 'ls -v'])('%s must never print the password', async (line) => {
    const { code, stdout, stderr } = await run(line, { DEBUG: '*', NODE_DEBUG: 'net,http' });
    expect(code).toBe(0);
    expect([secret, encoded].filter((text) => (stdout + stderr).includes(text))).toEqual([]);
  });
});

describe('topology', () => {
  test('must draw a tree, with lines that the terminal can show', async () => {
    const [utf8, ascii] = await Promise.all([run('topology', { LANG: 'C.UTF-8' }), run('topology', { LANG: 'C' })]);
    expect([utf8.code, utf8.stderr]).toEqual([0, '']);
    expect(utf8.stdout).toMatch(
      /^demo {2}star {2}healthy\nNODE .*\nmaster +master .*\n└─ slave-1 +replica .* up +0 +0\n$/,
    );
    expect(ascii.stdout).toBe(utf8.stdout.replace('└─', '`-'));
  });

  test('must print one valid document with --json, RMSX_JSON and --format json', async () => {
    const runs = await Promise.all([
      run('topology --json'),
      run('topology', { RMSX_JSON: '1' }),
      run('topology --format json'),
    ]);
    for (const { code, stdout, stderr } of runs) {
      expect([code, stderr]).toEqual([0, '']);
      assertValid('topology', JSON.parse(stdout));
    }
  });

  test.each([
    ['mermaid', /^flowchart TD\n/],
    ['dot', /^digraph "demo" \{\n/],
    ['yaml', /^schemaVersion: 1\n/],
  ])('must print %s', async (format, text) => {
    const { code, stdout } = await run(`topology --format ${format}`);
    expect([code, stdout]).toEqual([0, expect.stringMatching(text)]);
  });

  test('of a cluster that is not there must exit 4', async () => {
    const { code, stdout } = await runRmsx(['topology', '-n', 'nobody'], { env: engine.env });
    expect([code, stdout]).toEqual([4, '']);
  });
});

test.each<[string, string, string | undefined]>([
  ['has another password', 'another word', undefined],
  ['asks nobody for it', secret, '+PONG'],
  ['repeats what it is told', secret, `-ERR unknown command 'AUTH', with args: '${secret}'`],
])('a server that %s must be told without any password', async (_, password, stranger) => {
  await using server = await StubRedis.start(password, () => '', stranger);
  const Ports = [{ IP: '127.0.0.1', PrivatePort: 6379, PublicPort: server.port, Type: 'tcp' }];
  await using world = await StubEngine.start({ containers: [listed('master', { Ports })], answer: giveConf });
  const env = { ...world.env, DEBUG: '*' };
  const { code, stdout, stderr } = await runRmsx(['status', '-n', 'demo', '-v', '--json'], { env });
  assertValid('status', JSON.parse(stdout));
  const base64 = Buffer.from(secret).toString('base64');
  const told = [secret, encoded, base64, 'another word'].filter((text) => (stdout + stderr).includes(text));
  expect([code, told]).toEqual([3, []]);
});

describe('stop must not believe that a server has stopped', () => {
  const stop = async (status: number): Promise<readonly [number | null, unknown]> => {
    const world = new MakingWorld((request) =>
      request.startsWith('POST /containers/id-master/stop') ? [status, 'page not found'] : undefined,
    );
    world.containers.push(...([listed('master'), listed('slave-1', { State: 'exited' })] as { Id: string }[]));
    const answer: Answer = (request, response) => giveConf(request, response) || world.answer(request, response);
    await using stub = await StubEngine.start({ containers: world.containers, images: world.images, answer });
    const { code, stdout } = await runRmsx(['stop', '-n', 'demo', '--json'], { env: stub.env });
    return [code, JSON.parse(stdout)];
  };
  const failing = (text: string): unknown => [1, { error: { message: expect.stringContaining(text) } }];

  test('where something in front of the engine does not know the way', async () => {
    expect(await stop(404)).toMatchObject(failing('page not found') as object);
  });

  test.each([304, 204])('that still runs (%i)', async (status) => {
    expect(await stop(status)).toMatchObject(failing('still run: master') as object);
  });
});

test.each<[string, readonly object[], object]>([
  ['all nodes run', [listed('master'), listed('slave-1')], { state: 'running', nodes: 2, running: 2 }],
  ['a node has no container', [listed('master')], { state: 'partial', nodes: 2, running: 1 }],
  [
    'one is stopped',
    [listed('master'), listed('slave-1', { State: 'exited' })],
    { state: 'partial', nodes: 2, running: 1 },
  ],
  ['the only one is stopped', [listed('slave-1', { State: 'exited' })], { state: 'stopped', nodes: 2, running: 0 }],
  [
    'one is of no record',
    [listed('master'), listed('slave-1'), listed('slave-2', { State: 'exited' })],
    { state: 'partial', nodes: 3, running: 2 },
  ],
])('ls must count the nodes of the record: %s', async (_, containers, expected) => {
  await using world = await StubEngine.start({ containers, answer: giveConf });
  const { code, stdout } = await runRmsx(['ls', '--json'], { env: world.env });
  const document = JSON.parse(stdout) as { clusters: readonly object[] };
  assertValid('ls', document);
  expect([code, document.clusters]).toEqual([0, [expect.objectContaining({ name: 'demo', ...expected })]]);
});

test('up of a cluster of Compose must tell of data that down kept, and leave it and its record alone', async () => {
  const labels = { 'rmsx.cluster': 'demo', 'rmsx.run': 'earlier' };
  const volumes = ['data', 'conf'].map((purpose) => ({
    Name: `demo-slave-2-${purpose}`,
    Labels: { ...labels, 'rmsx.node': 'slave-2', 'rmsx.purpose': purpose },
  }));
  const containers = ['master', 'slave-1'].map((name) =>
    listedContainer(`demo-${name}`, {
      Id: `id-${name}`,
      Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': name, 'com.docker.compose.project': 'demo' },
    }),
  );
  const network = listedNetwork('demo_app_net', '172.19.0.0/24', { Labels: { 'rmsx.cluster': 'demo' } });
  await using world = await StubEngine.start({ containers, volumes, networks: [network], answer: giveConf });
  const { code, stdout, stderr } = await runRmsx(['up', '-n', 'demo', '--dry-run'], { env: world.env });
  expect([code, stdout, world.writes]).toEqual([0, 'nothing to do\n', []]);
  expect(stderr).toContain('their data is kept and not used');
  expect(stderr).toContain('docker volume rm demo-slave-2-data demo-slave-2-conf');
});

describe('ls', () => {
  const namesListed = async (flags: readonly string[], options: RunOptions = {}): Promise<readonly string[]> => {
    const other = listed('other', { Labels: { 'rmsx.cluster': 'other', 'rmsx.node': 'master' } });
    await using world = await StubEngine.start({ containers: [listed('master'), other], answer: giveConf });
    const env = { ...world.env, ...options.env };
    const { code, stdout } = await runRmsx(['ls', '--json', ...flags], { ...options, env });
    expect(code).toBe(0);
    return (JSON.parse(stdout) as { clusters: readonly { name: string }[] }).clusters.map(({ name }) => name);
  };

  test('must list every cluster, whatever the environment and rmsx.yaml say', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'rmsx-ls-'));
    try {
      writeFileSync(join(cwd, 'rmsx.yaml'), 'apiVersion: rmsx/v1\nname: demo\n');
      expect(await namesListed([], { cwd, env: { RMSX_NAME: 'demo' } })).toEqual(['demo', 'other']);
      expect(await namesListed([], { cwd })).toEqual(['demo', 'other']);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  test('-n must list that cluster and no other, and nothing where it is not there', async () => {
    expect(await namesListed(['-n', 'demo'])).toEqual(['demo']);
    expect(await namesListed(['-n', 'other'], { env: { RMSX_NAME: 'demo' } })).toEqual(['other']);
    expect(await namesListed(['-n', 'gone'])).toEqual([]);
    const { code, stdout, stderr } = await runRmsx(['ls', '-n', 'gone'], { env: engine.env });
    expect([code, stdout, stderr]).toEqual([
      0,
      'NAME  STATE  NODES  TOPOLOGY  IMAGE  SUBNET  CREATED\n',
      'no cluster on this engine is called gone\n',
    ]);
  });
});

describe('env', () => {
  test.each([
    ['', `export REDIS_PASSWORD='top secret '\\''7'\\'''\n`],
    ['--format shell', `export REDIS_PASSWORD='top secret '\\''7'\\'''\n`],
    ['--format dotenv', `REDIS_PASSWORD=\`${secret}\`\n`],
    ['--format github', `REDIS_PASSWORD=${secret}\n`],
  ])('%s must print variables and nothing else', async (flags, line) => {
    const { code, stdout, stderr } = await run(`env ${flags}`.trim());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(line);
  });

  test('--json must be one valid document that names literal addresses', async () => {
    const { code, stdout } = await run('env --json');
    const document = JSON.parse(stdout);
    assertValid('env', document);
    expect([code, document]).toEqual([
      0,
      {
        schemaVersion: 1,
        REDIS_URL: url(0),
        REDIS_HOST: '127.0.0.1',
        REDIS_PORT: String(port(0)),
        REDIS_PASSWORD: secret,
        REDIS_MASTER_URL: url(0),
        REDIS_REPLICA_URLS: url(1),
        REDIS_SENTINELS: '',
        REDIS_SENTINEL_MASTER_NAME: '',
        RMSX_NAME: 'demo',
      },
    ]);
  });
});

describe('url', () => {
  test.each([
    ['url', () => `${url(0)}\n`],
    ['url master', () => `${url(0)}\n`],
    ['url slave-1', () => `${url(1)}\n`],
    ['url replica-1', () => `${url(1)}\n`],
    ['url --role replica', () => `${url(1)}\n`],
  ])('%s', async (line, expected) => {
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout, stderr]).toEqual([0, expected(), '']);
  });

  test.each(['url slave-9', 'promote slave-9', 'stop slave-9', 'start slave-9', 'restart master slave-9'])(
    '%s must exit 4 and name the nodes there are',
    async (line) => {
      const { code, stdout, stderr } = await run(line);
      expect([code, stdout, stderr]).toEqual([
        4,
        '',
        'rmsx: The cluster demo has no node called slave-9.\nhint: Its nodes are: master, slave-1\n',
      ]);
    },
  );
});

test('promote while the master is alive must exit 7, change nothing, and name switchover', async () => {
  const { code, stdout, stderr } = await run('promote slave-1');
  expect([code, stdout, engine.writes]).toEqual([7, '', []]);
  expect(stderr).toMatchInlineSnapshot(`
    "rmsx: master is alive: it answers as the master, at offset 1000.
    hint: To rehearse its death: rmsx fault kill master -n demo
          To hand over without losing a write: rmsx switchover slave-1 -n demo
          To end it, and lose what only it has: rmsx promote slave-1 --force -n demo
    "
  `);
});

describe('stop, start and restart', () => {
  test.each<[string, string]>([
    ['stop --dry-run', 'stop master  (it is running)\nstop slave-1  (it is running)\n'],
    ['stop replica-1 --dry-run', 'stop slave-1  (it is running)\n'],
    ['start --dry-run', 'nothing to do\n'],
    [
      'restart slave-1 --dry-run',
      'stop slave-1  (it is running)\nstart slave-1  (it ran before)\nwait until slave-1 is back in replication  (one after the other)\n',
    ],
  ])('%s must say what would be done, and do nothing', async (line, text) => {
    const { code, stdout } = await run(line);
    expect([code, stdout, engine.writes]).toEqual([0, text, []]);
  });

  test.each(['stop', 'start', 'restart'])('%s --dry-run --json must be one valid document', async (verb) => {
    const { code, stdout } = await run(`${verb} --dry-run --json`);
    assertValid('lifecycle', JSON.parse(stdout));
    expect([code, JSON.parse(stdout).nodes]).toEqual([
      0,
      [
        { name: 'master', role: 'master', source: null, state: 'running', onNetwork: true },
        { name: 'slave-1', role: 'replica', source: 'master', state: 'running', onNetwork: true },
      ],
    ]);
  });

  test('stop of the master alone must tell what that means', async () => {
    const { stderr } = await run('stop master --dry-run');
    expect(stderr).toMatchInlineSnapshot(`
      "warning: master was the master: nothing can be written; slave-1 can be read, and stays as it is
      hint: Bring it back: rmsx start master -n demo   or let a replica take over: rmsx promote slave-1 -n demo
      "
    `);
  });

  test('start where all run must change nothing and need no lock', async () => {
    const { code, stderr } = await run('start --no-wait');
    expect([code, stderr, engine.writes]).toEqual([
      0,
      'it is like that already: nothing changed\nnext: rmsx status -n demo\n',
      [],
    ]);
  });
});
