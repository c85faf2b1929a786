import { describe, expect, test } from 'vitest';
import type { EngineFacts } from '../../../src/domain/engine-facts.ts';
import { diagnose, type Evidence } from '../../../src/plan/diagnose.ts';
import { engineWith, foreign, network } from '../../helpers/values.ts';

const facts: EngineFacts = {
  product: 'Docker Engine - Community',
  isPodman: false,
  version: '28.3.0',
  apiVersion: '1.51',
  host: 'lab',
  system: 'Debian GNU/Linux 12 (bookworm)',
  os: 'linux',
  arch: 'amd64',
  kernel: '6.1.0',
  cgroupVersion: '2',
  isRootless: false,
  storageDriver: 'overlay2',
  memoryBytes: 8 * 2 ** 30,
  cpus: 4,
};

const good: Evidence = {
  endpoint: 'unix:///var/run/docker.sock',
  chosenBy: 'the default',
  considered: [],
  warnings: [],
  reachHost: '127.0.0.1',
  facts,
  observed: engineWith(),
  routes: [],
  busyPorts: [],
  hasImage: true,
  host: {
    settings: { overcommit: 1, hugePages: 'madvise', availableBytes: 6 * 2 ** 30, cgroupBytes: null },
    memoryBytes: 8 * 2 ** 30,
    limitsBytes: 0,
    bounded: [],
  },
  wanted: { cluster: 'redis-server', subnet: '172.19.0.0/24', ports: [6379, 6380], image: 'redis:8.0' },
};

/** `subnet: problem` for everything that is not ok. */
const wrong = (changes: Partial<Evidence>): readonly string[] =>
  diagnose({ ...good, ...changes }).flatMap(({ code, level }) => (level === 'ok' ? [] : [`${code}: ${level}`]));

const messageOf = (code: string, changes: Partial<Evidence>): string | undefined =>
  diagnose({ ...good, ...changes }).find((finding) => finding.code === code)?.message;

const having = (changes: Partial<EngineFacts>): Partial<Evidence> => ({ facts: { ...facts, ...changes } });

describe('findings', () => {
  test('where all is well, everything must be ok and nothing be left to type', () => {
    const findings = diagnose(good);
    expect(findings.map(({ code }) => code)).toEqual([
      'engine',
      'platform',
      'resources',
      'overcommit',
      'huge-pages',
      'memory',
      'reach',
      'subnet',
      'ports',
      'image',
    ]);
    expect(findings.every(({ level, next }) => level === 'ok' && next === null)).toBe(true);
  });

  test.each<readonly [string, Partial<Evidence>, readonly string[]]>([
    ['an engine before 28', having({ version: '27.5.1' }), ['loopback-exposed: warning']],
    ['an old engine that is rootless', having({ version: '20.10.24', isRootless: true }), []],
    ['an old engine in the machine of Docker Desktop', having({ version: '27.0.3', system: 'Docker Desktop' }), []],
    ['Podman, whose versions are its own', having({ version: '5.0.0', isPodman: true }), ['podman: warning']],
    ['a version that is no number', having({ version: 'dev' }), []],
    ['Windows', having({ os: 'windows' }), ['platform: problem']],
    ['little memory', having({ memoryBytes: 2 ** 29 }), ['resources: warning']],
    ['another machine', { reachHost: 'db.example' }, ['reach: problem']],
    ['what was told on the way', { warnings: ['TLS does not check'] }, ['engine-way: warning']],
    ['an image that is missing', { hasImage: false }, ['image: warning']],
    ['a port of a program', { busyPorts: [6380] }, ['ports: problem']],
    [
      'other engines where nobody chose',
      { considered: [{ place: '/x.sock (Colima)', value: null, outcome: 'alive' }] },
      ['engine-choice: warning'],
    ],
    [
      'other engines where somebody chose',
      { chosenBy: 'DOCKER_HOST', considered: [{ place: '/x.sock (Colima)', value: null, outcome: 'alive' }] },
      [],
    ],
  ])('%s', (_, changes, expected) => {
    expect(wrong(changes)).toEqual(expected);
  });

  test('whatever is not ok must have a next command', () => {
    const bad = { ...having({ version: '20.10.24', os: 'windows', isPodman: true, memoryBytes: 0 }), hasImage: false };
    const findings = diagnose({ ...good, ...bad, reachHost: 'x', busyPorts: [6379], warnings: ['w'] });
    expect(findings.filter(({ level, next }) => level !== 'ok' && !next)).toEqual([]);
  });
});

describe('a subnet that is not free must be named with what takes it', () => {
  const observed = engineWith({ networks: [network('office', '172.19.0.0/16')] });

  test('a network', () => {
    expect(messageOf('subnet', { observed })).toBe(
      'The default subnet 172.19.0.0/24 overlaps with the network office (172.19.0.0/16).',
    );
  });

  test('a route, but not that of the bridge of a network', () => {
    const routes = [
      { device: 'br-1', to: '172.19.0.0/16' },
      { device: 'tun0', to: '172.16.0.0/12' },
    ];
    expect(messageOf('subnet', { observed, routes })).toBe(
      'The default subnet 172.19.0.0/24 overlaps with the network office (172.19.0.0/16) and the route of this host to 172.16.0.0/12 (tun0).',
    );
  });

  test('nor must a free one be called free of routes that cannot be looked at', () => {
    expect(messageOf('subnet', { routes: null })).toBe(
      'The default subnet 172.19.0.0/24 is free of networks; the routes of its host cannot be looked at from here.',
    );
  });

  test('its own network is in nobody’s way', () => {
    const own = engineWith({ networks: [network('redis-server_app_net', '172.19.0.0/24', 'redis-server')] });
    const routes = [{ device: 'br-1', to: '172.19.0.0/24' }];
    expect(wrong({ observed: own, routes, busyPorts: [] })).toEqual([]);
  });
});

test('a port that a container publishes must be named once, with the container', () => {
  const web = foreign('web', { ports: [{ inside: 80, host: '0.0.0.0', port: 6380 }] });
  expect(messageOf('ports', { observed: engineWith({ containers: [web] }), busyPorts: [6380] })).toBe(
    'Default ports are taken: 6380 (the container web).',
  );
});
