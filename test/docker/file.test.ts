import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { soakDescribe, soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';

const home = process.cwd();
let directory: string;
let cluster: TestCluster | undefined;

// What runs rmsx inherits the directory: each test file is a process of its own.
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'rmsx-file-')));
  process.chdir(directory);
});
afterAll(async () => {
  process.chdir(home);
  await rm(directory, { recursive: true });
});
afterEach(async () => {
  await cluster?.remove();
  cluster = undefined;
  await rm(join(directory, 'rmsx.yaml'), { force: true });
});

/** A file that keeps the cluster away from others, and goes on with some lines. */
const yaml = (name: string, ...lines: readonly string[]): string =>
  `${['apiVersion: rmsx/v1', `name: ${name}`, 'network: { subnet: auto }', 'ports: { base: auto }', ...lines].join('\n')}\n`;

const pullNever = ['--pull', 'never'];

async function configOf(node: string, directive: string): Promise<string> {
  if (!cluster) throw new Error('no cluster is up');
  const answer = (await (await cluster.client(node)).config('GET', directive)) as string[];
  return answer[1] ?? '';
}

soakDescribe('a description of a cluster', () => {
  test('must be taken from standard input', async () => {
    cluster = new TestCluster('file-stdin');
    const input = yaml(
      cluster.name,
      'topology: chain',
      'replicas: 2',
      'image: redis:7.0',
      'redis: { maxclients: 300 }',
    );
    const status = await rmsxJson<ClusterStatus>(['up', '-f', '-', ...pullNever], { input });
    expect(status.cluster).toMatchObject({ name: cluster.name, topology: 'chain', image: 'redis:7.0' });
    expect(status.nodes.map(({ source }) => source)).toEqual([null, 'master', 'slave-1']);
    expect(await configOf('slave-2', 'maxclients')).toBe('300');
  });

  test('must be found in ./rmsx.yaml by up, status, promote, env and down, and -n must beat its name', async () => {
    cluster = new TestCluster('file-here');
    const { name } = cluster;
    await writeFile('rmsx.yaml', yaml(name, 'replicas: 1', 'image: redis:7.0', 'passwordFile: ./secret'));
    await writeFile('secret', 'the word of the file\n', { mode: 0o600 });
    expect((await rmsxJson<ClusterStatus>(['up', ...pullNever])).cluster).toMatchObject({ name, health: 'healthy' });
    expect((await rmsxJson<ClusterStatus>(['status'])).cluster.name).toBe(name);
    expect(await rmsxJson(['env'])).toMatchObject({ RMSX_NAME: name, REDIS_PASSWORD: 'the word of the file' });
    expect(await (await cluster.client('master')).call('AUTH', 'the word of the file')).toBe('OK');
    expect((await rmsx(['status', '-n', `${name}-other`])).code).toBe(4);

    await loadKeys(cluster, 'master', 20);
    await docker('kill', cluster.container('master'));
    expect(await rmsxJson(['promote', 'slave-1'])).toMatchObject({ promoted: 'slave-1' });
    expect(await (await cluster.client('slave-1')).set('after', '1')).toBe('OK');
    expect(await rmsxJson(['up', ...pullNever])).toMatchObject({ cluster: { master: 'slave-1', epoch: 2 } });
    expect(await missingKeys(cluster, ['master', 'slave-1'], 20)).toEqual([]);
    expect(await rmsxJson(['down'])).toMatchObject({ clusters: [name], changed: true });
    expect((await cluster.objects()).filter((object) => !/-(data|conf)$/.test(object))).toEqual([]);
  });

  test('must be beaten by the environment, and the environment by flags', async () => {
    cluster = new TestCluster('file-order');
    const lines = ['replicas: 1', 'image: redis:7.0', 'redis: { maxclients: 300, timeout: 11 }'];
    await writeFile('rmsx.yaml', yaml(cluster.name, ...lines));
    const env = { RMSX_REPLICAS: '2', RMSX_IMAGE: 'redis:8.0' };
    const flags = ['--set', 'maxclients=400', '--image', 'redis:6.0', '--ephemeral'];
    const status = await rmsxJson<ClusterStatus>(['up', ...flags, ...pullNever], { env });
    expect(status.nodes.map(({ name }) => name)).toEqual(['master', 'slave-1', 'slave-2']);
    expect(status.nodes.map(({ version }) => version?.slice(0, 3))).toEqual(['6.0', '6.0', '6.0']);
    expect([await configOf('slave-1', 'maxclients'), await configOf('slave-1', 'timeout')]).toEqual(['400', '11']);
  });
});

