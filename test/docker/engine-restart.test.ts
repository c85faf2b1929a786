import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { rows } from './support/breadth.ts';
import { OwnEngine } from './support/own-engine.ts';
import { eventually } from './support/run.ts';

const engine = new OwnEngine();
const name = 'survivor';
const keys = 100;

beforeAll(() => engine.make('redis:8.0'));
afterAll(() => engine.remove());
afterEach(async () => {
  expect((await engine.rmsx(['down', '-n', name, '--volumes', '-y'])).code).toBe(0);
  expect(await engine.docker('ps', '-aq')).toBe('');
  expect(await engine.docker('volume', 'ls', '-q')).toBe('');
});

async function done(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await engine.rmsx([...args, '-n', name]);
  expect([args, code, stderr]).toEqual([args, 0, stderr]);
}

async function status(): Promise<ClusterStatus> {
  return JSON.parse((await engine.rmsx(['status', '--json', '-n', name])).stdout) as ClusterStatus;
}

const healthy = (): Promise<ClusterStatus> =>
  eventually(
    'the cluster is healthy',
    async () => {
      const seen = await status();
      return seen.cluster?.health === 'healthy' && seen;
    },
    60_000,
  );

/** Runs lines of redis-cli in a node, logged in. @returns its answers, a line each */
async function redis(node: string, lines: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await engine.rmsx(['env', '--json', '-n', name]);
  const { REDIS_PASSWORD } = JSON.parse(stdout) as { REDIS_PASSWORD: string };
  const port = (await status()).nodes.find((each) => each.name === node)?.port;
  const script = [`AUTH ${REDIS_PASSWORD}`, ...lines].join('\n');
  const shell = `redis-cli -p ${port} <<'END'\n${script}\nEND`;
  return (await engine.docker('exec', `${name}-${node}`, 'sh', '-c', shell)).split('\n').slice(1);
}

const write = async (master: string): Promise<void> => {
  const answers = await redis(master, [...Array.from({ length: keys }, (_, i) => `SET key:${i} ${i}`), 'WAIT 2 5000']);
  expect(answers.filter((answer) => answer === 'OK')).toHaveLength(keys);
};

async function expectKeys(): Promise<void> {
  for (const node of ['master', 'slave-1', 'slave-2'])
    expect([node, await redis(node, ['DBSIZE'])]).toEqual([node, [`${keys}`]]);
}

const roles = ({ nodes }: ClusterStatus): readonly string[] => nodes.map((node) => `${node.name} ${node.role}`);

// Only root can start an engine.
describe.skipIf(process.getuid?.() !== 0)('an engine that is started anew', () => {
  test.each(rows<'SIGKILL' | 'SIGTERM'>(['SIGKILL'], ['SIGTERM']))(
    'must bring the cluster back with its data, a former master as a replica: ended by %s',
    async (signal) => {
      await done('up', '--pull', 'never');
      await engine.docker('kill', `${name}-master`);
      await done('promote', 'slave-1');
      await done('start');
      await write('slave-1');
      // The engine starts every container that may restart, that of a master which somebody has stopped too.
      await done('stop', 'master');
      await engine.end(signal);
      await engine.start();
      expect(roles(await healthy())).toEqual(['master replica', 'slave-1 master', 'slave-2 replica']);
      await expectKeys();
      await done('up');
      expect((await status()).cluster.epoch).toBe(2);
    },
  );

  test('must leave a cluster with snapshots stopped, which start brings back with its data', async () => {
    const input = `apiVersion: rmsx/v1\nname: ${name}\npersistence: rdb\nreplicas: 2\n`;
    expect((await engine.rmsx(['up', '--pull', 'never', '-f', '-'], { input })).code).toBe(0);
    await write('master');
    await engine.end('SIGTERM');
    await engine.start();
    expect((await status()).nodes.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
    await done('start');
    await healthy();
    await expectKeys();
  });

  test.each(rows([], ['waiting until', 'starting']))(
    'in the middle of up must be told, and the next up must finish: %s',
    async (moment) => {
      let killed: Promise<void> | undefined;
      const atOutput = (stderr: string): void => {
        if (stderr.includes(moment)) killed ??= engine.end('SIGKILL');
      };
      const cut = await engine.rmsx(['up', '-n', name, '--pull', 'never', '--timeout', '20s'], { atOutput });
      await killed;
      expect([0, 70, null]).not.toContain(cut.code);
      expect(cut.stderr).toMatch(/^rmsx: /m);
      await engine.start();
      await done('up', '--pull', 'never');
      await healthy();
    },
  );
});
