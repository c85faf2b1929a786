import { afterEach, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { docker, eventually, type Finished, inspect, rmsx, rmsxJson } from './support/run.ts';

let cluster: TestCluster;

afterEach(async () => {
  await cluster.remove();
});

const keys = 50;

/** @returns id and start of each container: what a change leaves alone, keeps both */
const lives = (...nodes: readonly string[]): Promise<readonly string[]> =>
  Promise.all(
    nodes.map(async (node) => {
      const { Id, State } = await inspect(cluster.container(node));
      return `${Id} ${State.StartedAt}`;
    }),
  );

const up = (...flags: readonly string[]): Promise<Finished> =>
  rmsx(['up', '-n', cluster.name, '--pull', 'never', ...flags]);

async function settingOf(node: string, name: string): Promise<string | undefined> {
  return ((await (await cluster.client(node)).config('GET', name)) as string[])[1];
}

const imagesOf = async (nodes: readonly string[]): Promise<readonly string[]> =>
  Promise.all(nodes.map((node) => docker('inspect', '--format', '{{.Config.Image}}', cluster.container(node))));

describe('directives', () => {
  test('that a server takes while it runs must restart nothing, last over a restart, and be changed once', async () => {
    cluster = new TestCluster('conv-live');
    await cluster.up('--replicas', '2', '--image', 'redis:7.0');
    const before = await lives('master', 'slave-1', 'slave-2');
    const directives = ['maxclients=333', 'client-output-buffer-limit=replica 64mb 32mb 30', 'repl-timeout=30'];
    const flags = directives.flatMap((directive) => ['--set', directive]);
    expect(await rmsxJson(['up', '-n', cluster.name, ...flags])).toMatchObject({ changed: true });
    expect(await lives('master', 'slave-1', 'slave-2')).toEqual(before);
    expect(await rmsxJson(['up', '-n', cluster.name, ...flags])).toMatchObject({ changed: false, plan: [] });
    await docker('restart', cluster.container('slave-2'));
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy', 30_000);
    for (const node of ['master', 'slave-2']) {
      expect(await settingOf(node, 'maxclients')).toBe('333');
      expect(await settingOf(node, 'repl-timeout')).toBe('30');
      expect(await settingOf(node, 'client-output-buffer-limit')).toContain('slave 67108864 33554432 30');
    }
  });

  soakTest(
    'that a server reads at its start, or that are not asked for any more, must be those of new containers',
    async () => {
      cluster = new TestCluster('conv-boot');
      const file = (...lines: readonly string[]): string =>
        `{ apiVersion: rmsx/v1, name: ${cluster.name}, replicas: 1, network: { subnet: auto }, ports: { base: auto }, ${lines.join(', ')} }`;
      const upFile = (...lines: readonly string[]): Promise<ClusterStatus> =>
        rmsxJson(['up', '-f', '-', '--pull', 'never'], { input: file(...lines) });
      await upFile('redis: { hz: 20 }');
      await loadKeys(cluster, 'master', keys);
      const before = await lives('master', 'slave-1');
      await upFile('redis: { hz: 20, databases: 3 }', 'disabledCommands: [MONITOR]');
      expect(await settingOf('slave-1', 'databases')).toBe('3');
      await expect((await cluster.client('master')).call('MONITOR')).rejects.toThrow('unknown command');
      await upFile('disabledCommands: [MONITOR]');
      expect([await settingOf('master', 'hz'), await settingOf('master', 'databases')]).toEqual(['10', '16']);
      const after = await lives('master', 'slave-1');
      expect(after.filter((life) => before.includes(life))).toEqual([]);
      expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
    },
  );

  test('that a server refuses must change nothing, and be told in its words', async () => {
    cluster = new TestCluster('conv-refused');
    await cluster.up('--replicas', '1');
    const before = await lives('master', 'slave-1');
    const refused = await up('--set', 'maxclients=444', '--set', 'oom-score-adj-values=x');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('could not change oom-score-adj-values'),
    ]);
    expect(await settingOf('slave-1', 'maxclients')).not.toBe('444');
    expect(await lives('master', 'slave-1')).toEqual(before);
    expect(await rmsxJson(['up', '-n', cluster.name])).toMatchObject({ changed: false });
  });
});

