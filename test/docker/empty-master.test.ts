import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, inspect, rmsx, rmsxJson } from './support/run.ts';

const keys = 20;
let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster('empty');
});
afterEach(() => cluster.remove());

test('an ephemeral cluster must make no volume, must not restart, and up must not start its master empty', async () => {
  await cluster.up('--ephemeral', '--replicas', '1');
  expect(await docker('volume', 'ls', '-q', '--filter', `label=rmsx.cluster=${cluster.name}`)).toBe('');
  expect((await inspect(cluster.container('master'))).HostConfig.RestartPolicy.Name).toBe('no');
  await loadKeys(cluster, 'master', keys);
  await docker('stop', cluster.container('master'));

  const refused = await rmsx(['up', '-n', cluster.name]);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain('master would start empty, as the cluster is ephemeral');
  expect(refused.stderr).toContain(`rmsx promote slave-1 -n ${cluster.name}`);
  expect(await missingKeys(cluster, ['slave-1'], keys)).toEqual([]);

  await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
  expect(await rmsx(['up', '-n', cluster.name])).toMatchObject({ code: 0 });
  expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
});

test('up must not make a master anew whose data volume is gone while a replica holds the data', async () => {
  await cluster.up('--replicas', '1');
  await loadKeys(cluster, 'master', keys);
  await docker('rm', '-f', cluster.container('master'));
  await docker('volume', 'rm', `${cluster.container('master')}-data`);
  const refused = await rmsx(['up', '-n', cluster.name]);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain('master would start empty, as its data volume is gone');
  expect(await missingKeys(cluster, ['slave-1'], keys)).toEqual([]);
});
