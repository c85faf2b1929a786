import { expect, test } from 'vitest';
import { parseHostSettings } from '../../../src/domain/host-settings.ts';
import { diagnoseHost, type HostEvidence } from '../../../src/plan/diagnose-host.ts';

const gib = 2 ** 30;
const good: HostEvidence = {
  settings: { overcommit: 1, hugePages: 'madvise', availableBytes: 6 * gib, cgroupBytes: null },
  memoryBytes: 8 * gib,
  limitsBytes: 2 * gib,
  bounded: [],
};

test('a host that treats servers well must have nothing to warn of', () => {
  expect(diagnoseHost(good).map(({ code, level, next }) => [code, level, next])).toEqual([
    ['overcommit', 'ok', null],
    ['huge-pages', 'ok', null],
    ['memory', 'ok', null],
  ]);
});

const settings = (changes: Partial<NonNullable<HostEvidence['settings']>>): Partial<HostEvidence> => ({
  settings: { overcommit: 1, hugePages: 'never', availableBytes: 6 * gib, cgroupBytes: null, ...changes },
});

test.each<[string, string, Partial<HostEvidence>, RegExp, RegExp]>([
  ['no overcommit by guess', 'overcommit', settings({ overcommit: 0 }), /full synchronisation/, /sysctl vm\.over/],
  ['no overcommit at all', 'overcommit', settings({ overcommit: 2 }), /is 2/, /sysctl vm\.overcommit_memory=1/],
  ['huge pages', 'huge-pages', settings({ hugePages: 'always' }), /snapshot for a replica/, /echo madvise/],
  ['little free memory', 'memory', settings({ availableBytes: 2.3 * gib }), /Only 2355 MB of the 8192 MB/, /rmsx ls/],
  [
    'a host that is a container with less memory than it shows',
    'memory',
    settings({ cgroupBytes: 2.5 * gib }),
    /2048 MB of the 2560 MB/,
    /maxmemory/,
  ],
  ['limits above 70 %', 'memory', { limitsBytes: 5.7 * gib }, /5837 MB of the 8192 MB/, /maxmemory/],
])('%s must be one warning that says why it matters and what to type', (_, code, changes, why, next) => {
  const found = diagnoseHost({ ...good, ...changes }).filter(({ level }) => level !== 'ok');
  expect(found).toMatchObject([
    { code, level: 'warning', message: expect.stringMatching(why), next: expect.stringMatching(next) },
  ]);
});

test('servers that may take more than 70 % of what their containers have must be named, with what is enough', () => {
  const node = (name: string, maxMemoryBytes: number): HostEvidence['bounded'][number] => ({
    ...{ cluster: 'demo', container: `demo-${name}`, limitBytes: gib, maxMemoryBytes },
  });
  const bounded = [node('master', 0.7 * gib), node('slave-1', 0), node('slave-2', 0.8 * gib)];
  const found = diagnoseHost({ ...good, bounded }).filter(({ level }) => level !== 'ok');
  expect(found).toMatchObject([
    {
      code: 'container-memory',
      level: 'warning',
      next: 'rmsx up --set maxmemory=716mb -n demo',
      details: [
        'demo-slave-1 may have 1024 MB, and its server has no maxmemory',
        'demo-slave-2 may have 1024 MB, and its server has a maxmemory of 819 MB',
      ],
    },
  ]);
});

test.each([
  ['4096\n', 4096],
  ['max\n', null],
  ['9223372036854771712\n', null],
  [null, null],
])('a limit of the outermost group must count where it is less than there is: %j', (cgroup, expected) => {
  expect(parseHostSettings(null, null, 'MemTotal: 10 kB\n', cgroup).cgroupBytes).toBe(expected);
});

test('what cannot be looked at from here must be told, and what the engine knows still be judged', () => {
  const found = diagnoseHost({ ...good, settings: null, limitsBytes: 7 * gib });
  expect(found.map(({ code, level }) => [code, level])).toEqual([
    ['host', 'ok'],
    ['memory', 'warning'],
  ]);
});

test.each([
  ['1\n', 'always [madvise] never\n', 'MemTotal: 10 kB\nMemAvailable:    2048 kB\n', 1, 'madvise', 2 ** 21],
  ['0\n', '[always] madvise never\n', 'MemFree: 10 kB\n', 0, 'always', null],
  [null, null, '', null, null, null],
  ['x', 'x', 'MemAvailable: x kB', null, null, null],
])('what the kernel says must be read, and what it does not say be null: %j %j %j', (...texts) => {
  const [overcommit, hugePages, memory, ...expected] = texts;
  const { overcommit: mode, hugePages: pages, availableBytes } = parseHostSettings(overcommit, hugePages, memory, null);
  expect([mode, pages, availableBytes]).toEqual(expected);
});
