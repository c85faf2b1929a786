import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import { runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import { listedContainer, listedNetwork, StubEngine, type StubWorld, sendJson } from '../helpers/stub-engine.ts';

/** The document of an error, checked against its schema. */
function errorIn(stdout: string): { readonly code: string; readonly exitCode: number; readonly message: string } {
  const document = JSON.parse(stdout);
  assertValid('error', document);
  return document.error;
}

const changes = [
  ['scale', '--replicas', '3'],
  ['add'],
  ['remove', 'slave-1'],
  ['move', 'slave-1', '--source', 'slave-2'],
];
const verbs = [
  ...[['up'], ['status'], ['ls'], ['env'], ['url'], ['down'], ['promote', 'slave-1']],
  ...[['start'], ['stop', 'slave-1'], ['restart'], ['gc']],
];

describe('an engine that cannot be used', () => {
  test.each([...verbs, ...changes])('%s without an engine must exit 6 and say where it looked', async (...args) => {
    const { code, stdout, stderr } = await runRmsx(args);
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toBe(
      'rmsx: The Docker engine at unix:///nonexistent/docker.sock (DOCKER_HOST) does not answer (ENOENT).\n' +
        'hint: Start it, or name another one with --docker-host or --docker-context. See what was tried: rmsx doctor\n',
    );
  });

  test('with --json the error must be the only thing on stdout', async () => {
    const { code, stdout } = await runRmsx(['status', '--json']);
    expect([code, errorIn(stdout)]).toMatchObject([6, { code: 'engine-unreachable', exitCode: 6 }]);
  });

  test('a socket that nobody serves must exit 6', async () => {
    const engine = await StubEngine.start();
    const { env } = engine;
    await engine.stop();
    expect(await runRmsx(['ls'], { env })).toMatchObject({ code: 6, stdout: '' });
  });

  test('a page in place of an answer must exit 6', async () => {
    const html = '<html><body>Sign in</body></html>';
    const { code, stdout, stderr } = await runAgainst(
      {
        answer: (_, response) => {
          response.writeHead(200, { 'content-type': 'text/html' }).end(html);
          return true;
        },
      },
      ['ls'],
    );
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([
      6,
      '',
      'rmsx: What answers in place of the Docker engine does not speak its language (list containers).',
    ]);
  });

  test('an engine that refuses us must exit 6', async () => {
    const refuse: StubWorld = {
      answer: (_, response) => {
        sendJson(response, 403, { message: 'authorization denied by plugin opa: no' });
        return true;
      },
    };
    expect(await runAgainst(refuse, ['ls'])).toMatchObject({ code: 6, stdout: '' });
  });

  test('an engine that fails must exit 1 with its own words', async () => {
    const fail: StubWorld = {
      answer: (_, response) => {
        sendJson(response, 500, { message: 'disk on fire' });
        return true;
      },
    };
    const { code, stderr } = await runAgainst(fail, ['ls']);
    const words = 'rmsx: The engine could not list containers: disk on fire\n';
    expect([code, stderr]).toEqual([1, `${words}hint: See how the engine is: rmsx doctor\n`]);
  });
});

describe('an engine that breaks off', () => {
  const broken = [...verbs, ['doctor'], ...changes];

  test.concurrent.each(broken)('in the middle of a list must be told, at once: %s', async (...args) => {
    const { code, stdout, stderr, durationMs } = await runAgainst(
      {
        answer: (_, response) => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
          response.write('[{"Id":"abc"');
          setImmediate(() => response.socket?.destroy());
          return true;
        },
      },
      args,
    );
    expect([code, durationMs < 10_000]).toEqual([6, true]);
    expect(stdout + stderr).toMatch(/does not answer \(ECONNRESET\)/);
  });

  test('before a word must exit 6', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rmsx-hang-'));
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(join(directory, 's'), resolve));
    const { code } = await runRmsx(['ls'], { env: { DOCKER_HOST: `unix://${join(directory, 's')}` } });
    server.close();
    rmSync(directory, { recursive: true, force: true });
    expect(code).toBe(6);
  });
});

describe('an engine that never answers must cost no more than --timeout', () => {
  test.concurrent.each([...verbs, ...changes])('%s', async (...args) => {
    const { code, stdout, stderr, durationMs } = await runAgainst({ answer: () => true }, [...args, '--timeout', '2s']);
    const [told, hint] = stderr.split('\n');
    expect([code, stdout, hint]).toEqual([124, '', 'hint: Allow more: --timeout 5m']);
    // On a slow machine the engine was asked so late that it is not to blame.
    expect(told).toMatch(/^rmsx: Out of time after 2 s(: the engine at \S+ has not answered for [12] s \(.+\))?\.$/);
    expect(durationMs).toBeLessThan(12_000);
  });

  test('doctor, which says which engine that is and who chose it', async () => {
    const args = ['doctor', '--timeout', '2s'];
    const { code, stdout, stderr, durationMs } = await runAgainst({ answer: () => true }, args);
    expect([code, stderr]).toEqual([6, '']);
    expect(stdout).toMatch(/^problem +The Docker engine at unix:\S+ \(DOCKER_HOST\) is silent\. Out of time after 2 s/);
    expect(stdout).toMatch(/^looked at:\n(.*\n)? *chosen +DOCKER_HOST +unix:/m);
    expect(durationMs).toBeLessThan(12_000);
  });
});

