import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { type Run, type RunOptions, runRmsx } from '../helpers/run-rmsx.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { listedContainer, pathOf, StubEngine, type StubWorld } from '../helpers/stub-engine.ts';
import { StubRedis } from '../helpers/stub-redis.ts';
import { cluster, history, node, record } from '../helpers/values.ts';

const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const files = renderConf(record(cluster(0, { name: 'demo' })), node('master', null), 'secret', template);
const info = `redis_version:8.0.2\r\nrole:master\r\nmaster_replid:${history}\r\nmaster_repl_offset:1000\r\n`;

/**
 * A cluster of one node, on an engine that does to it what it is asked for, and beside it somebody else's.
 * @param falters - whether the engine pauses a node and then says that it failed
 */
function worldOf(port: number, falters: boolean): StubWorld {
  const Ports = [{ IP: '127.0.0.1', PrivatePort: 6379, PublicPort: port, Type: 'tcp' }];
  const Labels = { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.topology': 'star' };
  const master = listedContainer('demo-master', { Id: 'id-master', Image: 'redis:8.0', Labels, Ports });
  const turn = (State: string): void => void Object.assign(master, { State });
  return {
    containers: [master, listedContainer('other-master')],
    answer: (request, response) => {
      const path = pathOf(request);
      if (request.method !== 'PUT' && path.includes('/archive')) void sendArchive(response, files);
      else if (path.includes('/create')) response.writeHead(201).end(JSON.stringify({ Id: 'lock' }));
      else if (request.method === 'GET') return false;
      else {
        if (path.includes('id-master/kill')) turn('exited');
        if (path.includes('id-master/pause')) turn('paused');
        if (path.includes('id-master/unpause')) turn('running');
        const hasFailed = falters && path.endsWith('/pause');
        response.writeHead(hasFailed ? 500 : 204).end(hasFailed ? '{"message":"no more room"}' : undefined);
      }
      return true;
    },
  };
}

interface Seen extends Run {
  /** What was asked of the engine besides the lock. */
  readonly writes: readonly string[];
}

async function run(args: readonly string[], options: Omit<RunOptions, 'env'> = {}, falters = false): Promise<Seen> {
  await using redis = await StubRedis.start('secret', () => info, undefined, { PUBLISH: ':0\r\n' });
  await using engine = await StubEngine.start(worldOf(redis.port, falters));
  const seen = await runRmsx(['fault', ...args, '-n', 'demo'], { ...options, env: engine.env });
  return { ...seen, writes: engine.writes.filter((write) => !/create|lock/.test(write)) };
}

describe('fault', () => {
  test('kill must end the server as a crash does, and say what follows', async () => {
    const { code, stdout, stderr, writes } = await run(['kill', 'master']);
    expect([code, stdout, writes]).toEqual([0, '', ['POST /containers/id-master/kill?signal=SIGKILL']]);
    expect(stderr).toContain('✓ killed demo: master\n');
    expect(stderr).toContain('next: rmsx status -n demo   rmsx fault heal -n demo\n');
  });

  test('must print one document with --json, whose nodes are as they are now', async () => {
    const { code, stdout } = await run(['pause', 'all', '--json']);
    const document = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(document).toMatchObject({ fault: 'pause', targets: ['master'], changed: true, healed: false });
    expect(document.nodes).toMatchObject([{ name: 'master', state: 'paused' }]);
  });

  test('--dry-run must print the plan, and change nothing', async () => {
    const { code, stdout, writes } = await run(['kill', 'demo-master', '--dry-run']);
    expect([code, stdout, writes]).toEqual([0, 'kill master  (a fault was asked for)\n', []]);
  });

  test('--for must bring back what was broken', async () => {
    const { code, stdout, writes } = await run(['pause', 'master', '--for', '200ms', '--json', '--no-color']);
    expect(writes).toEqual(['POST /containers/id-master/pause', 'POST /containers/id-master/unpause']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ healed: true, changed: true, nodes: [{ state: 'running' }] });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('--for must bring it back after %s as well, at once', async (signal, expected) => {
    const onStart: RunOptions['onStart'] = (kill) => void setTimeout(() => kill(signal), 2500);
    const { code, writes, durationMs } = await run(['pause', 'master', '--for', '10m'], { onStart });
    expect(code).toBe(expected);
    expect(writes).toEqual(['POST /containers/id-master/pause', 'POST /containers/id-master/unpause']);
    expect(durationMs).toBeLessThan(12_000);
  });

  test('--for that fails half way must bring back at once what it has broken by then', async () => {
    const { code, stderr, writes, durationMs } = await run(['pause', 'master', '--for', '10m'], {}, true);
    expect([code, writes]).toEqual([1, ['POST /containers/id-master/pause', 'POST /containers/id-master/unpause']]);
    expect(stderr).toContain('master could not be paused.');
    expect(durationMs).toBeLessThan(12_000);
  });

  test('heal must do nothing where all is well', async () => {
    const { code, stderr, writes } = await run(['heal', '--timeout', '2s']);
    expect([code, writes]).toEqual([0, []]);
    expect(stderr).toContain('it is like that already: nothing changed\n');
  });
});

describe('what is wrong must be told before anything is asked of the engine:', () => {
  test.each([
    [[], 'KIND: "" is not one of kill, stop, pause, partition, heal'],
    [['explode', 'master'], 'KIND: "explode" is not one of kill, stop, pause, partition, heal'],
    [['kill'], 'TARGET: name a node, master, replicas or all'],
    [['kill', 'master', '--for', '5'], '--for: "5" is not a time with a unit'],
    [['heal', '--for', '5s'], '--for: heal is for good'],
  ])('%j', async (args, text) => {
    const { code, stderr, writes } = await run(args);
    expect([code, writes]).toEqual([2, []]);
    expect(stderr).toContain(text);
  });
});

test.each([['slave-9'], ['other-master']])('%s is no node of it: exit 4, and nothing changed', async (target) => {
  const { code, stderr, writes } = await run(['kill', target]);
  expect([code, writes]).toEqual([4, []]);
  expect(stderr).toContain(`The cluster demo has no node called ${target}.`);
});
