import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { type Run, runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, pathOf, StubEngine, sendJson } from '../helpers/stub-engine.ts';
import { StubRedis } from '../helpers/stub-redis.ts';
import { cluster, history, node, record } from '../helpers/values.ts';

const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(0, { name: 'demo' }));
const line = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
const healthy = `${line} cluster healthy: star, master: master, nodes: 1 \\(running: 1\\)\n`;

let server: StubRedis;
beforeAll(async () => {
  server = await StubRedis.start('a secret', () => `role:master\r\nmaster_replid:${history}\r\n`);
});
afterAll(() => server[Symbol.asyncDispose]());

/** What the engine says to the nth look at its list. */
type Look = 'running' | 'exited' | 'nothing' | 'failing';

/** A cluster of one master. Every look after the last one that is said is as that. */
async function startEngine(looks: readonly Look[], onLook: (count: number) => void = () => {}): Promise<StubEngine> {
  let count = 0;
  const answer: Answer = (request, response) => {
    if (/\/containers\/id-master\/archive/.test(request.url ?? '')) {
      void sendArchive(response, renderConf(own, node('master', null), 'a secret', template));
      return true;
    }
    if (!pathOf(request).startsWith('/containers/json')) return false;
    count += 1;
    onLook(count);
    const look = looks[Math.min(count, looks.length) - 1];
    if (look === 'failing') sendJson(response, 500, { message: 'out of order' });
    else sendJson(response, 200, look === 'nothing' ? [] : [listed(look ?? 'running')]);
    return true;
  };
  return StubEngine.start({ answer });
}

const listed = (State: string): object =>
  listedContainer('demo-master', {
    Id: 'id-master',
    State,
    Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.topology': 'star' },
    Ports: State === 'running' ? [{ IP: '127.0.0.1', PrivatePort: 6379, PublicPort: server.port, Type: 'tcp' }] : [],
  });

const watching = ['status', '-w', '0.2', '-n', 'demo'];

/** Watches, and is told to stop at the nth look. */
async function watchUntil(
  count: number,
  looks: readonly Look[],
  signal: NodeJS.Signals = 'SIGINT',
  args: readonly string[] = watching,
): Promise<Run & { readonly requests: readonly string[] }> {
  let stop = (): void => undefined;
  await using engine = await startEngine(looks, (look) => look === count && stop());
  const run = await runRmsx(args, {
    env: engine.env,
    onStart: (kill) => {
      stop = () => kill(signal);
    },
  });
  return { ...run, requests: engine.requests };
}

describe('status -w that is piped', () => {
  test('must say the state once, and nothing while nothing changes', async () => {
    const { code, stdout, stderr } = await watchUntil(5, ['running']);
    expect([code, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(new RegExp(`^${healthy}$`));
  });

  test('must end with 143 on SIGTERM', async () => {
    expect((await watchUntil(2, ['running'], 'SIGTERM')).code).toBe(143);
  });

  test('must tell each change with its time', async () => {
    const { stdout } = await watchUntil(5, ['running', 'exited', 'exited', 'running']);
    const lines = stdout.split('\n').map((text) => text.replace(/^\S+ /, ''));
    for (const change of [
      'cluster health: healthy -> down',
      'cluster master: master -> -',
      'master state: running -> stopped',
      'cluster health: down -> healthy',
    ]) {
      expect(lines.filter((text) => text === change)).toHaveLength(1);
    }
    expect(lines).toContain('master role: ? -> master');
  });

  test('must go on where the cluster is gone, and when it is back', async () => {
    const { code, stdout } = await watchUntil(6, ['running', 'nothing', 'nothing', 'running']);
    expect(code).toBe(130);
    expect(stdout).toMatch(
      new RegExp(`^${healthy}${line} cluster gone: There is no cluster called demo on this engine\\.\n${healthy}$`),
    );
  });

  test('must go on where the engine fails for a while, and tell that once', async () => {
    const { code, stdout } = await watchUntil(5, ['running', 'failing', 'failing', 'running']);
    expect(code).toBe(130);
    expect(stdout).toMatch(
      new RegExp(`^${healthy}${line} cluster not seen: .*out of order.*\n${line} cluster seen again\n$`),
    );
  });

  test('must ask the engine for one list a look, and for the conf once', async () => {
    const { requests } = await watchUntil(12, ['running']);
    const of = (start: string): number => requests.filter((request) => request.startsWith(start)).length;
    expect(of('GET /containers/json')).toBe(12);
    expect(of('GET /containers/id-master/archive')).toBe(1);
    expect(requests.length).toBeLessThanOrEqual(12 + 4);
  });

  test('must not be ended by --timeout, which is that of one look', async () => {
    const { code } = await watchUntil(8, ['running'], 'SIGINT', [...watching, '--timeout', '1s']);
    expect(code).toBe(130);
  });

  test('must end with 0 when nobody reads it any more', async () => {
    const looks = Array.from({ length: 100 }, (_, i): Look => (i % 2 === 0 ? 'running' : 'exited'));
    await using engine = await startEngine(looks);
    const run = await runInShell('("$@"; echo "code $?" >&2) | head -n 1', watching, { env: engine.env });
    expect(run.stdout).toMatch(new RegExp(`^${healthy}$`));
    expect(run.stderr).toBe('code 0\n');
  });
});

test('a cluster that is not there at the start must exit 4', async () => {
  await using engine = await startEngine(['nothing']);
  const { code, stdout } = await runRmsx(watching, { env: engine.env });
  expect([code, stdout]).toEqual([4, '']);
});

test('an engine that fails at the start must end the watch', async () => {
  await using engine = await startEngine(['failing']);
  const { code, stdout } = await runRmsx(watching, { env: engine.env });
  expect([code, stdout]).toEqual([1, '']);
});
