import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { eventually, inspect } from './support/run.ts';

const cluster = new TestCluster('crash');
const keys = 500;

beforeAll(() => cluster.up('--replicas', '2'));
afterAll(() => cluster.remove());

test('the master process killed with SIGKILL three times in a row must lose no key on any node', async () => {
  await loadKeys(cluster, 'master', keys);
  for (const round of [1, 2, 3]) {
    const { State } = await inspect(cluster.container('master'));
    process.kill(State.Pid, 'SIGKILL'); // the process and not the container, so that the restart policy acts
    await eventually(`restart ${round}`, async () => {
      const now = await inspect(cluster.container('master'));
      return now.RestartCount === round && now.State.Running;
    });
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy', 30_000);
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
  }
  expect((await cluster.status()).cluster).toMatchObject({ master: 'master', epoch: 1 });
});
