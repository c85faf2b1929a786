import { describe, expect, test } from 'vitest';
import {
  canLoad,
  familyName,
  formatServerVersion,
  isAtLeast,
  newestVersionOfImage,
  rdbVersion,
  type ServerVersion,
  versionOfImage,
} from '../../../src/domain/server-version.ts';

/** @param text `Valkey 8.1` */
function server(text: string): ServerVersion {
  const [family, version = ''] = text.split(' ');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { family: family === 'Redis' ? 'redis' : 'valkey', major, minor };
}

describe('the version of an image', () => {
  test('a version must be taken apart', () => {
    expect(versionOfImage('valkey/valkey:8.1')).toEqual({ family: 'valkey', major: 8, minor: 1 });
  });

  test.each([
    ['redis:7.0', 'Redis 7.0'],
    ['redis:7.0.15-alpine', 'Redis 7.0'],
    ['redis:7.2.4-alpine3.19', 'Redis 7.2'],
    ['redis:v7.4', 'Redis 7.4'],
    ['redis:8.10', 'Redis 8.10'],
    ['redis:8.0-rc1-bookworm', 'Redis 8.0'],
    ['redis:7.2@sha256:0123abcd', 'Redis 7.2'],
    ['docker.io/library/redis:6.2', 'Redis 6.2'],
    ['localhost:5000/redis:7.0', 'Redis 7.0'],
    ['registry.example:5000/library/redis:8.0@sha256:0123abcd', 'Redis 8.0'],
    ['bitnami/redis:7.2', 'Redis 7.2'],
    ['bitnami/redis:7.2.4-debian-12-r9', 'Redis 7.2'],
    ['valkey:8.1', 'Valkey 8.1'],
    ['valkey/valkey:9.0.1-alpine', 'Valkey 9.0'],
  ])('%s must be read as %s', (image, version) => {
    expect(versionOfImage(image)).toEqual(server(version));
  });

  test.each([
    ['redis:6', 'Redis 6.0'],
    ['redis:7', 'Redis 7.0'],
    ['redis:7-alpine', 'Redis 7.0'],
    ['redis:8', 'Redis 8.0'],
    ['valkey/valkey:7', 'Valkey 7.2'],
    ['valkey/valkey:8', 'Valkey 8.0'],
  ])('%s names only a major version, and must be open from %s on', (image, version) => {
    const read = versionOfImage(image);
    expect(read).toEqual({ ...server(version), isMinorOpen: true });
    expect(read && formatServerVersion(read)).toBe(version.replace(/\.\d$/, ''));
    expect(newestVersionOfImage(image)).toEqual({ ...read, minor: 99 });
  });

  test.each([
    'redis',
    'redis:latest',
    'redis:alpine',
    'redis:32bit',
    'redis:7.x',
    'redis:7.0_1',
    'redis:20250101',
    'redis@sha256:0123abcd',
    'localhost:5000/redis',
    'my-redis:dev',
    'my-redis:7.0',
    'redis-stack:7.2',
    'redis/redis-stack-server:7.2.0-v10',
    'redis:7.0/other',
    'valkey/valkey-bundle:8.1',
    'keydb:6.3',
    '7.0',
    '',
  ])('"%s" must not be given a version', (image) => {
    expect(versionOfImage(image)).toBeNull();
  });
});

test.each(['Redis 7.0', 'Redis 8.10', 'Valkey 8.1'])('%s must be written as people write it', (text) => {
  expect(formatServerVersion(server(text))).toBe(text);
});

test('a family must be written as people write it', () => {
  expect([familyName('redis'), familyName('valkey')]).toEqual(['Redis', 'Valkey']);
});

test.each([
  ['Redis 7.0', '6.2', true],
  ['Redis 7.0', '7.0', true],
  ['Redis 7.0', '7.2', false],
  ['Redis 7.4', '8.0', false],
  ['Redis 8.0', '7.4', true],
  ['Redis 8.10', '8.4', true],
])('whether %s is at least %s must be %s', (text, since, expected) => {
  expect(isAtLeast(server(text), since)).toBe(expected);
});

test.each([
  ['Redis 5.0', 9],
  ['Redis 6.0', 9],
  ['Redis 6.2', 9],
  ['Redis 7.0', 10],
  ['Redis 7.2', 11],
  ['Redis 7.4', 12],
  ['Redis 8.0', 12],
  ['Redis 8.2', 12],
  ['Redis 8.4', 12],
  ['Redis 8.6', 13],
  ['Valkey 7.2', 11],
  ['Valkey 8.0', 11],
  ['Valkey 8.1', 11],
  ['Valkey 9.0', 80],
  ['Valkey 9.2', 81],
])('%s must be known to write format %i', (text, expected) => {
  expect(rdbVersion(server(text))).toBe(expected);
});

/** Oldest format first, as every row below. */
const everyone = [
  'Redis 6.2',
  'Redis 7.0',
  'Redis 7.2',
  'Valkey 7.2',
  'Valkey 8.1',
  'Redis 7.4',
  'Redis 8.4',
  'Valkey 9.0',
];

test.each([
  ['Redis 6.2', ['Redis 6.2']],
  ['Redis 7.0', ['Redis 6.2', 'Redis 7.0']],
  ['Redis 7.2', ['Redis 6.2', 'Redis 7.0', 'Redis 7.2', 'Valkey 7.2', 'Valkey 8.1']],
  ['Valkey 7.2', ['Redis 6.2', 'Redis 7.0', 'Redis 7.2', 'Valkey 7.2', 'Valkey 8.1']],
  ['Valkey 8.1', ['Redis 6.2', 'Redis 7.0', 'Redis 7.2', 'Valkey 7.2', 'Valkey 8.1']],
  ['Redis 7.4', ['Redis 6.2', 'Redis 7.0', 'Redis 7.2', 'Valkey 7.2', 'Valkey 8.1', 'Redis 7.4', 'Redis 8.4']],
  ['Redis 8.4', ['Redis 6.2', 'Redis 7.0', 'Redis 7.2', 'Valkey 7.2', 'Valkey 8.1', 'Redis 7.4', 'Redis 8.4']],
  ['Valkey 9.0', ['Redis 6.2', 'Redis 7.0', 'Redis 7.2', 'Valkey 7.2', 'Valkey 8.1', 'Valkey 9.0']],
])('%s must load what these send, and nobody else', (replica, sources) => {
  expect(everyone.filter((source) => canLoad(server(replica), server(source)))).toEqual(sources);
});
