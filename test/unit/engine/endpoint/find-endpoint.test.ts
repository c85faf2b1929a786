import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { considerAll } from '../../../../src/engine/endpoint/considered.ts';
import type { EngineChoice } from '../../../../src/engine/endpoint/endpoint.ts';
import { findEndpoint } from '../../../../src/engine/endpoint/find-endpoint.ts';
import { knownSockets } from '../../../../src/engine/endpoint/known-sockets.ts';
import { rejectionOf } from '../../../helpers/error-of.ts';

let home = '';
const servers: Server[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rmsx-home-'));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

/** A file below the home directory. */
function put(path: string, content = ''): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content);
}

/** A socket below the home directory that somebody serves, or that its server has left behind. */
async function socket(path: string, state: 'alive' | 'stale'): Promise<void> {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  if (state === 'stale') return put(path); // connecting to a plain file is refused in the same way
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(home, path), resolve));
}

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

function context(name: string, host: string, docker: object = {}): void {
  const meta = { Name: name, Endpoints: { docker: { Host: host, ...docker } } };
  put(`.docker/contexts/meta/${idOf(name)}/meta.json`, JSON.stringify(meta));
}

const use = (config: string): void => put('.docker/config.json', config);

/** Where engines listen by themselves, but for those outside of the home directory: this machine may have one. */
const socketsIn = (env: NodeJS.ProcessEnv): ReturnType<typeof knownSockets> =>
  knownSockets(env).map((known) =>
    known.path.startsWith(home) ? known : { ...known, path: join(home, 'root', known.path) },
  );

async function warningsOf(env: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  const all = { HOME: home, ...env };
  const { warnings } = await findEndpoint({}, all, socketsIn(all));
  return warnings.map((text) => text.replaceAll(home, '~'));
}

async function find(env: NodeJS.ProcessEnv = {}, choice: EngineChoice = {}): Promise<string> {
  const all = { HOME: home, ...env };
  const { url, from } = await findEndpoint(choice, all, socketsIn(all));
  return `${url} <- ${from}`.replaceAll(home, '~');
}

