import { afterEach, beforeEach, expect, test } from 'vitest';
import { rows, soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, rmsx } from './support/run.ts';

const keys = 20;
let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster('older');
});
afterEach(() => cluster.remove());

const up = (...flags: readonly string[]): ReturnType<typeof rmsx> =>
  rmsx(['up', '-n', cluster.name, '--pull', 'never', ...flags]);

const ids = (): Promise<string> =>
  docker('ps', '-a', '-q', '--no-trunc', '--filter', `label=rmsx.cluster=${cluster.name}`);

test.each(
  rows(
    [['redis:8.0', 'valkey:8.1']],
    [
      ['redis:8.0', 'redis:7.0'],
      ['redis:7.0', 'redis:6.0'],
    ],
  ),
)('data of %s must never be given to %s, and be there afterwards', async (before, wanted) => {
  await cluster.up('--replicas', '1', '--image', before);
  await loadKeys(cluster, 'master', keys);
  await cluster.rmsx('down');
  const refused = await up('--image', wanted);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain(`${cluster.container('master')}-data was written by ${before} (RDB format `);
  expect(refused.stderr).toContain(`rmsx up --image ${before} -n ${cluster.name}`);
  expect(await ids()).toBe('');
  expect(await up()).toMatchObject({ code: 0 });
  expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
});

soakTest(
  'after an upgrade the data must be that of the newer server, whatever the labels of the volumes say',
  async () => {
    await cluster.up('--replicas', '1', '--image', 'redis:7.0');
    await loadKeys(cluster, 'master', keys);
    await cluster.rmsx('down');
    expect(await up('--image', 'redis:8.0')).toMatchObject({ code: 0 });
    expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
    await cluster.rmsx('down');
    const refused = await up('--image', 'redis:7.0');
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain('was written by redis:8.0');
  },
);

soakTest('a server too old for its data whose image does not tell must be explained, and taken back', async () => {
  const untold = `rmsx-test-untold-${cluster.name}:1`;
  await docker('tag', 'redis:7.0', untold);
  try {
    await cluster.up('--replicas', '1', '--image', 'redis:8.0');
    await loadKeys(cluster, 'master', keys);
    await cluster.rmsx('down');
    const failed = await up('--image', untold, '--timeout', '30s');
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain("Can't handle RDB format version 12");
    expect(failed.stderr).toContain('The server is too old for RDB format 12');
    expect(await up()).toMatchObject({ code: 0 });
    expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
  } finally {
    await docker('rmi', untold);
  }
});
