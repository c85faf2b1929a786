import { afterEach, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { soakTest } from './support/breadth.ts';
import { objectsOf, TestCluster } from './support/cluster.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';
import { SysctlProxy } from './support/sysctl-proxy.ts';

const clusters: TestCluster[] = [];
const make = (topic: string): TestCluster => {
  const cluster = new TestCluster(topic);
  clusters.push(cluster);
  return cluster;
};

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.remove();
});

test('an engine that allows no sysctl must get a cluster without it, and the user a warning', async () => {
  const cluster = make('sysctl');
  const proxy = new SysctlProxy(cluster.name);
  await proxy.listen();
  try {
    const env = { DOCKER_HOST: `unix://${proxy.socket}` };
    const result = await rmsx(['up', ...cluster.apart, '--replicas', '1', '--json'], { env });
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toContain('does not allow net.core.somaxconn');
    expect(proxy.started).toBe(2);
  } finally {
    await proxy.close();
  }
  expect((await cluster.status()).cluster.health).toBe('healthy');
  expect((await inspect(cluster.container('master'))).HostConfig.Sysctls ?? {}).toEqual({});
});

soakTest(
  'twenty isolated clusters at the same time must not get in the way of each other, and must vanish',
  async () => {
    const ups = Array.from({ length: 20 }, () =>
      rmsxJson<ClusterStatus>(['up', '--isolated', '--replicas', '1', '--timeout', '180s']),
    );
    const made = (await Promise.allSettled(ups)).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const names = made.map(({ cluster }) => cluster.name);
    try {
      await Promise.all(ups); // says which one failed, when those that did not are known
      for (const distinct of [names, made.map(({ cluster }) => cluster.subnet), portsOf(made)])
        expect(new Set(distinct).size).toBe(distinct.length);
      const seen = await Promise.all(names.map((name) => rmsx(['status', '-n', name])));
      expect(seen.map(({ code }) => code)).toEqual(names.map(() => 0));
    } finally {
      await Promise.all(names.map((name) => rmsx(['down', '-n', name])));
    }
    const left = await Promise.all(names.map((name) => objectsOf(name)));
    expect(left.flat()).toEqual([]);
  },
);

const portsOf = (made: readonly ClusterStatus[]): readonly string[] =>
  made.flatMap(({ nodes }) => nodes.map(({ hostPort }) => `${hostPort}`));

soakTest('a master that crashes again and again must be stopped, replaced, and come back as a replica', async () => {
  const cluster = make('flapping');
  await cluster.up('--replicas', '2');
  const master = cluster.container('master');
  await docker('exec', master, 'sh', '-c', 'echo nonsense > /usr/local/etc/redis/role.conf');
  process.kill((await inspect(master)).State.Pid, 'SIGKILL');
  await eventually('it crashes again and again', async () => (await inspect(master)).RestartCount > 3);
  const seen = await cluster.rmsx('status');
  expect(seen.code).toBe(3);
  // For some milliseconds after each restart it runs without answering, and promote rightly refuses.
  const promoted = await eventually('promoted', () => rmsxJson(['promote', 'slave-1', '-n', cluster.name]));
  expect(promoted).toMatchObject({ promoted: 'slave-1', formerMaster: 'master', incomplete: [] });
  await docker('start', master);
  await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy', 30_000);
});

test('a node that hangs must cost status no more than its budget and be named', async () => {
  const cluster = make('hanging');
  await cluster.up('--replicas', '2');
  const pid = (await inspect(cluster.container('slave-2'))).State.Pid;
  process.kill(pid, 'SIGSTOP');
  try {
    const startedMs = Date.now();
    const status = await cluster.status();
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    expect(status.nodes.find(({ name }) => name === 'slave-2')).toMatchObject({ state: 'unreachable', role: null });
    expect(status.warnings.map(({ code, node }) => [code, node])).toContainEqual(['node-unreachable', 'slave-2']);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});