/** Layouts: what is there, the environment, the flags, and the engine that must be taken. */
const layouts: readonly (readonly [string, () => unknown, NodeJS.ProcessEnv, EngineChoice, string])[] = [
  ['nothing at all', () => undefined, {}, {}, 'unix:///var/run/docker.sock <- the default'],
  [
    'Docker',
    () => socket('root/var/run/docker.sock', 'alive'),
    {},
    {},
    'unix://~/root/var/run/docker.sock <- the default',
  ],
  [
    'Docker Desktop',
    () => socket('.docker/run/docker.sock', 'alive'),
    {},
    {},
    'unix://~/.docker/run/docker.sock <- the default',
  ],
  [
    'Docker Desktop on Linux',
    () => socket('.docker/desktop/docker.sock', 'alive'),
    {},
    {},
    'unix://~/.docker/desktop/docker.sock <- the default',
  ],
  [
    'Colima',
    () => socket('.colima/default/docker.sock', 'alive'),
    {},
    {},
    'unix://~/.colima/default/docker.sock <- the default',
  ],
  ['Rancher Desktop', () => socket('.rd/docker.sock', 'alive'), {}, {}, 'unix://~/.rd/docker.sock <- the default'],
  [
    'OrbStack',
    () => socket('.orbstack/run/docker.sock', 'alive'),
    {},
    {},
    'unix://~/.orbstack/run/docker.sock <- the default',
  ],
  [
    'Podman',
    () => socket('root/run/podman/podman.sock', 'alive'),
    {},
    {},
    'unix://~/root/run/podman/podman.sock <- the default',
  ],
  [
    'a stale socket of Docker and a living one of Colima',
    async () => {
      await socket('root/var/run/docker.sock', 'stale');
      await socket('.colima/default/docker.sock', 'alive');
    },
    {},
    {},
    'unix://~/.colima/default/docker.sock <- the default',
  ],
  [
    'two living sockets',
    async () => {
      await socket('root/var/run/docker.sock', 'alive');
      await socket('.docker/run/docker.sock', 'alive');
    },
    {},
    {},
    'unix://~/root/var/run/docker.sock <- the default',
  ],
  [
    'stale sockets alone',
    async () => {
      await socket('.docker/run/docker.sock', 'stale');
      await socket('.rd/docker.sock', 'stale');
    },
    {},
    {},
    'unix://~/.docker/run/docker.sock <- the default',
  ],
  [
    'a link to nowhere where Docker listens, as Docker Desktop leaves it behind',
    async () => {
      mkdirSync(join(home, 'root/var/run'), { recursive: true });
      symlinkSync(join(home, 'gone'), join(home, 'root/var/run/docker.sock'));
      await socket('.docker/run/docker.sock', 'alive');
    },
    {},
    {},
    'unix://~/.docker/run/docker.sock <- the default',
  ],
  [
    'DOCKER_HOST before everything in the environment',
    () => [context('colima', 'unix:///colima.sock'), use('{"currentContext":"colima"}')],
    { DOCKER_HOST: 'unix:///mine.sock', DOCKER_CONTEXT: 'colima' },
    {},
    'unix:///mine.sock <- DOCKER_HOST',
  ],
  [
    'DOCKER_CONTEXT before the current context',
    () => [
      context('colima', 'unix:///colima.sock'),
      context('remote', 'ssh://me@host'),
      use('{"currentContext":"colima"}'),
    ],
    { DOCKER_CONTEXT: 'remote' },
    {},
    'ssh://me@host <- the docker context "remote", from DOCKER_CONTEXT',
  ],
  [
    'the current context before every socket',
    async () => {
      context('colima', 'unix:///colima.sock');
      use('{"currentContext":"colima"}');
      await socket('root/var/run/docker.sock', 'alive');
    },
    {},
    {},
    'unix:///colima.sock <- the docker context "colima", current in ~/.docker/config.json',
  ],
  [
    'the flag for an address before DOCKER_HOST',
    () => undefined,
    { DOCKER_HOST: 'unix:///other.sock' },
    { dockerHost: 'unix:///mine.sock', chosenBy: '--docker-host' },
    'unix:///mine.sock <- --docker-host',
  ],
  [
    'the flag for a context before DOCKER_HOST and DOCKER_CONTEXT',
    () => context('colima', 'unix:///colima.sock'),
    { DOCKER_HOST: 'unix:///other.sock', DOCKER_CONTEXT: 'other' },
    { dockerContext: 'colima', chosenBy: 'RMSX_DOCKER_CONTEXT' },
    'unix:///colima.sock <- the docker context "colima", from RMSX_DOCKER_CONTEXT',
  ],
  [
    'a configuration that DOCKER_CONFIG names',
    () => [use('{"currentContext":"colima"}'), put('elsewhere/config.json', '{}')],
    { DOCKER_CONFIG: 'HOME/elsewhere' },
    {},
    'unix:///var/run/docker.sock <- the default',
  ],
  [
    'the context default, asked for: no other socket is taken',
    () => socket('.colima/default/docker.sock', 'alive'),
    { DOCKER_CONTEXT: 'default' },
    {},
    'unix:///var/run/docker.sock <- the docker context "default", from DOCKER_CONTEXT',
  ],
  [
    'TLS and no address, as the docker command reads it',
    () => socket('root/var/run/docker.sock', 'alive'),
    { DOCKER_TLS_VERIFY: '1' },
    {},
    'tcp://localhost:2376 <- DOCKER_TLS_VERIFY',
  ],
];

describe('the engine must be the one that the docker command would take', () => {
  test.each(layouts)('%s', async (_, arrange, env, choice, found) => {
    await arrange();
    const own = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, text?.replace('HOME', home)]));
    const seen = await find(own, choice);
    expect(seen).toBe(found);
  });

  test.each(['docker.sock', 'podman/podman.sock'])('a rootless engine in XDG_RUNTIME_DIR: %s', async (path) => {
    await socket(`run/${path}`, 'alive');
    expect(await find({ XDG_RUNTIME_DIR: join(home, 'run') })).toBe(`unix://~/run/${path} <- the default`);
  });

  test.each([
    '{}',
    '{"currentContext":"default"}',
    '{"currentContext":""}',
    '{"currentContext":7}',
    'null',
    'no JSON',
    '',
  ])('the default where the configuration is %s', async (config) => {
    use(config);
    expect(await find()).toContain('<- the default');
  });
});

