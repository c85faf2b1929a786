import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import { listedContainer, listedNetwork, StubEngine, type StubWorld } from '../helpers/stub-engine.ts';

interface Finding {
  readonly code: string;
  readonly level: string;
  readonly message: string;
  readonly next: string | null;
}

interface Seen {
  readonly code: number | null;
  readonly health: string;
  readonly engine: Readonly<Record<string, unknown>> | null;
  readonly considered: readonly { readonly place: string; readonly outcome: string }[];
  readonly findings: readonly Finding[];
}

async function see(env: Readonly<Record<string, string>>, args: readonly string[] = []): Promise<Seen> {
  const { code, stdout, stderr } = await runRmsx(['doctor', '--json', ...args], { env });
  expect(stderr).toBe('');
  const document = JSON.parse(stdout);
  assertValid('doctor', document);
  return { code, ...document };
}

async function seeWorld(world: StubWorld, args: readonly string[] = []): Promise<Seen> {
  await using engine = await StubEngine.start({ images: ['redis:8.0'], ...world });
  const seen = await see(engine.env, args);
  expect(engine.writes).toEqual([]);
  return seen;
}

const finding = ({ findings }: Seen, code: string): Finding | undefined => findings.find((own) => own.code === code);

describe('doctor', () => {
  test('must say what the engine is, and who chose it', async () => {
    const seen = await seeWorld({});
    expect(seen.engine).toMatchObject({
      chosenBy: 'DOCKER_HOST',
      isLocal: true,
      product: 'Docker Engine - Community',
      version: '28.3.0',
      apiVersion: '1.51',
      os: 'linux',
      arch: 'amd64',
      cgroupVersion: '2',
      storageDriver: 'overlay2',
      isRootless: false,
      isPodman: false,
      memoryBytes: 8 * 2 ** 30,
      cpus: 4,
    });
    expect(seen.considered[1]).toMatchObject({ place: 'DOCKER_HOST', outcome: 'chosen' });
    expect(finding(seen, 'engine')?.message).toMatch(
      /^Docker Engine - Community 28\.3\.0 \(API 1\.51\) answers at unix/,
    );
  });

  test.each<readonly [string, string, string, StubWorld, string]>([
    [
      'a subnet that is taken',
      'subnet',
      'problem',
      { networks: [listedNetwork('office', '172.19.0.0/16')] },
      'rmsx up --subnet auto',
    ],
    [
      'a port that is taken',
      'ports',
      'problem',
      {
        containers: [
          listedContainer('web', { Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 6380, Type: 'tcp' }] }),
        ],
      },
      'rmsx up --base-port auto',
    ],
    ['an image that is missing', 'image', 'warning', { images: [] }, 'docker pull redis:8.0'],
    ['an engine before 28', 'loopback-exposed', 'warning', { version: { Version: '20.10.24' } }, 'iptables -t raw'],
    ['Windows containers', 'platform', 'problem', { version: { Os: 'windows' } }, 'docker context ls'],
    [
      'Podman',
      'podman',
      'warning',
      { version: { Version: '5.2.0', Components: [{ Name: 'Podman Engine' }] } },
      'rmsx up --isolated',
    ],
    ['little memory', 'resources', 'warning', { info: { MemTotal: 512 * 2 ** 20 } }, '--set maxmemory'],
  ])('%s must be a finding with the next command', async (_, code, level, world, next) => {
    const seen = await seeWorld(world);
    expect(finding(seen, code)).toMatchObject({ level, next: expect.stringContaining(next) });
    if (level === 'problem') expect([seen.code, seen.health]).toEqual([3, 'degraded']);
  });

  test('a warning alone must not fail', async () => {
    const { code, health, findings } = await seeWorld({ images: [] });
    const problems = findings.filter(({ level }) => level === 'problem');
    expect([code, health]).toEqual(problems.length === 0 ? [0, 'usable'] : [3, 'degraded']);
  });

  test('a port on which a program of this machine listens must be named', async () => {
    const server = createServer();
    const isOurs = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)); // somebody else listens there: all the better
      server.listen(6381, '127.0.0.1', () => resolve(true));
    });
    const { code, findings } = await seeWorld({});
    if (isOurs) server.close();
    expect(code).toBe(3);
    expect(findings.find((own) => own.code === 'ports')?.message).toContain('6381 (a program of this machine)');
  });

  test('what the cluster holds itself must not be in its way', async () => {
    const own = { 'rmsx.cluster': 'demo', 'rmsx.node': 'master' };
    const ports = [{ IP: '127.0.0.1', PrivatePort: 6379, PublicPort: 6379, Type: 'tcp' }];
    const seen = await seeWorld(
      {
        containers: [listedContainer('demo-master', { Labels: own, Ports: ports })],
        networks: [listedNetwork('demo_app_net', '172.19.0.0/24', { Labels: own })],
      },
      ['-n', 'demo'],
    );
    expect(finding(seen, 'ports')?.message).not.toContain('6379 (the container');
    expect(finding(seen, 'subnet')?.message).not.toContain('demo_app_net');
  });

  test('for people it must be a line for each finding', async () => {
    await using engine = await StubEngine.start({ networks: [listedNetwork('office', '172.19.0.0/16')] });
    const { code, stdout } = await runRmsx(['doctor'], { env: engine.env });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^ok {7}Docker Engine - Community 28\.3\.0/);
    expect(stdout).toMatch(
      /\nproblem {2}The default subnet 172\.19\.0\.0\/24 overlaps with the network office .*\n {9}next: rmsx up --subnet auto\n/,
    );
    expect(stdout).toMatch(/\nlooked at:\n {2}chosen +DOCKER_HOST +unix:/);
  });
});

