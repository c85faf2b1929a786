import { expect, test } from 'vitest';
import { runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { StubEngine } from '../helpers/stub-engine.ts';

/** Runs rmsx with a piece of code in the place of every request to the engine, and with nothing that keeps it alive. */
async function runWith(code: string): Promise<readonly [number | null, string, string]> {
  const script = `
    import http from 'node:http';
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (...args) => setTimeout(...args).unref();
    http.Agent.prototype.addRequest = () => { ${code} };`;
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(script)}`;
  const run = await runRmsx(['ls'], { env: { NODE_OPTIONS, WORDS: 'odd\ntop-secret-7' } });
  return [run.code, run.stdout, run.stderr];
}

test.each([
  ['an error that nobody caught', 'setImmediate(() => { throw new TypeError(process.env.WORDS); });', 'TypeError'],
  ['a promise that nobody awaited', 'void Promise.reject(new RangeError(process.env.WORDS));', 'RangeError'],
  ['something else that was thrown', 'setImmediate(() => { throw process.env.WORDS; });', 'unknown'],
])('%s must end with 70, be named, and not be shown', async (_, code, name) => {
  const [exitCode, stdout, stderr] = await runWith(code);
  expect([exitCode, stdout, stderr.split('\n')[0]]).toEqual([70, '', `rmsx: internal error: ${name}`]);
  expect(stderr).not.toContain('top-secret');
});

test('work that has no end, and that nothing keeps alive, must end with 70, and say so', async () => {
  const [code, stdout, stderr] = await runWith('');
  expect([code, stdout, stderr]).toEqual([70, '', 'rmsx: internal error: the work never finished\n']);
});

test('words for people that a full disk does not take must not end the work', async () => {
  await using engine = await StubEngine.start();
  const env = { ...engine.env, RMSX_NAEM: 'demo' }; // which is warned of before the work begins
  const { code, stdout } = await runInShell('exec 2>/dev/full; "$@"', ['ls', '--json'], { env });
  expect([code, JSON.parse(stdout).clusters]).toEqual([0, []]);
});

test('data that a full disk does not take must end with 1, and say so', async () => {
  await using engine = await StubEngine.start();
  const { code, stderr } = await runInShell('"$@" >/dev/full; exit $?', ['ls', '--json'], { env: engine.env });
  expect([code, stderr]).toEqual([1, 'rmsx: the output could not be written (ENOSPC)\n']);
});
