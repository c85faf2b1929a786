import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { url } from '../../src/operations.ts';
import { sentinelIn } from '../helpers/sentinel-container.ts';
import { soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { roleConfs } from './support/keys.ts';
import { library } from './support/library.ts';
import { docker, eventually, inspect } from './support/run.ts';
import { serversOf } from './support/servers.ts';
import { switchover, underLoad } from './support/switching.ts';

/** What the files say, without the headers that the archive gives them. */
const textOf = (confs: readonly string[]): readonly (string | undefined)[] =>
  confs.map((conf) => /replicaof .*|\{[\s\S]*\}/.exec(conf)?.[0]);

describe('a star', () => {
  const cluster = new TestCluster('switch');
  beforeAll(async () => void (await cluster.up('--replicas', '2')));
  afterAll(() => cluster.remove());

  test('must hand over under load without losing a write, all others by what they missed, and back again', async () => {
    const there = await underLoad(cluster, 'slave-1');
    expect(there).toMatchObject({
      promoted: 'slave-1',
      formerMaster: 'master',
      epoch: 2,
      lost: 0,
      lostBytes: 0,
      resync: { master: 'partial', 'slave-2': 'partial' },
      incomplete: [],
    });
    const status = await cluster.status();
    expect(status.cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
    expect(status.nodes.map(({ source }) => source)).toEqual(['slave-1', null, 'slave-1']);
    expect(await switchover(cluster, 'slave-1')).toMatchObject({ changed: false, promoted: 'slave-1', stallMs: null });
    expect(await underLoad(cluster, 'master')).toMatchObject({ promoted: 'master', epoch: 3, lost: 0, lostBytes: 0 });
    const settings = await (await cluster.client('slave-1')).config('GET', 'repl-ping-replica-period');
    expect(settings).toEqual(await (await cluster.client('slave-2')).config('GET', 'repl-ping-replica-period'));
  });

  test('must refuse with 7 while a Sentinel watches, which would undo it', async () => {
    const { port, password } = new URL((await url(cluster.name, 'master', await library())).url);
    const { ip } = (await cluster.status()).nodes[0] ?? {};
    const conf = [`sentinel monitor mm ${ip} ${port} 1`, `sentinel auth-pass mm ${decodeURIComponent(password)}`];
    const network = ['--network', `${cluster.name}_app_net`];
    const sentinel = await docker('run', '-d', ...network, ...sentinelIn('redis:8.0', conf));
    try {
      const refused = await eventually('it is seen', async () => {
        const ended = await cluster.rmsx('switchover', 'slave-1', '--dry-run');
        return ended.code === 7 && ended;
      });
      expect(refused.stderr).toContain(`1 Sentinel watches ${cluster.name}`);
      expect((await cluster.status()).cluster.master).toBe('master');
    } finally {
      await docker('rm', '-f', '-v', sentinel);
    }
    await eventually('it is gone', async () => (await cluster.rmsx('switchover', 'slave-1', '--dry-run')).code === 0);
  });

  soakTest('must refuse with 7 and change nothing where a node would be left behind', async () => {
    const roles = await roleConfs(cluster);
    await docker('pause', cluster.container('slave-2'));
    const refused = await cluster.rmsx('switchover', 'slave-1');
    await docker('unpause', cluster.container('slave-2'));
    expect(refused).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('slave-2 is paused: it would be left behind'),
    });
    expect(await roleConfs(cluster)).toEqual(roles);
  });

  soakTest('must become what it was where the heir hangs in the middle', async () => {
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy');
    const roles = await roleConfs(cluster);
    const { State } = await inspect(cluster.container('slave-1'));
    const heir = await cluster.client('slave-2');
    const running = cluster.rmsx('switchover', 'slave-1', '--timeout', '8s');
    await eventually('slave-2 is below the heir', async () => {
      const follows = /master_host:(\S+)/.exec(await heir.info('replication'))?.[1];
      return follows?.endsWith('.11');
    });
    process.kill(State.Pid, 'SIGSTOP');
    let ended: Awaited<typeof running>;
    try {
      ended = await running;
    } finally {
      process.kill(State.Pid, 'SIGCONT');
    }
    expect([0, 8]).not.toContain(ended.code);
    expect(textOf(await roleConfs(cluster))).toEqual(textOf(roles));
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy');
    expect((await cluster.status()).nodes.map(({ source }) => source)).toEqual([null, 'master', 'master']);
    expect(await (await cluster.client('master')).set('after', '1')).toBe('OK');
  });

  test('must hand over where the master could not log in at its heir, and say what was changed', async () => {
    const { master } = await serversOf(cluster, ['master', 'slave-1']);
    await master.config('SET', 'masterauth', 'another-one');
    const { code, stderr } = await cluster.rmsx('switchover', 'slave-1');
    expect([code, stderr]).toEqual([0, expect.stringContaining('the masterauth of master was changed by hand')]);
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
    expect(await master.config('GET', 'masterauth')).toEqual(['masterauth', await cluster.password()]);
    await master.config('SET', 'masterauth', '');
    await master.call('CLIENT', 'KILL', 'TYPE', 'master');
    expect(await cluster.rmsx('up', '--timeout', '30s')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the masterauth of master was changed by hand'),
    });
  });
});

test('the tail of a chain on a server without FAILOVER must come to the top without losing a write', async () => {
  const cluster = new TestCluster('switch-chain');
  try {
    await cluster.up('--replicas', '2', '--topology', 'chain', '--image', 'redis:6.0');
    expect(await underLoad(cluster, 'slave-2')).toMatchObject({
      promoted: 'slave-2',
      lost: 0,
      lostBytes: 0,
      resync: { master: 'partial', 'slave-1': 'partial' },
      incomplete: [],
    });
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-2' });
  } finally {
    await cluster.remove();
  }
});
