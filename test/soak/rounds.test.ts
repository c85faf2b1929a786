import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect, down, up } from '../../src/index.ts';
import { docker } from '../docker/support/run.ts';

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

test(`${rounds} rounds of up and down in one process must leave nothing behind, on the engine and in the process`, async () => {
  const round = async (): Promise<void> => {
    const ports = await connect();
    try {
      const request = { name, replicas: 1, subnet: 'auto', basePort: 'auto' } as const;
      await up(request, { wait: true, retain: false, dryRun: false, timezone: 'UTC' }, ports);
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