describe('persistence', () => {
  test('rdb must restart nothing by itself, keep data over down and up, and never go back to an old snapshot', async () => {
    cluster = new TestCluster('file-rdb');
    const current = cluster;
    await writeFile('rmsx.yaml', yaml(current.name, 'replicas: 1', 'image: redis:7.0', 'persistence: rdb'));
    await rmsxJson(['up', ...pullNever]);
    for (const node of ['master', 'slave-1']) {
      expect((await inspect(current.container(node))).HostConfig.RestartPolicy.Name).toBe('no');
      expect(await configOf(node, 'appendonly')).toBe('no');
    }
    await loadKeys(current, 'master', 20);
    expect((await rmsx(['down'])).code).toBe(0);
    await rmsxJson(['up', ...pullNever]);
    expect(await missingKeys(current, ['master', 'slave-1'], 20)).toEqual([]);

    await (await current.client('master')).set('key:0', 'newer than the snapshot');
    const replica = await current.client('slave-1');
    await eventually('the replica has it', async () => (await replica.get('key:0')) === 'newer than the snapshot');
    await docker('kill', current.container('master'));
    const refused = await rmsx(['up', ...pullNever]);
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('rmsx promote slave-1')]);
    expect(refused.stderr).toContain('last snapshot');
    expect((await inspect(current.container('master'))).State.Running).toBe(false);
    expect(await replica.get('key:0')).toBe('newer than the snapshot');
  });

  soakTest('data that was kept in one way must not be left unread by another one: 7, and it stays', async () => {
    cluster = new TestCluster('file-keeps');
    const { name } = cluster;
    const file = (keeps: string): Promise<void> =>
      writeFile('rmsx.yaml', yaml(name, 'replicas: 1', 'image: redis:7.0', `persistence: ${keeps}`));
    await file('aof');
    await rmsxJson(['up', ...pullNever]);
    await loadKeys(cluster, 'master', 20);
    for (const isDown of [false, true]) {
      if (isDown) await rmsxJson(['down', '-n', name]);
      for (const keeps of ['rdb', 'none']) {
        await file(keeps);
        const refused = await rmsx(['up', ...pullNever]);
        expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('append-only files on 2 volumes')]);
      }
    }
    await file('aof');
    await rmsxJson(['up', ...pullNever]);
    expect(await missingKeys(cluster, ['master', 'slave-1'], 20)).toEqual([]);
  });

  test('none must leave no volume, and must be what --ephemeral is', async () => {
    cluster = new TestCluster('file-none');
    await writeFile('rmsx.yaml', yaml(cluster.name, 'replicas: 1', 'image: redis:7.0', 'persistence: none'));
    await rmsxJson(['up', ...pullNever]);
    expect(await docker('volume', 'ls', '-q', '--filter', `label=rmsx.cluster=${cluster.name}`)).toBe('');
    expect((await inspect(cluster.container('master'))).HostConfig.RestartPolicy.Name).toBe('no');
    expect([await configOf('master', 'appendonly'), await configOf('master', 'save')]).toEqual(['no', '']);
    expect(await rmsxJson(['up', '--ephemeral', ...pullNever])).toMatchObject({ changed: false, plan: [] });
  });
});

soakDescribe('images', () => {
  soakTest('a replica may be newer than its master, and must not be older', async () => {
    cluster = new TestCluster('file-images');
    const older = yaml(cluster.name, 'replicas: 1', 'image: redis:8.0', 'nodes: { slave-1: { image: redis:7.0 } }');
    await writeFile('rmsx.yaml', older);
    const refused = await rmsx(['up', ...pullNever]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('slave-1 (Redis 7.0) cannot load')]);
    expect(await cluster.objects()).toEqual([]);

    const newer = yaml(cluster.name, 'replicas: 1', 'image: redis:7.0', 'nodes: { slave-1: { image: redis:8.0 } }');
    await writeFile('rmsx.yaml', newer);
    const status = await rmsxJson<ClusterStatus>(['up', ...pullNever]);
    expect(status.nodes.map(({ version }) => version?.slice(0, 3))).toEqual(['7.0', '8.0']);
    await loadKeys(cluster, 'master', 20);
    expect(await missingKeys(cluster, ['slave-1'], 20)).toEqual([]);
  });

  soakTest(
    'one of an unknown version must end before its time is up with what its server says of a directive, and leave nothing',
    async () => {
      cluster = new TestCluster('file-unknown');
      await docker('tag', 'redis:6.0', 'dt-unknown:latest');
      try {
        const flags = [...cluster.apart, '--image', 'dt-unknown:latest', '--replicas', '1'];
        const failed = await rmsx(['up', ...flags, '--set', 'maxmemory-clients=10mb']); // there since Redis 7.0
        expect(failed.code).toBe(1); // and not 124, out of time
        expect(failed.stderr).toContain("'maxmemory-clients 10mb'");
        expect(failed.stderr).toContain('Bad directive or wrong number of arguments');
        expect(await cluster.objects()).toEqual([]);
        expect((await rmsx(['up', ...flags, '--set', 'bogus-directive=7'])).code).toBe(2); // no server knows that one
        expect(await cluster.objects()).toEqual([]);
        const input = '{ apiVersion: rmsx/v1, disabledCommands: [WAITAOF] }'; // there since Redis 7.2
        const refused = await rmsx(['up', '-f', '-', ...flags], { input });
        expect([refused.code, refused.stderr]).toEqual([
          1,
          expect.stringContaining('No such command in rename-command'),
        ]);
        expect(await cluster.objects()).toEqual([]);
      } finally {
        await docker('rmi', 'dt-unknown:latest');
      }
    },
  );
});

