import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { docker, eventually, inspect, rmsx } from './support/run.ts';

const cluster = new TestCluster('up');
const nodes = ['master', 'slave-1', 'slave-2'] as const;

beforeAll(async () => {
  await cluster.up('--replicas', '2', '--tz', 'Asia/Shanghai');
});
afterAll(() => cluster.remove());

/** What a running cluster consists of, as far as a change would show. */
async function fingerprint(): Promise<unknown> {
  const containers = await Promise.all(nodes.map((node) => inspect(cluster.container(node))));
  return [containers.map(({ Id, State }) => [Id, State.StartedAt]), await cluster.objects()];
}

describe('a cluster that is up', () => {
  test('must hand every write to every replica at once', async () => {
    const [master, one, two] = await Promise.all(nodes.map((node) => cluster.client(node)));
    await master?.set('greeting', 'hello');
    expect(await master?.call('WAIT', '2', '5000')).toBe(2);
    expect(await one?.get('greeting')).toBe('hello');
    expect(await two?.get('greeting')).toBe('hello');
  });

  test('must be healthy, with every node at its address and every link up', async () => {
    const { cluster: summary, nodes: seen, warnings } = await cluster.status();
    expect(summary).toMatchObject({ health: 'healthy', master: 'master', topology: 'star', epoch: 1 });
    expect(warnings).toEqual([]);
    const prefix = summary.subnet.replace(/\.0\/24$/, '');
    expect(seen.map(({ name, role, source, link, ip }) => [name, role, source, link, ip])).toEqual([
      ['master', 'master', null, null, `${prefix}.10`],
      ['slave-1', 'replica', 'master', 'up', `${prefix}.11`],
      ['slave-2', 'replica', 'master', 'up', `${prefix}.12`],
    ]);
    for (const { name, ip } of seen) {
      const networks = (await inspect(cluster.container(name))).NetworkSettings.Networks;
      expect(Object.values(networks).map((network) => network.IPAddress)).toEqual([ip]);
    }
  });

  test('must not change when up runs again, and up must say so', async () => {
    const before = await fingerprint();
    const again = await rmsx(['up', '-n', cluster.name, '--json']);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false, plan: [] });
    expect(again.stderr).toContain('nothing changed');
    expect(await fingerprint()).toEqual(before);
  });

  test('must refuse writes on replicas', async () => {
    const replica = await cluster.client('slave-1');
    await expect(replica.set('greeting', 'other')).rejects.toThrow(/READONLY/);
  });

  test.each(nodes)('must disable KEYS, FLUSHALL and FLUSHDB on %s', async (node) => {
    const client = await cluster.client(node);
    for (const command of ['KEYS', 'FLUSHALL', 'FLUSHDB']) {
      await expect(client.call(command, '*')).rejects.toThrow(/unknown command/);
    }
  });

  test.each(nodes)('must configure %s as the template says', async (node) => {
    const client = await cluster.client(node);
    const value = async (name: string): Promise<string> => ((await client.config('GET', name)) as string[])[1] ?? '';
    const password = await cluster.password();
    const info = await inspect(cluster.container(node));
    const address = Object.values(info.NetworkSettings.Networks)[0]?.IPAddress;
    expect(await value('requirepass')).toBe(password);
    expect(await value('masterauth')).toBe(password);
    expect(await value('appendonly')).toBe('yes');
    expect(await value('dir')).toBe('/data');
    expect(await value('repl-diskless-sync-delay')).toBe('0');
    expect(await value('replica-announce-ip')).toBe(address);
    expect(await value('replica-announce-port')).toBe(await value('port'));
    expect(info.HostConfig.PortBindings).toEqual({
      [`${await value('port')}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: await value('port') }],
    });
  });

  test.each(nodes)('must run %s with a restart policy, its sysctl, the time zone, and no privilege', async (node) => {
    const { HostConfig, Config } = await inspect(cluster.container(node));
    expect(HostConfig).toMatchObject({
      RestartPolicy: { Name: 'always' },
      Sysctls: { 'net.core.somaxconn': '511' },
      Privileged: false,
      CapAdd: null,
    });
    expect(Config.Env).toContain('TZ=Asia/Shanghai');
    expect(Config.Labels).toMatchObject({ 'rmsx.cluster': cluster.name, 'rmsx.node': node });
  });

  test.each(nodes)('must run %s as the redis user, with a conf that only that user reads', async (node) => {
    const container = cluster.container(node);
    expect(await docker('exec', container, 'sh', '-c', 'grep Uid /proc/1/status')).toMatch(/^Uid:\s+999\s/);
    const listing = await docker('exec', container, 'stat', '-c', '%n %a %u', '/usr/local/etc/redis/redis.conf');
    expect(listing).toBe('/usr/local/etc/redis/redis.conf 600 999');
  });

  test('must keep its password out of everything that others can see', async () => {
    const password = await cluster.password();
    const volumes = (await cluster.objects()).filter((name) => /-(data|conf)$/.test(name));
    const seen = await Promise.all([
      ...nodes.map((node) => docker('inspect', cluster.container(node))),
      ...nodes.map((node) => docker('top', cluster.container(node))),
      ...nodes.map((node) => docker('logs', cluster.container(node))),
      ...nodes.map((node) => docker('exec', cluster.container(node), 'cat', '/usr/local/etc/redis/rmsx.json')),
      ...volumes.map((volume) => docker('volume', 'inspect', volume)),
      cluster.rmsx('status', '--json').then(({ stdout, stderr }) => stdout + stderr),
    ]);
    expect(seen.every((text) => text.length > 0)).toBe(true);
    expect(seen.filter((text) => text.includes(password))).toEqual([]);
  });

  test.each(nodes)('must refuse a client that does not log in on %s', async (node) => {
    const stranger = await cluster.client(node, { login: false });
    await expect(stranger.set('greeting', 'other')).rejects.toThrow(/NOAUTH/);
    await expect(stranger.info()).rejects.toThrow(/NOAUTH/);
  });

  test('must keep dynamic addresses away from those of its nodes', async () => {
    const guests = ['a', 'b', 'c'].map((letter) => `${cluster.name}-guest-${letter}`);
    const network = `${cluster.name}_app_net`;
    const image = (await cluster.status()).cluster.image;
    try {
      for (const guest of guests)
        await docker('run', '-d', '--name', guest, '--network', network, image, 'sleep', '60');
      const infos = await Promise.all(guests.map((guest) => inspect(guest)));
      const last = infos.map((info) => Number(info.NetworkSettings.Networks[network]?.IPAddress.split('.')[3]));
      expect(last.every((byte) => byte >= 240)).toBe(true);
    } finally {
      await docker('rm', '-f', '-v', ...guests);
    }
  });
});

describe('a cluster that went down', () => {
  test('must come back with data, password and addresses, and must leave nothing with --volumes', async () => {
    const password = await cluster.password();
    const before = await cluster.status();
    await (await cluster.client('master')).set('kept', 'yes');
    expect(await cluster.rmsx('down')).toMatchObject({ code: 0 });
    expect((await cluster.objects()).every((name) => /-(data|conf)$/.test(name))).toBe(true);
    const status = await cluster.rmsx('status');
    expect(status.code).toBe(4);
    expect(status.stderr).toContain('its data is kept (volumes: 3)');

    expect((await rmsx(['up', '-n', cluster.name, '--pull', 'never'])).code).toBe(0);
    const after = await cluster.status();
    expect(after.nodes.map(({ name, ip, port }) => [name, ip, port])).toEqual(
      before.nodes.map(({ name, ip, port }) => [name, ip, port]),
    );
    expect(await cluster.password()).toBe(password);
    expect(await (await cluster.client('master')).get('kept')).toBe('yes');
    expect(await (await cluster.client('slave-2')).get('kept')).toBe('yes');

    expect(await cluster.rmsx('down', '--volumes')).toMatchObject({ code: 0 });
    expect(await cluster.objects()).toEqual([]);
    const again = await cluster.rmsx('down', '--volumes');
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('nothing to remove');
  });
});

describe('up on a cluster that is partly there', () => {
  test('must start what is stopped, unpause what is paused, make what is missing, and add what is asked for', async () => {
    const own = new TestCluster('partly');
    try {
      await own.up('--replicas', '3');
      await (await own.client('master')).set('kept', 'yes');
      await docker('stop', own.container('slave-1'));
      await docker('pause', own.container('slave-2'));
      await docker('rm', '-f', own.container('slave-3'));
      const untouched = await inspect(own.container('master'));
      const result = await rmsx(['up', '-n', own.name, '--replicas', '4', '--json', '--pull', 'never']);
      expect(result.code).toBe(0);
      expect(JSON.parse(result.stdout)).toMatchObject({ changed: true, cluster: { health: 'healthy', epoch: 2 } });
      expect((await inspect(own.container('master'))).State).toEqual(untouched.State);
      for (const node of ['slave-1', 'slave-2', 'slave-3', 'slave-4']) {
        const client = await own.client(node);
        await eventually(`${node} has the key`, async () => (await client.get('kept')) === 'yes');
      }
      const fewer = await rmsx(['up', '-n', own.name, '--replicas', '1']);
      expect(fewer).toMatchObject({ code: 5 });
      expect(fewer.stderr).toContain('up never removes a node');
    } finally {
      await own.remove();
    }
  });
});
