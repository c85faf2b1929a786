import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, eventually, rmsx, rmsxJson } from './support/run.ts';

const keys = 20;
let cluster: TestCluster;

beforeEach(async () => {
  cluster = new TestCluster('kept');
  await cluster.up('--replicas', '1');
  await loadKeys(cluster, 'master', keys);
});
afterEach(() => cluster.remove());

const plainUp = (): ReturnType<typeof rmsx> => rmsx(['up', '-n', cluster.name, '--pull', 'never']);

test('an up that fails after down must put everything back, so that a plain up works', async () => {
  const before = await cluster.status();
  await cluster.rmsx('down');
  const base = (before.nodes[0]?.hostPort ?? 0) + 5;
  const server = createServer().listen(base + 1, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const failed = await rmsx(['up', '-n', cluster.name, '--base-port', String(base), '--pull', 'never']);
    expect(failed.code).toBe(5);
  } finally {
    server.close();
  }
  expect(await plainUp()).toMatchObject({ code: 0 });
  const after = await cluster.status();
  expect(after.nodes.map(({ hostPort }) => hostPort)).toEqual(before.nodes.map(({ hostPort }) => hostPort));
  expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
});

test('a new password that is given after down must hold, with the data', async () => {
  const env = { RMSX_PASSWORD: 'another one' };
  await cluster.rmsx('down');
  expect(await rmsx(['up', '-n', cluster.name, '--pull', 'never'], { env })).toMatchObject({ code: 0 });
  expect(await cluster.password()).toBe('another one');
  expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
});

soakTest('roles that somebody changed by hand must end up at once, with the command that helps', async () => {
  const replica = await cluster.client('slave-1');
  await replica.call('REPLICAOF', 'NO', 'ONE');
  const refused = await plainUp();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('slave-1 runs as master, and should be the replica');
  expect(refused.stderr).toContain(`rmsx repair -n ${cluster.name}`);
  const { warnings } = await cluster.status();
  expect(warnings[0]).toMatchObject({ code: 'two-masters' });
  await docker('restart', cluster.container('slave-1'));
  await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy');
});

soakTest('an up that was killed must leave nothing that stops the next one, and no data must be lost', async () => {
  await cluster.rmsx('down');
  await rmsx(['up', '-n', cluster.name, '--pull', 'never'], {
    whileRunning: async (kill) => {
      await eventually('the carrier is there', async () =>
        (await cluster.objects()).some((name) => name.includes('-conf-')),
      );
      kill('SIGKILL');
    },
  });
  expect(await plainUp()).toMatchObject({ code: 0 });
  expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
});

soakTest('a promotion that finds its survivors on another source must finish them', async () => {
  await rmsxJson(['up', '-n', cluster.name, '--replicas', '2', '--pull', 'never']);
  const target = await cluster.client('slave-1');
  await docker('kill', cluster.container('master'));
  await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
  const strayed = await cluster.client('slave-2');
  const address = (await cluster.status()).nodes.find(({ name }) => name === 'master');
  await docker('start', cluster.container('master'));
  await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy');
  await strayed.call('REPLICAOF', address?.ip ?? '', String(address?.port));
  await eventually('slave-2 strayed', async () =>
    (await strayed.info('replication')).includes('master_link_status:up'),
  );
  expect(await rmsxJson(['promote', 'slave-1', '-n', cluster.name])).toMatchObject({ changed: true, incomplete: [] });
  expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
  expect(await target.set('after', '1')).toBe('OK');
});