test('a value that the server refuses must end before its time is up with its words, and leave nothing', async () => {
  cluster = new TestCluster('file-value');
  const failed = await rmsx(['up', ...cluster.apart, '--replicas', '1', '--set', 'oom-score-adj-values=x']);
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("'oom-score-adj-values x'")]);
  expect(await cluster.objects()).toEqual([]);
});

test('commands that a file disables must be unknown to every node, also after a promotion, and the others must work', async () => {
  cluster = new TestCluster('file-commands');
  const { name } = cluster;
  await writeFile('rmsx.yaml', yaml(name, 'replicas: 2', 'disabledCommands: [monitor, DEBUG, FLUSHALL]'));
  await rmsxJson(['up', ...pullNever, '--allow-command', 'FLUSHALL']);
  const expectDisabled = async (nodes: readonly string[]): Promise<void> => {
    for (const node of nodes) {
      const client = await (cluster as TestCluster).client(node);
      await expect(client.call('MONITOR')).rejects.toThrow('unknown command');
      await expect(client.call('DEBUG', 'SLEEP', '0')).rejects.toThrow('unknown command');
      expect(await client.keys('*')).toEqual([]);
    }
  };
  await expectDisabled(['master', 'slave-1', 'slave-2']);
  expect(await (await cluster.client('master')).flushall()).toBe('OK');
  await docker('kill', cluster.container('master'));
  await rmsxJson(['promote', 'slave-1', '-n', name]);
  await docker('start', cluster.container('master'));
  await eventually('healthy', async () => (await cluster?.status())?.cluster.health === 'healthy', 30_000);
  await expectDisabled(['master', 'slave-1', 'slave-2']);
});

test('subnet, addresses and ports that a file names must be those of the containers', async () => {
  cluster = new TestCluster('file-places');
  const { name } = cluster;
  const { subnet, basePort } = await freePlace(cluster);
  const ip = (last: number): string => subnet.replace(/\d+\/24$/, String(last));
  const places = [
    `nodes: { slave-1: { ip: ${ip(77)}, port: ${basePort + 50} } }`,
    `network: { subnet: ${subnet} }`,
    `ports: { base: ${basePort} }`,
  ];
  await writeFile('rmsx.yaml', `${['apiVersion: rmsx/v1', `name: ${name}`, 'replicas: 2', ...places].join('\n')}\n`);
  const { nodes } = await rmsxJson<ClusterStatus>(['up', ...pullNever]);
  const seen = await Promise.all(
    nodes.map(async (node) => {
      const { NetworkSettings } = await inspect(`${name}-${node.name}`);
      return [node.name, node.ip, node.hostPort, NetworkSettings.Networks[`${name}_app_net`]?.IPAddress];
    }),
  );
  expect(seen).toEqual([
    ['master', ip(10), basePort, ip(10)],
    ['slave-1', ip(77), basePort + 50, ip(77)],
    ['slave-2', ip(12), basePort + 2, ip(12)],
  ]);
  const ipam = JSON.parse(await docker('network', 'inspect', `${name}_app_net`, '--format', '{{json .IPAM.Config}}'));
  expect(ipam).toEqual([{ Subnet: subnet, IPRange: subnet.replace(/0\/24$/, '240/28'), Gateway: ip(1) }]);
});

/** @returns a subnet and a base port that nobody has at the moment */
async function freePlace(of: TestCluster): Promise<{ subnet: string; basePort: number }> {
  const { stdout } = await rmsx(['up', ...of.apart, '--dry-run']);
  const [, subnet = ''] = /create network \S+ \(([^)]+)\)/.exec(stdout) ?? [];
  const [, port = ''] = /create container \S+-master \([^:]+:(\d+)\)/.exec(stdout) ?? [];
  return { subnet, basePort: Number(port) };
}

test('more memory than 70 % of the host must be refused with 7 and the numbers, and nothing be made', async () => {
  cluster = new TestCluster('file-memory');
  const hostMb = Math.round(Number(await docker('info', '--format', '{{.MemTotal}}')) / 2 ** 20);
  const eachMb = Math.ceil((hostMb * 0.71) / 2);
  const refused = await rmsx(['up', ...cluster.apart, '--replicas', '1', '--set', `maxmemory=${eachMb}mb`]);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain(`${2 * eachMb} MB together, and the host has ${hostMb} MB`);
  expect(await cluster.objects()).toEqual([]);
});