describe('doctor without an engine must exit 6 with all that was tried', () => {
  test('where nobody serves the socket that was chosen', async () => {
    const home = mkdtempSync(join(tmpdir(), 'rmsx-home-'));
    const seen = await see({ HOME: home, XDG_RUNTIME_DIR: join(home, 'run') });
    rmSync(home, { recursive: true });
    expect([seen.code, seen.health, seen.engine]).toEqual([6, 'unusable', null]);
    expect(seen.findings).toMatchObject([
      {
        code: 'engine-unreachable',
        level: 'problem',
        message: 'The Docker engine at unix:///nonexistent/docker.sock (DOCKER_HOST) does not answer (ENOENT).',
        next: expect.stringContaining('--docker-context'),
      },
    ]);
    const places = seen.considered.map(({ place }) => place.replace(home, '~'));
    expect(places).toEqual([
      '--docker-host, --docker-context',
      'DOCKER_HOST',
      'DOCKER_CONTEXT',
      'the current docker context',
      '/var/run/docker.sock (Docker)',
      '~/.docker/run/docker.sock (Docker Desktop)',
      '~/.docker/desktop/docker.sock (Docker Desktop)',
      '~/.colima/default/docker.sock (Colima)',
      '~/.rd/docker.sock (Rancher Desktop)',
      '~/.orbstack/run/docker.sock (OrbStack)',
      '~/run/docker.sock (rootless Docker)',
      '~/run/podman/podman.sock (rootless Podman)',
      '/run/podman/podman.sock (Podman)',
    ]);
  });

  test('where the context is not there', async () => {
    const seen = await see({ DOCKER_HOST: '', DOCKER_CONTEXT: 'nope' });
    expect([seen.code, seen.findings[0]]).toMatchObject([6, { next: 'See which there are: docker context ls' }]);
  });

  test('where it is too old', async () => {
    const seen = await seeWorld({ apiVersion: '1.24' });
    expect([seen.code, seen.findings[0]?.code]).toEqual([6, 'engine-refused']);
  });

  test('where a page answers in its place', async () => {
    await using engine = await StubEngine.start({
      answer: (_, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
        return true;
      },
    });
    expect((await see(engine.env)).code).toBe(6);
  });

  test('wrong usage must stay wrong usage', async () => {
    const { code, stdout } = await runRmsx(['doctor', '--json', '--docker-host', '/x'], {});
    assertValid('error', JSON.parse(stdout));
    expect(code).toBe(2);
  });
});
