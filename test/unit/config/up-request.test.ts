import { describe, expect, test } from 'vitest';
import { checkUpRequest, type UpRequest } from '../../../src/config/up-request.ts';

const check = (changes: Partial<UpRequest>): readonly string[] => checkUpRequest({ name: 'demo', ...changes });

test('a request that leaves everything open must be sound', () => {
  expect(check({})).toEqual([]);
});

describe('what is wrong must be told with its flag', () => {
  const noName = (name: string): string =>
    `--name: "${name}" is not the name of a cluster: up to 100 of a-z, 0-9, _ and -, beginning with a letter or a digit`;
  const noImage = (image: string): string => `--image: "${image}" is not the name of an image, such as redis:8.0`;

  test.each<[Partial<UpRequest>, string]>([
    [{ name: 'Demo' }, noName('Demo')],
    [{ name: '-a' }, noName('-a')],
    [{ name: 'x'.repeat(101) }, noName('x'.repeat(101))],
    [{ replicas: -1 }, '--replicas: -1 is not a number of replicas: 0 or more'],
    [{ replicas: 1.5 }, '--replicas: 1.5 is not a number of replicas: 0 or more'],
    [{ replicas: Number.NaN }, '--replicas: NaN is not a number of replicas: 0 or more'],
    [{ replicas: 220 }, '--replicas: 220 do not fit into 172.19.0.0/24, which has room for 219'],
    [{ replicas: 30, subnet: '10.0.0.0/26' }, '--replicas: 30 do not fit into 10.0.0.0/26, which has room for 27'],
    [{ subnet: '172.19.0.1/24' }, '--subnet: "172.19.0.1/24" has host bits set: write 172.19.0.0/24'],
    [{ basePort: 0 }, '--base-port: 0 is not a port: 1 to 65535'],
    [{ basePort: 65_536 }, '--base-port: 65536 is not a port: 1 to 65535'],
    [{ basePort: 65_535, replicas: 2 }, '--base-port: 3 nodes from port 65535 on end above 65535'],
    [{ bind: 'localhost' }, '--bind: "localhost" is not an IPv4 address'],
    [{ bind: '::1' }, '--bind: "::1" is not an IPv4 address'],
    [{ bind: '127.0.0.256' }, '--bind: "127.0.0.256" is not an IPv4 address'],
    [{ image: 'Redis' }, noImage('Redis')],
    [{ image: 'redis:' }, noImage('redis:')],
    [{ image: 'redis 8' }, noImage('redis 8')],
    [{ image: '-redis' }, noImage('-redis')],
    [{ image: 'redis@sha256:abc' }, noImage('redis@sha256:abc')],
    [{ timezone: 'a b' }, '--tz: "a b" is not a time zone, such as Europe/Berlin'],
    [{ timezone: 'UTC\nX' }, '--tz: "UTC\nX" is not a time zone, such as Europe/Berlin'],
    [{ allowCommands: ['CONFIG'] }, '--allow-command: CONFIG is not disabled; only KEYS, FLUSHALL, FLUSHDB are'],
    [{ password: '' }, 'the password is empty, which would switch authentication off'],
  ])('%j', (changes, problem) => {
    expect(check(changes)).toEqual([problem]);
  });

  test('all of it at once', () => {
    expect(check({ name: 'A', replicas: -1, subnet: 'x', image: 'B', bind: 'c', password: '' })).toHaveLength(6);
  });
});

test.each<Partial<UpRequest>>([
  { replicas: 0 },
  { replicas: 219 },
  { subnet: 'auto', basePort: 'auto' },
  { basePort: 65_535, replicas: 0 },
  { image: 'valkey/valkey:8.1' },
  { image: 'localhost:5000/team/redis:7.0-alpine' },
  { image: `ghcr.io/a/b__c@sha256:${'a'.repeat(64)}` },
  { image: 'redis' },
  { timezone: 'Europe/Berlin' },
  { timezone: 'CET-1CEST,M3.5.0,M10.5.0/3' },
  { allowCommands: ['keys', 'FlushAll'] },
  { bind: '0.0.0.0' },
])('%j must be sound', (changes) => {
  expect(check(changes)).toEqual([]);
});

test('a hostile image name must be checked in no time', () => {
  const started = performance.now();
  check({ image: `${'a-'.repeat(20_000)}!` });
  check({ image: `${'a'.repeat(40_000)}!` });
  expect(performance.now() - started).toBeLessThan(1000);
});
