import { afterEach, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { docker, rmsx } from './support/run.ts';

const cluster = new TestCluster('open');
const image = `rmsx-test-open-${cluster.name}:1.0`;
const maker = `${cluster.name}-maker`;
const base = process.env.RMSX_IMAGE ?? 'redis:8.0';

afterEach(async () => {
  await cluster.remove();
  await docker('rm', '-f', '-v', maker);
  await docker('rmi', image);
});

test.each([
  ['-e /^requirepass/d -e /^protected-mode/d', 'answers without a password'],
  ['-e /^requirepass/d', 'has no password, and its protected mode lets nobody in'],
])(
  'an image whose entrypoint takes the password out of the conf must not come up: sed %s',
  async (expressions, text) => {
    await docker('create', '--name', maker, base);
    const conf = '/usr/local/etc/redis/redis.conf';
    const extra = expressions.includes('protected') ? ' --protected-mode no' : '';
    const entrypoint = `sed ${expressions} ${conf} > /tmp/open.conf; exec redis-server /tmp/open.conf${extra}`;
    await docker('commit', '--change', `ENTRYPOINT ${JSON.stringify(['sh', '-c', entrypoint])}`, maker, image);
    const result = await rmsx(['up', ...cluster.apart, '--replicas', '1', '--image', image]);
    expect([result.code, result.stderr]).toEqual([1, expect.stringMatching(new RegExp(`(master|slave-1) ${text}`))]);
    expect(await cluster.objects()).toEqual([]);
  },
);
