import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rows, soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { docker, eventually, inspect, rmsx } from './support/run.ts';

const image = process.env.RMSX_IMAGE ?? 'redis:8.0';
let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster('refuse');
});
afterEach(() => cluster.remove());

/** The first port that `up` would choose, from a dry run. */
async function plannedPorts(): Promise<readonly number[]> {
  const { stdout } = await rmsx(['up', ...cluster.apart, '--dry-run']);
  return [...stdout.matchAll(/create container \S+ \([\d.]+:(\d+)\)/g)].map((match) => Number(match[1]));
}

describe('up that cannot be done', () => {
  test('must leave a foreign container alone, name it, and leave nothing', async () => {
    const name = cluster.container('slave-1');
    try {
      await docker('run', '-d', '--network', 'none', '--name', name, image, 'sleep', '60');
      const before = await inspect(name);
      const result = await rmsx(['up', ...cluster.apart]);
      expect(result.code).toBe(5);
      expect(result.stderr).toContain(`The name ${name} belongs to a container that rmsx did not make`);
      expect(result.stderr).toContain('hint:');
      const after = await inspect(name);
      expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
      expect(await cluster.objects()).toEqual([]);
    } finally {
      await docker('rm', '-f', '-v', name);
    }
  });

  test('must take everything back when another program holds a port', async () => {
    const ports = await plannedPorts();
    const held = ports[1] ?? 0;
    const server = createServer().listen(held, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      const flags = ['-n', cluster.name, '--subnet', 'auto', '--base-port', String(ports[0]), '--pull', 'never'];
      const result = await rmsx(['up', ...flags]);
      expect(result.code).toBe(5);
      expect(result.stderr).toContain(`slave-1 could not be started. Port ${held} is taken by a process of this host.`);
      expect(result.stderr).toContain('--base-port auto');
      expect(await cluster.objects()).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('must choose again under --base-port auto when another program holds a port', async () => {
    const held = (await plannedPorts())[2] ?? 0;
    const server = createServer().listen(held, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      const status = await cluster.up();
      expect(status.cluster.health).toBe('healthy');
      expect(status.nodes.map(({ hostPort }) => hostPort)).not.toContain(held);
    } finally {
      server.close();
    }
  });

  test('must name the network that the subnet overlaps with', async () => {
    const network = `${cluster.name}-other`;
    await docker('network', 'create', '--subnet', '172.16.255.0/25', network);
    try {
      const result = await rmsx(['up', '-n', cluster.name, '--subnet', '172.16.255.0/24', '--base-port', 'auto']);
      expect(result.code).toBe(5);
      expect(result.stderr).toContain(`overlaps with the network ${network}`);
      expect(result.stderr).toContain('--subnet auto');
      expect(await cluster.objects()).toEqual([]);
    } finally {
      await docker('network', 'rm', network);
    }
  });

  test('must say that the image is not there', async () => {
    const result = await rmsx(['up', ...cluster.apart, '--image', 'rmsx-test-no-such-image:1.0']);
    expect(result.code).toBe(9);
    expect(result.stderr).toContain('rmsx-test-no-such-image:1.0 is not here');
    expect(await cluster.objects()).toEqual([]);
  });

  test("must show the server's last words when it does not stay up, before it is removed", async () => {
    const broken = `rmsx-test-broken-${cluster.name}:1.0`;
    const maker = `${cluster.name}-maker`;
    await docker('create', '--name', maker, image);
    try {
      await docker(
        'commit',
        '--change',
        `ENTRYPOINT ["sh","-c","echo FATAL: this server is broken; exit 1"]`,
        maker,
        broken,
      );
      const result = await rmsx(['up', ...cluster.apart, '--image', broken, '--timeout', '30s']);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('FATAL: this server is broken');
      expect(await cluster.objects()).toEqual([]);
    } finally {
      await docker('rm', '-f', '-v', maker);
      await docker('rmi', broken);
    }
  });

  soakTest('must keep the wreck with --retain', async () => {
    const mute = `rmsx-test-mute-${cluster.name}:1.0`;
    const maker = `${cluster.name}-maker`;
    await docker('create', '--name', maker, image);
    try {
      await docker('commit', '--change', 'ENTRYPOINT ["sleep","60","#"]', maker, mute);
      const flags = [...cluster.apart, '--image', mute, '--timeout', '3s'];
      const result = await rmsx(['up', ...flags, '--retain']);
      expect(result.code).toBe(124);
      expect((await cluster.objects()).filter((name) => name.endsWith('-master'))).toHaveLength(1);
      await rmsx(['down', '--volumes', '-n', cluster.name]);
      expect((await rmsx(['up', ...flags])).code).toBe(124);
      expect(await cluster.objects()).toEqual([]);
    } finally {
      await cluster.remove();
      await docker('rm', '-f', '-v', maker);
      await docker('rmi', mute);
    }
  });

  test.each(
    rows<readonly [NodeJS.Signals, number]>(
      [['SIGINT', 130]],
      [
        ['SIGTERM', 143],
        ['SIGHUP', 143],
      ],
    ),
  )('must take everything back on %s and exit with %i', async (signal, code) => {
    const result = await rmsx(['up', ...cluster.apart], {
      whileRunning: async (kill) => {
        await eventually('something is made', async () => (await cluster.objects()).length > 1);
        kill(signal);
      },
    });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain('what this run made is removed');
    expect(await cluster.objects()).toEqual([]);
  });

  test('must not take back what was there before', async () => {
    await cluster.up('--replicas', '1');
    const before = await inspect(cluster.container('master'));
    const ports = (await cluster.status()).nodes.map(({ hostPort }) => hostPort);
    const server = createServer().listen((ports[1] ?? 0) + 1, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      expect((await rmsx(['up', '-n', cluster.name, '--replicas', '2'])).code).toBe(5);
    } finally {
      server.close();
    }
    const after = await inspect(cluster.container('master'));
    expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
    expect((await cluster.objects()).some((name) => name.includes('slave-2'))).toBe(false);
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', epoch: 1 });
  });
});

describe('a password', () => {
  test.each(
    rows([`#hash $HOME \\back\\slash pässwörd-密码-🔑 ' " a%40b:c/d?e@f`], [`-leading dash, quotes ' and " and \``]),
  )('must work everywhere: %s', async (password) => {
    const result = await rmsx(
      ['up', ...cluster.apart, '--ephemeral', '--replicas', '1', '--password-file', '-', '--json'],
      {
        input: `${password}\n`,
      },
    );
    expect(result).toMatchObject({ code: 0 });
    expect((await cluster.status()).cluster.health).toBe('healthy');
    const environment = JSON.parse((await cluster.rmsx('env', '--json')).stdout) as Record<string, string>;
    expect(environment.REDIS_PASSWORD).toBe(password);
    expect(decodeURIComponent(new URL(environment.REDIS_URL ?? '').password)).toBe(password);
    expect(await (await cluster.client('master')).set('a', '1')).toBe('OK');
    const seen = await Promise.all(['master', 'slave-1'].map((node) => docker('inspect', cluster.container(node))));
    expect(seen.some((text) => text.includes(password))).toBe(false);
  });
});
