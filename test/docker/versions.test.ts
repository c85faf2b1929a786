import { afterEach, expect, test } from 'vitest';
import { rows } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { expectAsDrawn } from './support/examples.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, eventually, rmsxJson } from './support/run.ts';

const keys = 50;
let cluster: TestCluster | undefined;

afterEach(() => cluster?.remove());

test.each(rows(['redis:6.0', 'valkey:8.1'], ['redis:7.0', 'redis:8.0']))(
  'examples/star.yaml on %s must come up as it is drawn, be promoted and take its old master back',
  async (image) => {
    cluster = new TestCluster(image.replace(/\W/g, '-'));
    await expectAsDrawn(cluster, 'star', image);
    await loadKeys(cluster, 'master', keys);
    await docker('kill', cluster.container('master'));
    const promoted = await rmsxJson(['promote', 'slave-2', '-n', cluster.name]);
    expect(promoted).toMatchObject({ promoted: 'slave-2', resync: { 'slave-1': 'partial' }, incomplete: [] });
    await docker('start', cluster.container('master'));
    const current = cluster;
    await eventually('healthy', async () => (await current.status()).cluster.health === 'healthy', 30_000);
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
  },
);
