import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { roleConfs } from './support/keys.ts';
import { docker, inspect, rmsxJson } from './support/run.ts';

// One cluster goes through all of this: its master is alive, then dead, then another one that refuses writes.
const cluster = new TestCluster('promote-refused');

beforeAll(() => cluster.up('--replicas', '2'));
afterAll(() => cluster.remove());

test('promote while the master is alive must refuse with 7, name switchover, and change nothing', async () => {
  const roles = await roleConfs(cluster);
  const result = await cluster.rmsx('promote', 'slave-1');
  expect(result.code).toBe(7);
  expect(result.stderr).toContain('master is alive');
  expect(result.stderr).toContain('rmsx switchover slave-1');
  expect(await roleConfs(cluster)).toEqual(roles);
  expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'master', epoch: 1 });
});

test('promote --dry-run must say what would be done and do nothing', async () => {
  await docker('kill', cluster.container('master'));
  const roles = await roleConfs(cluster);
  const result = await cluster.rmsx('promote', 'slave-1', '--dry-run');
  expect(result.code).toBe(0);
  expect(result.stdout).toContain('make slave-1 the master');
  expect(result.stdout).toContain('partial resynchronisation expected');
  expect(await roleConfs(cluster)).toEqual(roles);
  expect((await inspect(cluster.container('master'))).State.Running).toBe(false);
});

test('a new master that refuses writes must end in 8 and be named, and must not be taken back', async () => {
  const target = await cluster.client('slave-1');
  await target.config('SET', 'min-replicas-to-write', '5');
  const result = await cluster.rmsx('promote', 'slave-1', '--json');
  expect(result.code).toBe(8);
  expect(JSON.parse(result.stdout)).toMatchObject({ promoted: 'slave-1', incomplete: ['slave-1'] });
  expect(result.stderr).toContain('NOREPLICAS');
  expect((await cluster.status()).cluster).toMatchObject({ master: 'slave-1', epoch: 2 });
  await target.config('SET', 'min-replicas-to-write', '0');
  expect(await rmsxJson(['promote', 'slave-1', '-n', cluster.name])).toMatchObject({
    promoted: 'slave-1',
    incomplete: [],
  });
  expect((await cluster.status()).nodes.find(({ name }) => name === 'slave-2')).toMatchObject({ source: 'slave-1' });
});
