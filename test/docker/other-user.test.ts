import { afterEach, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { rows } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, rmsxJson } from './support/run.ts';

const cluster = new TestCluster('user');
const image = `rmsx-test-user-${cluster.name}:1.0`;
const maker = `${cluster.name}-maker`;
const base = process.env.RMSX_IMAGE ?? 'redis:8.0';

afterEach(async () => {
  await cluster.remove();
  await docker('rm', '-f', '-v', maker);
  await docker('rmi', image);
});

async function up(persistence: string): Promise<void> {
  const file = `{ apiVersion: rmsx/v1, replicas: 1, persistence: ${persistence} }`;
  const status = await rmsxJson<ClusterStatus>(['up', '-f', '-', ...cluster.apart, '--image', image], { input: file });
  expect(status.cluster.health).toBe('healthy');
}

/** The server must run as this user, be the only one to read its conf, and keep what is written. */
async function expectToWorkAs(uid: string): Promise<void> {
  await loadKeys(cluster, 'master', 20);
  expect(await missingKeys(cluster, ['slave-1'], 20)).toEqual([]);
  for (const node of ['master', 'slave-1']) {
    const container = cluster.container(node);
    expect(await docker('exec', container, 'grep', 'Uid', '/proc/1/status')).toMatch(new RegExp(`^Uid:\\s+${uid}\\s`));
    const conf = await docker('exec', container, 'stat', '-c', '%a %u', '/usr/local/etc/redis/redis.conf');
    expect(conf).toBe(`600 ${uid}`);
  }
}

describe('an image whose entrypoint goes on as an unusual user', () => {
  const make = async (): Promise<void> => {
    const shell = 'sed -i "s/^\\(redis:[^:]*\\):999:/\\1:1999:/" /etc/passwd';
    await docker('run', '--name', maker, '--network', 'none', '--entrypoint', 'sh', base, '-c', shell);
    const changes = ['ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["redis-server"]'];
    await docker('commit', ...changes.flatMap((change) => ['--change', change]), maker, image);
  };

  test.each(rows(['aof'], ['rdb', 'none']))(
    'must find its conf readable for that user alone, persistence %s',
    async (keeps) => {
      await make();
      await up(keeps);
      await expectToWorkAs('1999');
    },
  );
});

describe('an image with a USER of its own, whose process never is root,', () => {
  test.each(
    rows(
      [
        ['redis', 'aof', '999'],
        ['1234', 'none', '1234'], // its image gives /data to somebody else, and so does the volume
      ],
      [
        ['redis', 'none', '999'],
        ['999:999', 'rdb', '999'],
      ],
    ),
  )('%s, must find its conf and have its data, persistence %s', async (user, persistence, uid) => {
    await docker('create', '--name', maker, base);
    await docker('commit', '--change', `USER ${user}`, maker, image);
    await up(persistence);
    await expectToWorkAs(uid);
  });
});