describe('what is not there', () => {
  test.each([
    ['status'],
    ['env'],
    ['url'],
    ['url', 'slave-1'],
    ['promote', 'slave-1'],
    ['start'],
    ['stop'],
    ['restart'],
  ])('%s of an unknown cluster must exit 4', async (...args) => {
    const { code, stdout, stderr, writes } = await runAgainst({}, [...args, '-n', 'demo']);
    expect([code, stdout, stderr, writes]).toEqual([
      4,
      '',
      'rmsx: There is no cluster called demo on this engine.\nhint: Make it: rmsx up -n demo   or see what is there: rmsx ls\n',
      [],
    ]);
  });

  test.each([
    [{ 'rmsx.run': 'x' }, 'The cluster demo is down; its data is kept (volumes: 1).', 'rmsx up -n demo'],
    [
      {},
      'The cluster demo was made by Docker Compose and is down; its data is kept (volumes: 1).',
      'where its compose.yaml lies: docker compose up -d',
    ],
  ])('a cluster of which only data is left must be told apart: %j', async (labels, message, hint) => {
    const own = { 'rmsx.cluster': 'demo', 'rmsx.purpose': 'data', ...labels };
    const volumes = [{ Name: 'demo-master-data', Labels: own }];
    const { code, stderr } = await runAgainst({ volumes }, ['status', '-n', 'demo']);
    expect([code, stderr]).toEqual([
      4,
      `rmsx: ${message}\nhint: Bring it back${hint.startsWith('rmsx') ? ': ' : ' '}${hint}\n`,
    ]);
  });

  test('data of Compose beside data of rmsx must be that of a cluster of Compose: up refuses to begin', async () => {
    const volumes = [{ 'rmsx.run': 'x' }, {}].map((labels, i) => ({
      Name: `volume-${i}`,
      Labels: { 'rmsx.cluster': 'demo', 'rmsx.purpose': 'data', ...labels },
    }));
    const { stderr } = await runAgainst({ volumes }, ['status', '-n', 'demo']);
    expect(stderr).toBe(
      'rmsx: The cluster demo was made by Docker Compose and is down; its data is kept (volumes: 1).\nhint: Bring it back where its compose.yaml lies: docker compose up -d\n',
    );
  });

  test.each([['down'], ['down', '--volumes'], ['down', '--all'], ['down', '--volumes', '--all', '-y']])(
    '%s where nothing is there must be success',
    async (...args) => {
      const { code, stdout, stderr, writes } = await runAgainst({}, args);
      expect([code, stdout, stderr, writes]).toEqual([0, '', 'nothing to remove\n', []]);
    },
  );

  test('down --json where nothing is there must be one valid document', async () => {
    const { code, stdout } = await runAgainst({}, ['down', '--json']);
    assertValid('down', JSON.parse(stdout));
    expect([code, JSON.parse(stdout).changed]).toEqual([0, false]);
  });

  test('ls of nothing must be an empty list', async () => {
    const { code, stdout } = await runAgainst({}, ['ls', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([0, { schemaVersion: 1, clusters: [] }]);
  });
});

describe('what is in the way must be named, and never be touched', () => {
  test.each<[string, StubWorld, string]>([
    [
      'a foreign container under our name',
      { containers: [listedContainer('redis-server-slave-1')] },
      'The name redis-server-slave-1 belongs to a container that rmsx did not make (f0f0f0f0f0f0, nginx:1, Up 2 minutes).',
    ],
    [
      'a network that overlaps',
      { networks: [listedNetwork('office', '172.19.0.0/16')] },
      'The subnet 172.19.0.0/24 overlaps with the network office (172.19.0.0/16), which no container uses.',
    ],
    [
      'a network under our name',
      { networks: [listedNetwork('redis-server_app_net', '172.19.0.0/24')] },
      'The network redis-server_app_net is there, and rmsx did not make it (id-of-redis-).',
    ],
    [
      'a port that another container publishes',
      {
        containers: [
          listedContainer('web', { Ports: [{ IP: '127.0.0.1', PrivatePort: 80, PublicPort: 6380, Type: 'tcp' }] }),
        ],
      },
      'Port 6380 of slave-1 is already published by the container web.',
    ],
  ])('%s', async (_, world, message) => {
    const { code, stdout, stderr, writes } = await runAgainst({ ...world, images: ['redis:8.0'] }, ['up']);
    expect([code, stdout, stderr.split('\n')[0], writes]).toEqual([5, '', `rmsx: ${message}`, []]);
  });

  describe('a subnet that the engine refuses, though no network is seen to overlap,', () => {
    const refused: string[] = [];
    const world = new MakingWorld((request) => {
      const [, subnet] = /^POST \/networks\/create\?.*"Subnet":"([^"]+)"/.exec(request) ?? [];
      if (subnet === undefined) return undefined;
      refused.push(subnet);
      return [403, 'invalid pool request: Pool overlaps with other one on this address space'];
    });

    test('must end with 5 and the way out where it was asked for', async () => {
      const { code, stderr } = await runAgainst(world, ['up', '--subnet', '172.30.9.0/24', '--ephemeral']);
      expect([code, stderr]).toEqual([5, expect.stringContaining('hint: Choose another one: --subnet 172.30.7.0/24')]);
    });

    test('must be chosen anew five times, and then end with 5, with --subnet auto', async () => {
      refused.length = 0;
      const { code } = await runAgainst(world, ['up', '--subnet', 'auto', '--ephemeral']);
      expect([code, refused.length, new Set(refused).size]).toEqual([5, 5, 5]);
    });
  });

  test('with --json it must be one valid document', async () => {
    const { code, stdout, writes } = await runAgainst({ networks: [listedNetwork('office', '172.19.0.0/16')] }, [
      'up',
      '--json',
    ]);
    expect([code, errorIn(stdout).code, writes]).toEqual([5, 'conflict', []]);
  });

  test('down must leave foreign containers alone, whatever they are called', async () => {
    const { code, writes } = await runAgainst({ containers: [listedContainer('redis-server-master')] }, [
      'down',
      '--volumes',
      '-y',
    ]);
    expect([code, writes]).toEqual([0, []]);
  });
});

