import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { type ProgressEvent, up } from '../../src/index.ts';
import { objectsOf } from './support/cluster.ts';

test('a program must be able to break a cluster, mend it, and leave nothing behind', async () => {
  const events: ProgressEvent[] = [];
  let name = '';
  {
    await using cluster = await up({
      isolated: true,
      replicas: 2,
      pull: 'never',
      progress: (event) => void events.push(event),
    });
    name = cluster.name;
    expect([cluster.master.name, cluster.replicas.map((node) => node.name)]).toEqual([
      'master',
      ['slave-1', 'slave-2'],
    ]);
    expect(events).toContainEqual({ kind: 'succeed', text: expect.stringContaining('replication is usable') });
    const client = new Redis(cluster.master.url, { protocol: 2 });
    await client.set('a', '1');
    expect(await client.wait(2, 5000)).toBe(2);
    client.disconnect();

    await cluster.kill('master');
    const { promoted } = await cluster.promote('slave-1');
    expect([promoted, cluster.master.name]).toEqual(['slave-1', 'slave-1']);
    await cluster.rejoin('master', { discard: true });

    await cluster.partition('master'); // slave-1 by now
    await cluster.promote('slave-2', { force: true });
    expect((await cluster.status()).cluster.health).toBe('degraded');
    await cluster.heal();
    const { cluster: seen, nodes } = await cluster.status();
    expect([seen.health, seen.master]).toEqual(['healthy', 'slave-2']);
    expect(nodes.map(({ role }) => role)).toEqual(['replica', 'replica', 'master']);

    const after = new Redis((await cluster.env()).REDIS_URL ?? '', { protocol: 2 });
    expect(await after.get('a')).toBe('1');
    after.disconnect();
    await expect(cluster.stop([], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  }
  expect(await objectsOf(name)).toEqual([]);
});
