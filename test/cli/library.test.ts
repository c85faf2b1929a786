import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { attach, type ClusterStatus, up } from '../../src/index.ts';
import { Cluster } from '../../src/library/cluster.ts';
import { rejectionOf } from '../helpers/error-of.ts';
import { StubEngine } from '../helpers/stub-engine.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

test.each([
  ['CommonJS', ['-e', "console.log(typeof require('rmsx').up, typeof require('rmsx/operations').up)"]],
  ['ES modules', ['--input-type=module', '-e', "import { up } from 'rmsx'; console.log(typeof up, 'function')"]],
])('%s must get the library, and a process that only loads it must end without a word', async (_, args) => {
  const { stdout, stderr } = await run(process.execPath, args, { cwd: root });
  expect([stdout, stderr]).toEqual(['function function\n', '']);
});

const silent = (): Promise<StubEngine> => StubEngine.start({ answer: () => true });

test('an AbortSignal must end an operation with a RmsxError, whatever it is aborted with', async () => {
  await using engine = await silent();
  const ending = new AbortController();
  const cluster = up({ isolated: true, dockerHost: engine.env.DOCKER_HOST, signal: ending.signal });
  setTimeout(() => ending.abort('enough'), 100);
  await expect(cluster).rejects.toMatchObject({ name: 'RmsxError', code: 'interrupted', cause: 'enough' });
});

test('the time must end an operation on an engine that is silent', async () => {
  await using engine = await silent();
  const error = await rejectionOf(attach('demo', { dockerHost: engine.env.DOCKER_HOST, timeoutMs: 100 }));
  expect([error.code, error.message]).toEqual(['timeout', 'Out of time after 0.1 s.']);
});

test('what is wrong must be told all at once, in the names of the settings, with nothing asked of the engine', async () => {
  await using engine = await StubEngine.start();
  const error = await rejectionOf(up({ replicas: -1, image: 'no image', dockerHost: engine.env.DOCKER_HOST }));
  expect([error.code, error.problems]).toEqual([
    'bad-spec',
    [
      'replicas: -1 is not a number of replicas: 0 or more',
      'image: "no image" is not the name of an image, such as redis:8.0',
    ],
  ]);
  expect(engine.writes).toEqual([]);
});

test('what TypeScript would not let through must be told as such, in the message as well, as test runners show nothing else', async () => {
  await using engine = await StubEngine.start();
  const wrong = { replcas: 1, topology: 'ring', pull: 'sometimes', image: undefined } as object;
  const error = await rejectionOf(up({ ...wrong, dockerHost: engine.env.DOCKER_HOST }));
  const problems = [
    'replcas: there is no such setting; did you mean replicas?',
    'topology: ring is not one of star, chain, tree, custom',
    'pull: sometimes is not one of missing, never, always',
  ];
  expect([error.code, error.problems]).toEqual(['bad-spec', problems]);
  expect(error.message).toBe(['This cluster cannot be made.', ...problems.map((each) => `  - ${each}`)].join('\n'));
  const other = await rejectionOf(up({ replicas: -1, dockerHost: engine.env.DOCKER_HOST }));
  expect(other.message).toContain('\n  - replicas: -1 is not a number of replicas');
});

test('a name that is none must be no cluster, and not all of them', async () => {
  await using engine = await StubEngine.start();
  const options = { dockerHost: engine.env.DOCKER_HOST };
  for (const name of [undefined, null, 7, '', 'A B']) {
    expect((await rejectionOf(attach(name as string, options))).code).toBe('bad-usage');
  }
  expect((await rejectionOf(up({ name: 7 as unknown as string, ...options }))).code).toBe('bad-usage');
  expect(engine.requests).toEqual([]);
});

test('a time without an end must be one, and what is no time must be refused', async () => {
  await using engine = await StubEngine.start();
  const dockerHost = engine.env.DOCKER_HOST;
  for (const timeoutMs of [Number.POSITIVE_INFINITY, 2 ** 31]) {
    expect((await rejectionOf(attach('demo', { dockerHost, timeoutMs }))).code).toBe('not-found');
  }
  for (const timeoutMs of [Number.NaN, 0, -1, '5s' as unknown as number]) {
    expect((await rejectionOf(attach('demo', { dockerHost, timeoutMs }))).code).toBe('bad-usage');
  }
});

test('options in the place of nodes must be told with where they belong', async () => {
  await using engine = await StubEngine.start();
  const seen = { cluster: { master: null }, nodes: [] } as unknown as ClusterStatus;
  const cluster = new Cluster('demo', null, { dockerHost: engine.env.DOCKER_HOST }, seen, 'secret');
  const options = { signal: new AbortController().signal } as never;
  const calls = [cluster.promote(options), cluster.kill(options), cluster.heal(options), cluster.stop(options)];
  for (const call of [...calls, cluster.kill(undefined as never), cluster.switchover(undefined as never)]) {
    const { code, hint } = await rejectionOf(call);
    expect([code, hint]).toEqual(['bad-usage', expect.stringContaining('promote(null, { signal })')]);
  }
});

test('a cluster that is not there must be a RmsxError with its stable code', async () => {
  await using engine = await StubEngine.start();
  await expect(attach('demo', { dockerHost: engine.env.DOCKER_HOST })).rejects.toMatchObject({
    name: 'RmsxError',
    code: 'not-found',
    exitCode: 4,
  });
});
