import { afterEach, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
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

test('three isolated clusters at the same time must not get in the way of each other', async () => {
  const made = await Promise.all([1, 2, 3].map(() => rmsxJson<{ cluster: { name: string } }>(['up', '--isolated'])));
  const names = made.map(({ cluster }) => cluster.name);
  try {
    expect(new Set(names).size).toBe(3);
    const { clusters: listed } = await rmsxJson<{ clusters: { name: string; state: string }[] }>(['ls']);
    for (const name of names) expect(listed.find((entry) => entry.name === name)).toMatchObject({ state: 'running' });
    for (const name of names) expect(await rmsx(['status', '-n', name])).toMatchObject({ code: 0 });
  } finally {
    for (const name of names) await rmsx(['down', '--volumes', '-n', name]);
  }
});

test('a master that crashes again and again must be stopped, replaced, and come back as a replica', async () => {
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
    expect(Date.now() - startedMs).toBeLessThan(5000);
    expect(status.nodes.find(({ name }) => name === 'slave-2')).toMatchObject({ state: 'unreachable', role: null });
    expect(status.warnings.map(({ code, node }) => [code, node])).toContainEqual(['node-unreachable', 'slave-2']);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});