describe('another image', () => {
  test('must come to all nodes, the master last, and data, roles and volumes stay', async () => {
    cluster = new TestCluster('conv-image');
    await cluster.up('--replicas', '2', '--image', 'redis:7.0');
    await loadKeys(cluster, 'master', keys);
    await docker('kill', cluster.container('master'));
    await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
    await docker('start', cluster.container('master'));
    const nodes = ['master', 'slave-1', 'slave-2'];
    const volumes = (await cluster.objects()).filter((name) => /-(data|conf)$/.test(name));
    const { cluster: summary } = await rmsxJson<ClusterStatus>(['up', '-n', cluster.name, '--image', 'redis:8.0']);
    expect(summary).toMatchObject({ master: 'slave-1', health: 'healthy', image: 'redis:8.0' });
    expect(await imagesOf(nodes)).toEqual(nodes.map(() => 'redis:8.0'));
    const starts = await Promise.all(
      nodes.map(async (node) => (await inspect(cluster.container(node))).State.StartedAt),
    );
    expect([...starts].sort().at(-1)).toBe(starts[1]);
    expect((await cluster.objects()).filter((name) => /-(data|conf)$/.test(name))).toEqual(volumes);
    expect(await missingKeys(cluster, nodes, keys)).toEqual([]);
  });

  test('that does not work must stop at the first node, which is as it was, and touch no other', async () => {
    cluster = new TestCluster('conv-broken');
    await cluster.up('--replicas', '2', '--image', 'redis:7.0');
    await loadKeys(cluster, 'master', keys);
    const broken = `rmsx-test-broken-${cluster.name}:1.0`;
    const maker = await docker('create', 'redis:7.0');
    try {
      await docker('commit', '--change', 'ENTRYPOINT ["sh","-c","echo FATAL: no; exit 1"]', maker, broken);
      const before = await lives('master', 'slave-1');
      const failed = await up('--image', broken);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain('slave-2 could not be changed, and is as it was.');
      expect(failed.stderr).toContain('slave-2 | FATAL: no');
      expect(await lives('master', 'slave-1')).toEqual(before);
      expect(await imagesOf(['slave-2'])).toEqual(['redis:7.0']);
      expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', image: 'redis:7.0' });
      expect(await missingKeys(cluster, ['slave-2'], keys)).toEqual([]);
      expect(await rmsxJson(['up', '-n', cluster.name])).toMatchObject({ changed: false });
    } finally {
      await docker('rm', '-v', maker);
      await docker('rmi', broken);
    }
  });

  soakTest('must be brought to all nodes by the next up where rmsx is killed on the way', async () => {
    cluster = new TestCluster('conv-killed');
    await cluster.up('--replicas', '2', '--image', 'redis:7.0');
    await loadKeys(cluster, 'master', keys);
    const nodes = ['master', 'slave-1', 'slave-2'];
    const killed = await rmsx(['up', '-n', cluster.name, '--image', 'redis:8.0', '--pull', 'never'], {
      whileRunning: async (kill) => {
        const isOn8 = async (): Promise<boolean> => (await imagesOf(['slave-1']).catch(() => []))[0] === 'redis:8.0';
        await eventually('slave-1 has it', isOn8, 30_000);
        kill('SIGKILL');
      },
    });
    expect(killed.code).toBe(null);
    expect(await rmsxJson(['up', '-n', cluster.name])).toMatchObject({ cluster: { health: 'healthy' } });
    expect(await imagesOf(nodes)).toEqual(nodes.map(() => 'redis:8.0'));
    expect(await missingKeys(cluster, nodes, keys)).toEqual([]);
  });

  test('that its name was given to meanwhile must be told, and come to all nodes with down and up', async () => {
    cluster = new TestCluster('conv-tag');
    const image = `${cluster.name}:moving`;
    await docker('tag', 'redis:7.0', image);
    try {
      await cluster.up('--replicas', '1', '--image', image);
      await loadKeys(cluster, 'master', keys);
      expect((await cluster.status()).warnings).toEqual([]);
      await docker('tag', 'redis:8.0', image);
      const { cluster: seen, warnings } = await cluster.status();
      expect([seen.health, ...warnings.map(({ code, node }) => `${code} ${node}`)]).toEqual([
        'healthy',
        'image-moved null',
      ]);
      expect(await up()).toMatchObject({ code: 0, stderr: expect.stringContaining(warnings[0]?.message ?? '-') });
      await cluster.rmsx('down');
      expect(await up()).toMatchObject({ code: 0 });
      const { nodes, warnings: left } = await cluster.status();
      expect(left).toEqual([]);
      expect(nodes.map(({ version }) => version?.split('.')[0])).toEqual(['8', '8']);
      expect(await missingKeys(cluster, ['master', 'slave-1'], keys)).toEqual([]);
    } finally {
      await cluster.rmsx('down', '--volumes', '--yes');
      await docker('rmi', image);
    }
  });

  test('must be refused with 7 for the master of an ephemeral cluster, which would start empty', async () => {
    cluster = new TestCluster('conv-none');
    await cluster.up('--replicas', '1', '--ephemeral', '--image', 'redis:7.0');
    const before = await lives('master', 'slave-1');
    const refused = await up('--image', 'redis:8.0');
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('master would start empty')]);
    expect(await lives('master', 'slave-1')).toEqual(before);
  });
});

