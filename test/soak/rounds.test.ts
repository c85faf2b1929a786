import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect, down, gc, type Ports, status, up } from '../../src/operations.ts';
import { TestCluster } from '../docker/support/cluster.ts';
import { docker, type Finished, rmsx } from '../docker/support/run.ts';

const rounds = 100;

const name = `soak-rounds-${process.pid}`;

/** How much there is of everything that could leak; of what others have, only volumes without a name. */
async function stock(): Promise<Readonly<Record<string, number>>> {
  const own = ['--filter', `name=${name}`];
  const lines = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await docker(...args)).split('\n').filter(Boolean);
  const volumes = await lines('volume', 'ls', '-q');
  return {
    containers: (await lines('ps', '-aq', ...own)).length,
    networks: (await lines('network', 'ls', '-q', ...own)).length,
    volumes: volumes.filter((volume) => volume.startsWith(name)).length,
    'volumes without a name': volumes.filter((volume) => /^[0-9a-f]{64}$/.test(volume)).length,
    descriptors: readdirSync('/proc/self/fd').length,
    'descriptors of the engine': await engineDescriptors(),
  };
}

/** Of an engine on this machine; what another one has open cannot be seen. */
async function engineDescriptors(): Promise<number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const counts = pids.map((pid) => {
    try {
      const isEngine = readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'dockerd';
      return isEngine ? readdirSync(`/proc/${pid}/fd`).length : 0;
    } catch {
      return 0; // it has ended meanwhile
    }
  });
  return counts.reduce((sum, open) => sum + open, 0);
}

async function bring(cluster: string, ports: Ports): Promise<void> {
  const request = { name: cluster, replicas: 1, subnet: 'auto', basePort: 'auto' } as const;
  await up(request, { wait: true, retain: false, dryRun: false, timezone: 'UTC' }, ports);
}

test(`${rounds} rounds of up and down in one process must leave nothing behind, on the engine and in the process`, async () => {
  const round = async (): Promise<void> => {
    const ports = await connect();
    try {
      await bring(name, ports);
      await down([name], { volumes: true, dryRun: false }, ports);
    } finally {
      ports.engine.close();
    }
  };
  await round(); // whatever is loaded once
  const before = await stock();
  for (let i = 0; i < rounds; i++) await round();
  const after = await stock();
  const { descriptors = 0, 'descriptors of the engine': theirs = 0, ...objects } = after;
  const { descriptors: hadOpen = 0, 'descriptors of the engine': theyHadOpen = 0, ...hadObjects } = before;
  expect(objects).toEqual(hadObjects);
  // A connection or two come and go at any time; a leak in each round would be a hundred.
  expect(descriptors).toBeLessThan(hadOpen + 10);
  expect(theirs).toBeLessThan(theyHadOpen + 20);
}, 1_800_000);

test(`${rounds} rounds of two clusters, each of which collects the garbage of the other at any moment, must not touch each other`, async () => {
  const loop = async (own: string, other: string): Promise<void> => {
    const ports = await connect();
    const idsNow = async (): Promise<readonly (string | null)[]> =>
      (await status(own, ports)).nodes.map(({ containerId }) => containerId);
    try {
      for (let i = 0; i < rounds; i++) {
        await bring(own, ports);
        const ids = await idsNow();
        await gc({ cluster: other, olderThanMs: 0 }, ports);
        const { cluster } = await status(own, ports);
        expect([cluster.health, await idsNow()]).toEqual(['healthy', ids]);
        await down([own], { volumes: true, dryRun: false }, ports);
      }
    } finally {
      await down([own], { volumes: true, dryRun: false }, ports);
      ports.engine.close();
    }
  };
  await Promise.all([loop(`${name}-a`, `${name}-b`), loop(`${name}-b`, `${name}-a`)]);
}, 3_600_000);

test('50 rounds of two users of one engine, who share no directory and start and remove one cluster together, must make one cluster and leave nothing', async () => {
  const cluster = new TestCluster('homes');
  const homes = [mkdtempSync(join(tmpdir(), 'home-')), mkdtempSync(join(tmpdir(), 'home-'))];
  const together = (...args: readonly string[]): Promise<readonly Finished[]> =>
    Promise.all(homes.map((home) => rmsx(args, { env: { HOME: home, TMPDIR: home } })));
  try {
    for (let i = 0; i < 50; i++) {
      const ups = await together('up', ...cluster.apart, '--replicas', '1');
      expect(ups.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0]);
      const { cluster: summary, nodes } = await cluster.status();
      expect([summary.health, nodes.length]).toEqual(['healthy', 2]);
      const downs = await together('down', '--volumes', '-y', '-n', cluster.name);
      // Whoever finds the other one at work is refused.
      expect(downs.map(({ code, stderr }) => ([0, 5].includes(code ?? 1) ? '' : stderr))).toEqual(['', '']);
      expect(downs.map(({ code }) => code)).toContain(0);
      expect(await cluster.objects()).toEqual([]);
    }
  } finally {
    await cluster.remove();
    for (const home of homes) rmSync(home, { recursive: true });
  }
}, 3_600_000);
