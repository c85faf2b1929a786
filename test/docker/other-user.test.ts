import { afterEach, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { docker } from './support/run.ts';

const cluster = new TestCluster('user');
const image = `rmsx-test-user-${cluster.name}:1.0`;
const maker = `${cluster.name}-maker`;

afterEach(async () => {
  await cluster.remove();
  await docker('rm', '-f', '-v', maker);
  await docker('rmi', image);
});

test.each([
  ['on volumes', []],
  ['in containers', ['--ephemeral']],
])(
  'an image whose server runs as an unusual user must find its conf readable for that user alone, %s',
  async (_, flags) => {
    const shell = 'sed -i "s/^\\(redis:[^:]*\\):999:/\\1:1999:/" /etc/passwd';
    await docker(
      'run',
      '--name',
      maker,
      '--network',
      'none',
      '--entrypoint',
      'sh',
      process.env.RMSX_IMAGE ?? 'redis:8.0',
      '-c',
      shell,
    );
    await docker(
      'commit',
      '--change',
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      '--change',
      'CMD ["redis-server"]',
      maker,
      image,
    );
    const status = await cluster.up('--image', image, '--replicas', '1', ...flags);
    expect(status.cluster.health).toBe('healthy');
    for (const node of ['master', 'slave-1']) {
      const container = cluster.container(node);
      expect(await docker('exec', container, 'sh', '-c', 'grep Uid /proc/1/status')).toMatch(/^Uid:\s+1999\s/);
      expect(await docker('exec', container, 'stat', '-c', '%a %u', '/usr/local/etc/redis/redis.conf')).toBe(
        '600 1999',
      );
    }
  },
);
