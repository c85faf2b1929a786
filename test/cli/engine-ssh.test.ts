import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeContext } from '../helpers/docker-context.ts';
import { type Run, runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { hasSshServer, SshServer } from '../helpers/ssh-server.ts';
import { listedContainer, StubEngine, type StubWorld } from '../helpers/stub-engine.ts';

interface Trial {
  readonly world?: StubWorld;
  readonly settings?: readonly string[];
  readonly arrange?: (server: SshServer) => unknown;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly path?: string;
}

interface Tried extends Run {
  readonly commands: readonly string[];
  readonly connections: number;
  readonly asked: number;
  readonly defaultAsked: number;
}

/** Runs rmsx against an engine behind ssh, beside another one that nobody may fall back to. */
async function trySsh(trial: Trial = {}): Promise<Tried> {
  await using engine = await StubEngine.start(trial.world);
  await using fallback = await StubEngine.start();
  await using server = await SshServer.start(engine.socketPath, trial.settings);
  trial.arrange?.(server);
  const home = mkdtempSync(join(tmpdir(), 'rmsx-home-'));
  makeContext(home, 'fallback', fallback.env.DOCKER_HOST);
  const env = { HOME: home, ...server.env, ...trial.env };
  const run = await runRmsx(trial.args ?? ['ls', '--json'], {
    env: { ...env, DOCKER_HOST: `${env.DOCKER_HOST}${trial.path ?? ''}` },
  });
  const tried = { commands: server.commands, connections: engine.connections };
  rmSync(home, { recursive: true, force: true });
  return { ...run, ...tried, asked: engine.requests.length, defaultAsked: fallback.requests.length };
}

const firstLine = ({ stderr }: Run): string =>
  (stderr.split('\n')[0] ?? '').replace(/\/\/\w+@127\.0\.0\.1:\d+/, '//HOST');

describe.skipIf(!hasSshServer)('an engine behind ssh', () => {
  test('must be used through the docker command of the other side, over few connections', async () => {
    const container = listedContainer('demo-master', { Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': 'master' } });
    const tried = await trySsh({ world: { containers: [container], apiVersion: '1.43' } });
    expect(tried).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(tried.stdout).clusters).toMatchObject([{ name: 'demo' }]);
    expect([new Set(tried.commands), tried.connections <= 4]).toEqual([new Set(['docker system dial-stdio']), true]);
  });

  test('must be the one at the socket that is named', async () => {
    const { code, commands } = await trySsh({ path: '/run/user/1000/docker.sock' });
    expect([code, commands[0]]).toEqual([0, 'docker --host unix:///run/user/1000/docker.sock system dial-stdio']);
  });

  test('must be found by a context', async () => {
    const arrange = (server: SshServer): void => makeContext(server.directory, 'far', server.env.DOCKER_HOST);
    await using engine = await StubEngine.start();
    await using server = await SshServer.start(engine.socketPath);
    arrange(server);
    const env = { ...server.env, DOCKER_HOST: '', HOME: server.directory };
    expect(await runRmsx(['ls', '--docker-context', 'far'], { env })).toMatchObject({ code: 0 });
  });

  test('must be reached at its host for the ports of the nodes', async () => {
    const { code, stdout } = await trySsh({ args: ['doctor', '--json'], world: { images: ['redis:8.0'] } });
    const { engine, findings } = JSON.parse(stdout);
    const reach = findings.find((finding: { code: string }) => finding.code === 'reach');
    expect([[0, 3].includes(code ?? -1), engine.isLocal]).toEqual([true, false]);
    expect(reach.message).toBe('Published ports are reached at 127.0.0.1.');
  });

  test('must carry a reply that is longer than a pipe holds', async () => {
    const big = Array.from({ length: 3000 }, (_, i) => listedContainer(`c${i}`, { Labels: { text: 'x'.repeat(300) } }));
    expect(await trySsh({ world: { containers: big } })).toMatchObject({ code: 0, stderr: '' });
  });

  test('must be asked again where the server drops connections that begin together', async () => {
    const { code, stderr, commands } = await trySsh({ settings: ['MaxStartups 1:100:1'], args: ['doctor'] });
    expect([code === 6, stderr, commands.length <= 4]).toEqual([false, '', true]);
  });

  test('must leave no ssh behind, also where the time is up', async () => {
    await using engine = await StubEngine.start({ answer: () => true });
    await using server = await SshServer.start(engine.socketPath);
    const { code } = await runRmsx(['ls', '--timeout', '2s'], { env: server.env });
    const left = execFileSync('sh', ['-c', 'ps -eo args | grep "[s]sh -F" || true']).toString();
    expect([code, left.split('\n').filter((line) => line.includes(server.directory))]).toEqual([124, []]);
  });
});

describe.skipIf(!hasSshServer)(
  'what is wrong with ssh must exit 6, with its own words; no other engine is asked',
  () => {
    const cases: readonly (readonly [string, Trial, string, RegExp])[] = [
      [
        'an unknown host key',
        { arrange: (server) => server.trust(null) },
        'its host key is not known',
        /Host key verification failed\./,
      ],
      [
        'a changed host key',
        { arrange: (server) => server.trust('other-key') },
        'its host key is not the one that is known: it may be another machine',
        /Host key verification failed\./,
      ],
      [
        'a user who is refused',
        { arrange: (server) => server.lockOut() },
        'it does not let this user in',
        /Permission denied/,
      ],
      [
        'a server that would take a password',
        { arrange: (server) => server.lockOut(), settings: ['PasswordAuthentication yes'] },
        'it does not let this user in',
        /Permission denied \(.*password/,
      ],
      [
        'no docker on the other side',
        { arrange: (server) => server.answerWith('PATH=/nonexistent; eval "$SSH_ORIGINAL_COMMAND"') },
        'there is no docker program on the other side',
        /docker.*not found/,
      ],
      [
        'a docker there that reaches no engine',
        { arrange: (server) => server.answerWith('echo "Cannot connect to the Docker daemon." >&2; exit 1') },
        'ssh ended with exit code 1',
        /Cannot connect to the Docker daemon/,
      ],
      [
        'control characters in what the other side says',
        { arrange: (server) => server.answerWith('printf "\\033[2Jgone\\n" >&2; exit 3') },
        'ssh ended with exit code 3',
        / \[2Jgone/,
      ],
    ];

    test.each(cases)('%s', async (_, trial, why, words) => {
      const run = await trySsh({ ...trial, args: ['ls'] });
      expect([run.code, run.stdout, run.asked, run.defaultAsked]).toEqual([6, '', 0, 0]);
      expect(firstLine(run)).toBe(`rmsx: The Docker engine at ssh://HOST (DOCKER_HOST) cannot be reached: ${why}.`);
      expect(run.stderr).toMatch(words);
      expect([run.stderr.includes('\u001b'), run.durationMs < 8000]).toEqual([false, true]);
    });

    test('a server that accepts and says nothing must cost no more than --timeout', async () => {
      const server = createServer(() => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const env = { DOCKER_HOST: `ssh://127.0.0.1:${port}` };
      const { code, durationMs } = await runRmsx(['ls', '--timeout', '2s'], { env });
      server.close();
      expect([code, durationMs < 5000]).toEqual([124, true]);
    });

    test('no ssh program at all', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'rmsx-path-'));
      mkdirSync(join(directory, 'bin'));
      symlinkSync(process.execPath, join(directory, 'bin/node'));
      const env = { DOCKER_HOST: 'ssh://127.0.0.1:1', PATH: join(directory, 'bin') };
      const run = await runRmsx(['ls'], { env });
      rmSync(directory, { recursive: true, force: true });
      expect([run.code, run.stderr.split('\n')[0]]).toEqual([
        6,
        'rmsx: The Docker engine at ssh://127.0.0.1:1 (DOCKER_HOST) cannot be reached: the program ssh is not there.',
      ]);
    });

    test('a terminal must not be asked for a password', async () => {
      await using engine = await StubEngine.start();
      await using server = await SshServer.start(engine.socketPath, ['PasswordAuthentication yes']);
      server.lockOut();
      // script gives it a terminal, as a person has
      const line = 'script -qec "$(printf "\'%s\' " "$@")" /dev/null </dev/null';
      const run = await runInShell(line, ['ls', '--timeout', '8s'], { env: server.env });
      expect([run.code, run.durationMs < 8000]).toEqual([6, true]);
      expect(run.stdout).toContain('it does not let this user in');
    });
  },
);

/** Runs rmsx with an ssh that is a piece of shell. */
async function runWithSsh(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const bin = mkdtempSync(join(tmpdir(), 'rmsx-bin-'));
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const PATH = `${bin}:${process.env.PATH}`;
  try {
    const run = await runRmsx(args, { env: { PATH, DOCKER_HOST: 'ssh://me@host', BIN: bin, ...env } });
    return { ...run, seen: existsSync(join(bin, 'seen')) ? readFileSync(join(bin, 'seen'), 'utf8') : '' };
  } finally {
    rmSync(bin, { recursive: true });
  }
}

test('the ssh program must not be given the password', async () => {
  const { code, seen } = await runWithSsh('env >"$BIN/seen"\nexit 1', ['up'], {
    RMSX_PASSWORD: 'top-secret-7',
    SSH_AUTH_SOCK: '/agent',
  });
  expect([code, seen]).toEqual([6, expect.stringContaining('SSH_AUTH_SOCK=/agent')]);
  expect(seen).not.toMatch(/RMSX_|top-secret/);
});

test.each([
  ['that does not heed being ended', "trap '' TERM; sleep 9; sleep 0"],
  ['behind a script that is ended without it', 'sleep 9; sleep 0'],
])('an ssh %s must cost no more than --timeout', async (_, script) => {
  const { code, durationMs } = await runWithSsh(script, ['ls', '--timeout', '1s']);
  expect([code, durationMs < 6000]).toEqual([124, true]);
});

test('a shell that prints something at every login must be named', async () => {
  const { code, stderr } = await runWithSsh('echo welcome to this machine; sleep 2', ['ls']);
  expect([code, stderr]).toEqual([
    6,
    'rmsx: What answers at ssh://me@host (DOCKER_HOST) does not speak as a Docker engine does (HPE_INVALID_CONSTANT: list containers).\n' +
      'hint: A shell there may print something at every login. This must print nothing: ssh HOST true\n',
  ]);
});
