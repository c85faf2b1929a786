import { afterEach, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { soakTest } from './support/breadth.ts';
import { MovingCluster, nodes, portsOf } from './support/moving.ts';
import { docker, inspect, rmsx, rmsxJson } from './support/run.ts';

let cluster: MovingCluster;

afterEach(async () => {
  await cluster.remove();
});

/** When each of the containers was started: what is left alone, keeps it. */
const lives = (...of: readonly string[]): Promise<readonly string[]> =>
  Promise.all(of.map(async (node) => (await inspect(cluster.container(node))).State.StartedAt));

/** @returns a function that runs `up` with the same file and other lines in it */
const upWith =
  (...common: readonly string[]) =>
  (...lines: readonly string[]): Promise<ClusterStatus> => {
    const all = [`apiVersion: rmsx/v1, name: ${cluster.name}, replicas: 2`, ...common, ...lines];
    return rmsxJson(['up', '-f', '-', '--pull', 'never'], { input: `{ ${all.join(', ')} }` });
  };
const apart = 'network: { subnet: auto }, ports: { base: auto }';

describe('other addresses', () => {
  test('must come with all data where the ports move on by one, and be there for the next up', async () => {
    cluster = new MovingCluster('move-port');
    const before = await cluster.begin();
    const objects = await cluster.objects();
    const next = cluster.basePort + 1;
    const moved = await cluster.again('--base-port', `${next}`);
    expect([portsOf(moved), moved.cluster.subnet]).toEqual([[next, next + 1, next + 2], before.cluster.subnet]);
    expect(await cluster.missing()).toEqual([]);
    const client = await cluster.client('master');
    expect(client.options.port).toBe(next);
    expect([await client.set('after', '1'), await client.call('WAIT', '2', '5000')]).toEqual(['OK', 2]);
    expect([...(await cluster.objects())].sort()).toEqual([...objects].sort());
    expect((await inspect(cluster.container('master'))).HostConfig.RestartPolicy.Name).toBe('always');
    expect(await cluster.writesOf('--base-port', `${next}`)).toEqual([]);
    expect(await cluster.writesOf()).toEqual([]);
  });

  soakTest('of another subnet, ports and password at once must keep the master that a promotion made', async () => {
    cluster = new MovingCluster('move-all');
    const before = await cluster.begin('--topology', 'chain');
    const password = await cluster.password();
    await docker('kill', cluster.container('master'));
    await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
    await docker('start', cluster.container('master'));
    const flags = ['up', '-n', cluster.name, ...cluster.elsewhere];
    expect((await rmsx([...flags, '--dry-run'])).stdout.replaceAll(/ {2}\(.*/g, '').split('\n')).toEqual(
      expect.arrayContaining(['stop slave-1', `create network ${cluster.name}_app_net (${cluster.otherSubnet})`]),
    );
    expect((await cluster.status()).cluster.subnet).toBe(before.cluster.subnet);
    const moved = await rmsx([...flags, '--password-file', '-'], { input: 'another word' });
    expect([moved.code, moved.stderr]).toEqual([0, expect.stringContaining('is down while it moves')]);
    const { cluster: summary, nodes: now } = await cluster.status();
    expect(summary).toMatchObject({ master: 'slave-1', health: 'healthy', subnet: cluster.otherSubnet });
    expect(now.map(({ ip }) => ip)).toEqual(['10', '11', '12'].map((end) => cluster.otherSubnet.replace('0/24', end)));
    expect(await cluster.missing()).toEqual([]);
    const stranger = await cluster.client('slave-2', { login: false });
    await expect(stranger.call('AUTH', password)).rejects.toThrow('WRONGPASS');
    expect(await cluster.writesOf(...cluster.elsewhere)).toEqual([]);
  });

  soakTest('must come to a cluster with snapshots that runs, with a last one, and to one that is stopped', async () => {
    cluster = new MovingCluster('move-rdb');
    const up = upWith('persistence: rdb');
    await up(apart);
    await cluster.remember();
    await (await cluster.client('master')).set('late', '1');
    await up(`network: { subnet: ${cluster.otherSubnet} }`);
    expect(await (await cluster.client('slave-2')).get('late')).toBe('1');
    await rmsxJson(['stop', '-n', cluster.name]);
    const moved = await up(`ports: { base: ${cluster.otherPort} }`);
    expect([moved.cluster.health, portsOf(moved)[0]]).toEqual(['healthy', cluster.otherPort]);
    expect(await (await cluster.client('slave-2')).get('late')).toBe('1');
  });

  test('of a replica that nobody follows must replace that one alone', async () => {
    cluster = new MovingCluster('move-leaf');
    const up = upWith(apart);
    await up();
    const [master, slave1] = portsOf(await cluster.remember());
    await (await cluster.client('master')).set('here', '1');
    const started = await lives('master', 'slave-1');
    const moved = await up(`nodes: { slave-2: { port: ${cluster.otherPort} } }`);
    expect([portsOf(moved), moved.cluster.health]).toEqual([[master, slave1, cluster.otherPort], 'healthy']);
    expect(await (await cluster.client('slave-2')).get('here')).toBe('1');
    expect(await lives('master', 'slave-1')).toEqual(started);
  });
});

describe('other addresses must be refused before anything is touched', () => {
  test('where somebody else is on the network, or has one of the ports', async () => {
    cluster = new MovingCluster('move-guest');
    const { image } = (await cluster.begin()).cluster;
    const [started, guest] = [await lives(...nodes), `${cluster.name}-guest`];
    await docker('run', '-d', '--name', guest, '--network', `${cluster.name}_app_net`, image, 'sleep', '300');
    const refused = await cluster.rmsx('up', '--subnet', cluster.otherSubnet);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining(`${guest} is attached to it`)]);
    await cluster.take(cluster.otherPort + 1);
    const taken = await cluster.rmsx('up', '--base-port', `${cluster.otherPort}`);
    expect([taken.code, taken.stderr]).toEqual([5, expect.stringContaining('is taken by a process of this host')]);
    expect(await lives(...nodes)).toEqual(started);
    expect((await inspect(guest)).State.Running).toBe(true);
  });

  test('where the data would be gone, or a node has another role than its conf', async () => {
    cluster = new MovingCluster('move-none');
    await cluster.begin('--ephemeral');
    const started = await lives(...nodes);
    const ephemeral = await cluster.rmsx('up', ...cluster.elsewhere);
    expect([ephemeral.code, ephemeral.stderr]).toEqual([7, expect.stringContaining('master would start empty')]);
    await (await cluster.client('slave-1')).call('REPLICAOF', 'NO', 'ONE');
    const other = await cluster.rmsx('up', ...cluster.elsewhere);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('Somebody changed the roles')]);
    expect(await lives(...nodes)).toEqual(started);
  });
});