describe('--dry-run', () => {
  test('must say what would be done, and do nothing', async () => {
    const { code, stdout, writes } = await runAgainst({ images: ['redis:8.0'] }, [
      'up',
      '--dry-run',
      '--replicas',
      '1',
    ]);
    expect([code, writes]).toEqual([0, []]);
    expect(stdout).toMatchInlineSnapshot(`
      "create network redis-server_app_net (172.19.0.0/24)  (it is not there)
      write the conf of master, slave-1  (new nodes)
      create container redis-server-master (172.19.0.10:6379)  (it is not there)
      start master  (it is new)
      give master a head start of 100 ms  (others follow it)
      create container redis-server-slave-1 (172.19.0.11:6380)  (it is not there)
      start slave-1  (it is new)
      remove what carried the conf  (it is done)
      "
    `);
  });

  test('as --json must be one valid document', async () => {
    const up = ['up', '--dry-run', '--json', '--subnet', '198.51.100.0/24']; // where no host has a route of its own
    const { code, stdout, stderr } = await runAgainst({ images: ['redis:8.0'] }, up);
    assertValid('plan', JSON.parse(stdout));
    expect([code, stderr]).toEqual([0, '']);
  });

  test('must never show the password', async () => {
    const env = { RMSX_PASSWORD: 'top-secret-7', DEBUG: '*' };
    const runs = await Promise.all([
      runAgainst({ images: ['redis:8.0'] }, ['up', '--dry-run', '-v'], env),
      runAgainst({ images: ['redis:8.0'] }, ['up', '--dry-run', '-v', '--json'], env),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain('top-secret-7');
  });

  test('of --isolated must choose another name each time, in a command of rmsx run as well, and what is free', async () => {
    const outer = { RMSX_NAME: 'outer' };
    const chosen = await Promise.all(
      [{}, outer].map((env) => isolatedName(['--isolated'], env)), // rmsx run tells its command which cluster it has
    );
    expect([chosen.every((name) => /^rmsx-[0-9a-f]{8}$/.test(name)), new Set(chosen).size]).toEqual([true, 2]);
    expect(await isolatedName([], { ...outer, RMSX_ISOLATED: 'true' })).toBe('outer');
  });
});

describe('colour', () => {
  test.each<Readonly<Record<string, string>>>([{}, { NO_COLOR: '1' }, { FORCE_COLOR: '1', NO_COLOR: '1' }])(
    'must not be in what is piped: %j',
    async (env) => {
      const { stdout, stderr } = await runAgainst(
        { networks: [listedNetwork('office', '172.19.0.0/16')] },
        ['up'],
        env,
      );
      expect(stdout + stderr).not.toContain('\u001b[');
    },
  );
});

async function isolatedName(flags: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await runAgainst({ images: ['redis:8.0'] }, ['up', '--dry-run', ...flags], env);
  return /create network (.+)_app_net \(172\.16\.\d+\.0\/24\)/.exec(stdout)?.[1] ?? stdout;
}
