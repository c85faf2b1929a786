import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeContext } from '../helpers/docker-context.ts';
import { runRmsx } from '../helpers/run-rmsx.ts';
import { StubEngine, sendJson } from '../helpers/stub-engine.ts';

let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'rmsx-home-'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const nobody = { DOCKER_HOST: 'unix:///nonexistent/docker.sock', DOCKER_CONTEXT: 'nope' };

describe('the engine of a run must be the one that was named', () => {
  test.each<readonly [string, (socket: string) => readonly string[], (socket: string) => Record<string, string>]>([
    ['--docker-host', (socket) => ['--docker-host', `unix://${socket}`], () => nobody],
    ['--docker-host before the verb', (socket) => [`--docker-host=unix://${socket}`], () => nobody],
    ['RMSX_DOCKER_HOST', () => [], (socket) => ({ ...nobody, RMSX_DOCKER_HOST: `unix://${socket}` })],
    ['--docker-context', () => ['--docker-context', 'mine'], () => nobody],
    ['RMSX_DOCKER_CONTEXT', () => [], () => ({ ...nobody, RMSX_DOCKER_CONTEXT: 'mine' })],
    ['DOCKER_HOST', () => [], (socket) => ({ DOCKER_HOST: `unix://${socket}`, DOCKER_CONTEXT: 'nope' })],
    ['DOCKER_CONTEXT', () => [], () => ({ DOCKER_HOST: '', DOCKER_CONTEXT: 'mine' })],
    ['the current context', () => [], () => ({ DOCKER_HOST: '' })],
  ])('by %s', async (name, args, env) => {
    await using engine = await StubEngine.start();
    makeContext(home, 'mine', engine.env.DOCKER_HOST);
    const line = name.endsWith('verb') ? [...args(engine.socketPath), 'ls'] : ['ls', ...args(engine.socketPath)];
    const { code, stderr } = await runRmsx(line, { env: { HOME: home, ...env(engine.socketPath) } });
    expect([code, stderr, engine.requests.length > 0]).toEqual([0, '', true]);
  });

  test('an address in the process that is garbage must not matter to one that is not asked for it', async () => {
    await using engine = await StubEngine.start();
    const env = { DOCKER_HOST: 'tcp://[garbage', DOCKER_CERT_PATH: '/nonexistent', DOCKER_CLIENT_TIMEOUT: '1' };
    const { code, stderr } = await runRmsx(['ls', '--docker-host', engine.env.DOCKER_HOST], { env });
    expect([code, stderr]).toEqual([0, '']);
  });
});

test.each(['127.0.0.1', '[::1]', 'localhost'])('plain TCP to this machine must work: %s', async (host) => {
  await using engine = await StubEngine.start();
  const server = createServer((socket) => socket.pipe(connect(engine.socketPath)).pipe(socket));
  const hears = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)); // a machine without IPv6
    server.listen(0, host === '[::1]' ? '::1' : '127.0.0.1', () => resolve(true));
  });
  if (!hears) return;
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runRmsx(['ls'], { env: { DOCKER_HOST: `tcp://${host}:${port}` } });
  server.close();
  expect([code, stderr]).toEqual([0, '']);
});

