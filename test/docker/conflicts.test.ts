import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { docker, inspect, rmsx } from './support/run.ts';

const image = process.env.RMSX_IMAGE ?? 'redis:8.0';
let cluster: TestCluster;
let guest: string;
let network: string;

beforeEach(() => {
  cluster = new TestCluster('conflict');
  guest = `${cluster.name}-guest`;
  network = `${cluster.name}_app_net`;
});
afterEach(async () => {
  await docker('rm', '-f', '-v', guest).catch(() => undefined); // not every test makes it
  await cluster.remove();
});

const subnetOf = (): Promise<string> =>
  docker('network', 'inspect', network, '-f', '{{(index .IPAM.Config 0).Subnet}}');
const up = (...flags: readonly string[]): ReturnType<typeof rmsx> =>
  rmsx(['up', '-n', cluster.name, '--replicas', '1', '--base-port', 'auto', '--pull', 'never', ...flags]);

describe('a network of ours with another subnet', () => {
  beforeEach(async () => {
    await docker(
      ...['network', 'create', '--subnet', '172.16.254.0/25'],
      ...['--label', `rmsx.cluster=${cluster.name}`, network],
    );
  });

  test('must be made anew where nobody is attached', async () => {
    expect(await up('--subnet', '172.16.253.0/24')).toMatchObject({ code: 0 });
    expect(await subnetOf()).toBe('172.16.253.0/24');
  });

  test.each([['create'], ['run', '-d']])(
    'must be left alone where a container is attached (docker %s)',
    async (...verb) => {
      await docker(...verb, '--name', guest, '--network', network, image, 'sleep', '60');
      const before = await docker('network', 'inspect', network, '-f', '{{.Id}}');
      const { code, stderr } = await up('--subnet', '172.16.253.0/24');
      expect([code, stderr]).toEqual([5, expect.stringContaining(`${guest} is attached to it`)]);
      expect(await docker('network', 'inspect', network, '-f', '{{.Id}}')).toBe(before);
    },
  );
});

test('who has the address of a node must be named, and be left alone', async () => {
  await cluster.up('--replicas', '1');
  const { nodes } = await cluster.status();
  const ip = nodes.find(({ name }) => name === 'slave-1')?.ip ?? '';
  await docker('stop', cluster.container('slave-1'));
  await docker('run', '-d', '--name', guest, '--network', network, '--ip', ip, image, 'sleep', '60');
  const before = await inspect(guest);
  const { code, stderr } = await rmsx(['up', '-n', cluster.name]);
  expect([code, stderr]).toEqual([5, expect.stringContaining(`address ${ip} belongs to the container ${guest}`)]);
  expect((await inspect(guest)).State.StartedAt).toBe(before.State.StartedAt);
  await docker('rm', '-f', '-v', guest);
  expect(await rmsx(['up', '-n', cluster.name])).toMatchObject({ code: 0 });
});

const ip = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
};

// Only root can add a route.
test.skipIf(process.getuid?.() !== 0)(
  'a route of the host must be warned of, and auto must keep clear of it',
  async () => {
    const device = `rt${cluster.name.slice(-6)}`;
    const free = (await cluster.rmsx('up', '--subnet', 'auto', '--dry-run')).stdout;
    const subnet = /_app_net \(([\d.]+)\.0\/24\)/.exec(free)?.[1] ?? '';
    ip('link', 'add', device, 'type', 'bridge');
    try {
      ip('addr', 'add', `${subnet}.1/25`, 'dev', device);
      ip('link', 'set', device, 'up');
      const warned = await rmsx([
        'up',
        '-n',
        cluster.name,
        '--subnet',
        `${subnet}.0/24`,
        '--dry-run',
        '--pull',
        'never',
      ]);
      expect(warned.stderr).toContain(`overlaps with the route to ${subnet}.0/25 over ${device}`);
      expect((await cluster.rmsx('up', '--subnet', 'auto', '--dry-run')).stdout).not.toContain(`(${subnet}.0/24)`);
    } finally {
      ip('link', 'del', device);
    }
  },
);
