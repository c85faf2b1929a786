import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { frame } from '../helpers/frame.ts';
import { type Run, type RunOptions, runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, pathOf, StubEngine, type StubWorld, sendJson } from '../helpers/stub-engine.ts';
import { cluster, node, record } from '../helpers/values.ts';

const secret = "top secret '7'";
const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(2, { name: 'demo' }));

const listed = (name: string, state: string): object =>
  listedContainer(`demo-${name}`, {
    Id: `id-${name}`,
    State: state,
    Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': name, 'rmsx.topology': 'star' },
  });

/** How an engine runs a program: what it was asked to run, and what it answers. */
class Programs {
  /** The bodies of the requests. */
  readonly asked: string[] = [];
  /** What came on its input. */
  input = '';
  /** What is on the connection when the program begins, and ends it; a cut one ends in the middle. */
  reply: readonly Buffer[] = [frame('OK\n')];
  code: number | null = 0;
  refusal: readonly [number, string] | undefined;
  greeting = 'rmsx 17\n';
  /** What overtakes the line that says that it begins: engines pass stderr on beside stdout. */
  overtaking: Buffer = Buffer.alloc(0);

  readonly answer: Answer = (request, response) => {
    const path = pathOf(request);
    const name = /\/containers\/id-([\w-]+)\/archive/.exec(path)?.[1];
    if (path.includes('/etc/passwd')) {
      sendJson(response, 404, { message: 'Could not find the file /etc/passwd in container x' });
      return true;
    }
    if (name !== undefined) {
      void sendArchive(response, renderConf(own, node(name, name === 'master' ? null : 'master'), secret, template));
      return true;
    }
    if (path.startsWith('/exec/') && path.endsWith('/json')) {
      sendJson(response, 200, { ID: 'x', Running: this.code === null, ExitCode: this.code });
      return true;
    }
    if (/^\/containers\/id-[\w-]+\/json$/.test(path)) {
      sendJson(response, 200, { Config: { User: '' }, State: {}, RestartCount: 0 });
      return true;
    }
    if (!/^\/containers\/id-[\w-]+\/exec$/.test(path)) return false;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      this.asked.push(body);
      if (this.refusal) sendJson(response, this.refusal[0], { message: this.refusal[1] });
      else sendJson(response, 201, { Id: 'x' });
    });
    return true;
  };

  /** Speaks as a program behind the engine does. */
  speak(socket: Socket): void {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    socket.write(frame(this.greeting));
    let hasBegun = false;
    socket.on('error', () => undefined).on('end', () => socket.end());
    socket.on('data', (chunk) => {
      this.input += chunk;
      if (hasBegun || !this.input.includes('\n')) return;
      hasBegun = true;
      socket.write(Buffer.concat([this.overtaking, frame('rmsx begun\n'), ...this.reply]));
      socket.end();
    });
    if (!/rmsx \d/.test(this.greeting)) socket.end();
  }
}

/** The stub, and before it what takes the hijacked connections. */
async function world<T>(programs: Programs, work: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const containers = [listed('master', 'running'), listed('slave-1', 'exited')];
  const spec: StubWorld = { containers, answer: programs.answer, onUpgrade: (socket) => programs.speak(socket) };
  await using engine = await StubEngine.start(spec);
  return await work({ ...engine.env });
}

const run = (programs: Programs, args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  world(programs, (env) => runRmsx(['-n', 'demo', ...args], { ...options, env: { ...env, ...options.env } }));

test('redis-cli must get its arguments, the password on its input alone, and its exit code be passed on', async () => {
  const programs = new Programs();
  programs.code = 42;
  programs.reply = [frame('out \0\n'), frame('err\n', 2)];
  const { code, stdout, stderr } = await run(programs, ['cli', 'master', '-n', '3', '--json', '--help', 'GET', '-h'], {
    stdin: 'x\0y',
    env: { DEBUG: '*' },
  });
  expect([code, stdout, stderr.endsWith('err\n'), stderr.includes(secret)]).toEqual([42, 'out \0\n', true, false]);
  const [asked = ''] = programs.asked;
  expect(JSON.parse(asked).Cmd.slice(3)).toEqual([
    'redis-cli',
    '-p',
    '6379',
    ...['-n', '3', '--json', '--help', 'GET', '-h'],
  ]);
  expect([asked.includes('secret'), JSON.parse(asked).User, JSON.parse(asked).Tty]).toEqual([false, '999:999', false]);
  expect(programs.input.startsWith(`${secret}\n`)).toBe(true);
});

test('what redis-cli writes on stderr must not be lost where it comes before the word that it has begun', async () => {
  const programs = new Programs();
  programs.code = 1;
  programs.overtaking = frame('READONLY You cannot write\n', 2);
  programs.reply = [];
  const { code, stdout, stderr } = await run(programs, ['cli', 'master', '-e', 'SET', 'a', '2']);
  expect([code, stdout, stderr]).toEqual([1, '', 'READONLY You cannot write\n']);
});

test('what stands behind -- must be the arguments', async () => {
  const programs = new Programs();
  const { code, stdout } = await run(programs, ['cli', 'master', '--', '--bigkeys']);
  expect([code, stdout, JSON.parse(programs.asked[0] ?? '').Cmd.at(-1)]).toEqual([0, 'OK\n', '--bigkeys']);
});

test.each<[string, number, RegExp, Partial<Programs>]>([
  ['hangs up in the middle of a frame', 1, /cut off/, { reply: [frame('OK\n').subarray(0, 9)] }],
  ['hangs up while the program runs', 1, /cut the connection/, { code: null }],
  ['refuses', 1, /cannot be started in master: .*paused/, { refusal: [409, 'Container x is paused'] }],
  ['has no redis-cli', 1, /neither redis-cli nor valkey-cli/, { greeting: 'rmsx missing\n', code: 127 }],
  ['has no shell', 1, /sh ended with 126 in it: exec: "sh"/, { greeting: 'exec: "sh": not found\n', code: 126 }],
])('an engine that %s must be an error that says so', async (_, exitCode, message, changes) => {
  const programs = Object.assign(new Programs(), changes);
  const { code, stderr } = await run(programs, ['cli', 'master', 'PING']);
  expect([code, stderr.includes(secret)]).toEqual([exitCode, false]);
  expect(stderr).toMatch(message);
});

test.each<[readonly string[], number, RegExp]>([
  [['cli'], 2, /name a node/],
  [['--json', 'cli', 'master'], 2, /--json: redis-cli prints no documents/],
  [['cli', '--format', 'yaml', 'master'], 2, /--format: redis-cli prints/],
  [['cli', 'master', '-n', 'shop', 'PING'], 2, /-n shop stands behind the node, .*: rmsx cli -n shop master$/m],
  [['cli', 'slave-9', 'PING'], 4, /no node called slave-9/],
  [['cli', 'slave-1', 'PING'], 1, /container is stopped\.\nhint: Start it: rmsx start slave-1 -n demo/],
  [['cli', 'replica-2', 'PING'], 1, /container is missing\.\nhint: Bring it back: rmsx up -n demo/],
])('%j must exit %i and run nothing', async (args, exitCode, message) => {
  const programs = new Programs();
  const { code, stdout, stderr } = await run(programs, args);
  if (args.includes('--json')) assertValid('error', JSON.parse(stdout));
  expect([code, programs.asked]).toEqual([exitCode, []]);
  expect(stderr).toMatch(message);
});
