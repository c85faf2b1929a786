import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { attach, up } from '../../src/index.ts';
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

test('a cluster that is not there must be a RmsxError with its stable code', async () => {
  await using engine = await StubEngine.start();
  await expect(attach('demo', { dockerHost: engine.env.DOCKER_HOST })).rejects.toMatchObject({
    name: 'RmsxError',
    code: 'not-found',
    exitCode: 4,
  });
});
