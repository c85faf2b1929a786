import { afterEach, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, eventually, rmsxJson } from './support/run.ts';

const keys = 50;
let cluster: TestCluster | undefined;

afterEach(() => cluster?.remove());

test.each([
  ['redis:6.0', /^6\.0\./],
  ['redis:7.0', /^7\.0\./],
  ['redis:8.0', /^8\.0\./],
  ['valkey:8.1', /^8\.1\./],
])('%s must come up, be promoted and take its old master back', async (image, version) => {
  cluster = new TestCluster(image.replace(/\W/g, '-'));
  const status = await cluster.up('--replicas', '2', '--image', image);
  expect(status.cluster.health).toBe('healthy');
  for (const node of status.nodes) expect(node.version).toMatch(version);
  await loadKeys(cluster, 'master', keys);
  await docker('kill', cluster.container('master'));
  const promoted = await rmsxJson(['promote', 'slave-2', '-n', cluster.name]);
  expect(promoted).toMatchObject({ promoted: 'slave-2', resync: { 'slave-1': 'partial' }, incomplete: [] });
  await docker('start', cluster.container('master'));
  const current = cluster;
  await eventually('healthy', async () => (await current.status()).cluster.health === 'healthy', 30_000);
  expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
});