soakTest('a node that is stopped must come back as it should be by now', async () => {
  cluster = new TestCluster('conv-stopped');
  await cluster.up('--replicas', '2', '--image', 'redis:7.0');
  await loadKeys(cluster, 'master', keys);
  await docker('stop', cluster.container('slave-2'));
  await rmsxJson(['up', '-n', cluster.name, '--set', 'databases=4']);
  for (const node of ['master', 'slave-2']) expect(await settingOf(node, 'databases')).toBe('4');
  expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
});

test('containers whose network was removed must come back on a new one, with their data and roles', async () => {
  cluster = new TestCluster('conv-network');
  await cluster.up('--replicas', '2');
  await loadKeys(cluster, 'master', keys);
  await docker('kill', cluster.container('master'));
  await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
  const nodes = ['master', 'slave-1', 'slave-2'];
  await docker('stop', '-t', '5', ...nodes.map((node) => cluster.container(node)));
  await docker('network', 'rm', `${cluster.name}_app_net`);
  const { cluster: summary } = await rmsxJson<ClusterStatus>(['up', '-n', cluster.name]);
  expect(summary).toMatchObject({ health: 'healthy', master: 'slave-1' });
  expect(await missingKeys(cluster, nodes, keys)).toEqual([]);
});

test('nodes off the network, or at another address there, must be told, and put back with their data and no restart', async () => {
  cluster = new TestCluster('conv-place');
  await cluster.up('--replicas', '2');
  const nodes = ['master', 'slave-1', 'slave-2'];
  const before = await lives(...nodes);
  const network = `${cluster.name}_app_net`;
  for (const node of ['slave-1', 'slave-2']) await docker('network', 'disconnect', network, cluster.container(node));
  await docker('network', 'connect', network, cluster.container('slave-2'));
  await (await cluster.client('master')).set('key:0', 'value 0');
  const { cluster: summary, warnings } = await cluster.status();
  const codes = warnings.map(({ code, node }) => `${code} ${node}`);
  expect([summary.health, codes]).toEqual([
    'degraded',
    expect.arrayContaining(['off-network slave-1', 'address-differs slave-2']),
  ]);
  const { stdout } = await up('--dry-run');
  for (const step of ['connect slave-1 to', 'disconnect slave-2 from', 'connect slave-2 to'])
    expect(stdout).toContain(`${step} ${network}`);
  expect(await rmsxJson(['up', '-n', cluster.name])).toMatchObject({ cluster: { health: 'healthy' } });
  expect(await lives(...nodes)).toEqual(before);
  expect(await missingKeys(cluster, nodes, 1)).toEqual([]);
  expect(await rmsxJson(['up', '-n', cluster.name])).toMatchObject({ changed: false, plan: [] });
});

test('a password must be changed under load without an error, a lost link or a synchronisation', async () => {
  cluster = new TestCluster('conv-password');
  await cluster.up('--replicas', '2', '--topology', 'chain', '--image', 'redis:7.0');
  const nodes = ['master', 'slave-1', 'slave-2'];
  const before = await lives(...nodes);
  const old = await cluster.password();
  const stats = async (): Promise<readonly string[]> =>
    Promise.all(
      ['master', 'slave-1'].map(async (node) => {
        const info = await (await cluster.client(node)).info('stats');
        return /sync_full:\d+\s+sync_partial_ok:\d+/.exec(info)?.[0] ?? '';
      }),
    );
  const syncs = await stats();
  const writer = await cluster.client('master');
  let written = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) await writer.set(`n:${written++}`, 'x');
  })();
  const wanted = 'another word, with a blank';
  const changed = await up('--password-file', '-').catch(() => undefined);
  expect(changed).toMatchObject({ code: 2 }); // nothing on standard input is no password
  const rotated = await rmsx(['up', '-n', cluster.name, '--password-file', '-'], { input: `${wanted}\n` });
  isOver = true;
  await writing;
  expect([rotated.code, `${rotated.stdout}${rotated.stderr}`.includes(wanted)]).toEqual([0, false]);
  for (const node of nodes) {
    const stranger = await cluster.client(node, { login: false });
    await expect(stranger.call('AUTH', old)).rejects.toThrow('WRONGPASS');
    expect(await stranger.call('AUTH', wanted)).toBe('OK');
    expect(await stranger.get(`n:${written - 1}`)).toBe('x');
    expect(await stranger.config('GET', 'masterauth')).toEqual(['masterauth', wanted]);
  }
  expect(await stats()).toEqual(syncs);
  expect(await lives(...nodes)).toEqual(before);
  await docker('restart', ...nodes.map((node) => cluster.container(node)));
  await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy', 30_000);
  expect(await rmsxJson(['up', '-n', cluster.name])).toMatchObject({ changed: false });
});