describe('an explicit choice must be final: another engine would be a wrong one', () => {
  test.each<readonly [EngineChoice, NodeJS.ProcessEnv, string]>([
    [{}, { DOCKER_CONTEXT: 'nope' }, 'There is no docker context "nope", from DOCKER_CONTEXT.'],
    [
      { dockerContext: 'nope', chosenBy: '--docker-context' },
      {},
      'There is no docker context "nope", from --docker-context.',
    ],
  ])('a context that is not there: %j %j', async (choice, env, message) => {
    await socket('.docker/run/docker.sock', 'alive');
    expect(await rejectionOf(find(env, choice))).toEqual({
      code: 'engine-unreachable',
      message,
      hint: 'See which there are: docker context ls',
      problems: [],
    });
  });

  test.each([
    ['no JSON', 'cannot be read (it is not JSON)'],
    ['', 'cannot be read (it is not JSON)'],
    ['null', 'names none'],
    ['{"Endpoints":{"docker":{}}}', 'names none'],
  ])('a context that is there and says nothing: %j', async (text, problem) => {
    const path = `.docker/contexts/meta/${idOf("it's")}/meta.json`;
    put(path, text);
    await socket('.docker/run/docker.sock', 'alive');
    expect(await rejectionOf(find({ DOCKER_CONTEXT: "it's" }))).toMatchObject({
      code: 'engine-unreachable',
      message: `The docker context it's tells no engine: ${join(home, path)} ${problem}.`,
      hint: `Make it anew: docker context rm --force 'it'\\''s' && docker context create 'it'\\''s' --docker host=URL`,
    });
  });

  test('two of them', async () => {
    const { code } = await rejectionOf(find({}, { dockerHost: 'unix:///a', dockerContext: 'b' }));
    expect(code).toBe('bad-usage');
  });
});

describe('what was looked at must be told', () => {
  const outcomes = async (env: NodeJS.ProcessEnv, choice: EngineChoice = {}): Promise<Record<string, string>> => {
    const all = { HOME: home, ...env };
    const { url } = await findEndpoint(choice, all, socketsIn(all));
    const seen = await considerAll(choice, all, url, socketsIn(all));
    return Object.fromEntries(seen.map(({ place, outcome }) => [place.replace(`${home}/`, ''), outcome]));
  };

  test('where nobody chose', async () => {
    await socket('root/var/run/docker.sock', 'stale');
    await socket('.colima/default/docker.sock', 'alive');
    expect(await outcomes({})).toMatchObject({
      DOCKER_HOST: 'empty',
      'the current docker context': 'empty',
      'root/var/run/docker.sock (Docker)': 'stale',
      '.docker/run/docker.sock (Docker Desktop)': 'missing',
      '.colima/default/docker.sock (Colima)': 'chosen',
    });
  });

  test('where somebody did', async () => {
    context('colima', 'unix:///colima.sock');
    use('{"currentContext":"colima"}');
    await socket('.rd/docker.sock', 'alive');
    expect(await outcomes({ DOCKER_HOST: 'unix:///mine.sock' })).toMatchObject({
      DOCKER_HOST: 'chosen',
      'the current docker context': 'overruled',
      '.rd/docker.sock (Rancher Desktop)': 'alive',
    });
  });
});

describe('a docker configuration that cannot be read', () => {
  test('must be told where it could have named the engine, and only there', async () => {
    use('{"currentContext": "colima"');
    expect(await warningsOf()).toEqual([
      '~/.docker/config.json cannot be read (it is not JSON): a docker context that it names is not used',
    ]);
    expect(await warningsOf({ DOCKER_HOST: 'unix:///x.sock' })).toEqual([]);
    expect(await warningsOf({ DOCKER_CONFIG: join(home, 'elsewhere') })).toEqual([]);
  });

  test('must be told by the error that the system gives', async () => {
    mkdirSync(join(home, '.docker/config.json'), { recursive: true });
    expect(await warningsOf()).toEqual([expect.stringContaining('cannot be read (EISDIR)')]);
  });

  test.each(['', '\n', '{}'])('is none where it says nothing: %j', async (text) => {
    use(text);
    expect(await warningsOf()).toEqual([]);
  });
});