describe('a choice that fails must be told, and no other engine may be asked', () => {
  test.each<readonly [string, Record<string, string>, readonly string[], number, string]>([
    [
      'a socket',
      { DOCKER_HOST: 'unix:///nonexistent/x.sock' },
      [],
      6,
      'unix:///nonexistent/x.sock (DOCKER_HOST) does not answer (ENOENT)',
    ],
    [
      'a port',
      { DOCKER_HOST: 'tcp://127.0.0.1:1' },
      [],
      6,
      'tcp://127.0.0.1:1 (DOCKER_HOST) does not answer (ECONNREFUSED)',
    ],
    [
      'a name',
      { DOCKER_HOST: 'tcp://no.invalid:1' },
      ['--insecure-engine'],
      6,
      'tcp://no.invalid:1 (DOCKER_HOST) does not answer (E',
    ],
    [
      'a flag',
      {},
      ['--docker-host', 'unix:///nonexistent/x.sock'],
      6,
      'unix:///nonexistent/x.sock (--docker-host) does not answer',
    ],
    [
      'a flag in the environment',
      { RMSX_DOCKER_HOST: 'unix:///nonexistent/x.sock' },
      [],
      6,
      '(RMSX_DOCKER_HOST) does not answer',
    ],
    ['a context', { DOCKER_CONTEXT: 'nope' }, [], 6, 'There is no docker context "nope", from DOCKER_CONTEXT.'],
    [
      'a context by flag',
      {},
      ['--docker-context', 'nope'],
      6,
      'There is no docker context "nope", from --docker-context.',
    ],
    [
      'fd://',
      { DOCKER_HOST: 'fd://' },
      [],
      2,
      'The engine address "fd://" (DOCKER_HOST) begins with fd://, which reaches no engine.',
    ],
    ['a bare path', {}, ['--docker-host', '/x.sock'], 2, 'The engine address "/x.sock" (--docker-host) has no scheme.'],
    ['a pipe of Windows', { DOCKER_HOST: 'npipe:////./pipe/docker_engine' }, [], 2, 'is a named pipe of Windows'],
    ['an option in place of a host', { DOCKER_HOST: 'ssh://-oProxyCommand=x' }, [], 2, 'has no host that can be used'],
    [
      'two flags',
      {},
      ['--docker-host', 'unix:///a', '--docker-context', 'b'],
      2,
      '--docker-host and --docker-context both name an engine',
    ],
    [
      'a flag and the environment of another one',
      { RMSX_DOCKER_CONTEXT: 'b' },
      ['--docker-host', 'unix:///a'],
      2,
      '--docker-host and RMSX_DOCKER_CONTEXT both name an engine',
    ],
  ])('%s', async (_, env, args, exitCode, message) => {
    await using fallback = await StubEngine.start();
    makeContext(home, 'fallback', fallback.env.DOCKER_HOST);
    const run = await runRmsx(['ls', ...args], { env: { HOME: home, DOCKER_HOST: '', ...env } });
    expect([run.code, run.stdout, fallback.connections]).toEqual([exitCode, '', 0]);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain('\nhint: ');
  });
});

describe('the version of the API', () => {
  test.each([
    ['1.43', 'v1.43'],
    ['1.41', 'v1.41'],
    ['1.51', 'v1.51'],
    ['1.56', 'v1.51'],
    ['2.0', 'v1.51'],
  ])('must follow from the first reply, without a request of its own: %s', async (apiVersion, named) => {
    await using engine = await StubEngine.start({ apiVersion, images: ['redis:8.0'] });
    const { code } = await runRmsx(['up', '--pull', 'always', '--isolated', '--timeout', '5s'], { env: engine.env });
    expect(code).not.toBe(0); // it makes nothing
    expect(engine.requests.filter((request) => /_ping|\/version/.test(request))).toEqual([]);
    const first = engine.versions.findIndex((version) => version !== '');
    expect([first > 0, new Set(engine.versions.slice(first))]).toEqual([true, new Set([named])]);
  });

  test.each(['1.24', '1.39', '0.9'])('%s must exit 6: too old', async (apiVersion) => {
    await using engine = await StubEngine.start({ apiVersion });
    const { code, stderr, stdout } = await runRmsx(['up'], { env: engine.env });
    expect([code, stdout, stderr.split('\n')[0], engine.writes]).toEqual([
      6,
      '',
      `rmsx: The Docker engine at ${engine.env.DOCKER_HOST} (DOCKER_HOST) speaks the API up to ${apiVersion}, and rmsx needs 1.40.`,
      [],
    ]);
  });

  test.each(['1.40', '1.100'])('%s must be new enough', async (apiVersion) => {
    await using engine = await StubEngine.start({ apiVersion });
    expect(await runRmsx(['ls'], { env: engine.env })).toMatchObject({ code: 0 });
  });

  test.each(['old. Minimum supported API version is 1.60', 'new. Maximum supported API version is 1.30'])(
    'an engine that finds us too %s must exit 6',
    async (rest) => {
      const message = `client version 1.51 is too ${rest}, please upgrade your client to a newer version`;
      await using engine = await StubEngine.start({
        answer: (_, response) => {
          sendJson(response, 400, { message });
          return true;
        },
      });
      const { code, stderr } = await runRmsx(['ls'], { env: engine.env });
      expect([code, stderr]).toEqual([
        6,
        expect.stringContaining('hint: Update rmsx or the engine, whichever is older.'),
      ]);
    },
  );
});
