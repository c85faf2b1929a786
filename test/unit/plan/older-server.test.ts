import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import type { ObservedVolume } from '../../../src/domain/observed.ts';
import { hintFromLogs, refuseOlderServer } from '../../../src/plan/older-server.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, confs, node, record, volume } from '../../helpers/values.ts';

/** The data volumes of a cluster, made for an image. */
const volumesFor = (image: string | null, spec: ClusterSpec = cluster(0)): readonly ObservedVolume[] =>
  spec.nodes.map(({ name }) =>
    volume(`redis-server-${name}-data`, { cluster: 'redis-server', node: name, purpose: 'data', image }),
  );

const refuse = (made: string | null, wanted: ClusterSpec, last?: string): void =>
  refuseOlderServer(
    wanted,
    { volumes: volumesFor(made, wanted) },
    last === undefined ? new Map() : confs(record({ ...wanted, image: last })),
  );

describe('a server that cannot load the data on its volume', () => {
  test('must be refused, with the formats, the volume and both ways out', () => {
    expect(errorOf(() => refuse('redis:8.0', cluster(0, { image: 'redis:7.0' })))).toEqual({
      code: 'unsafe',
      message:
        'master could not load its data: redis-server-master-data was written by redis:8.0 (RDB format 12), and redis:7.0 has RDB format 10.',
      hint: 'Keep the image of before: rmsx up --image redis:8.0\nOr begin anew without the data: rmsx down --volumes',
      problems: [],
    });
  });

  test('must be refused for all nodes at once', () => {
    const { message, problems } = errorOf(() => refuse('redis:8.0', cluster(1, { image: 'valkey:8.1' })));
    expect([message, ...problems]).toEqual([
      '2 nodes could not load their data.',
      'master could not load its data: redis-server-master-data was written by redis:8.0 (RDB format 12), and valkey:8.1 has RDB format 11',
      'slave-1 could not load its data: redis-server-slave-1-data was written by redis:8.0 (RDB format 12), and valkey:8.1 has RDB format 11',
    ]);
  });

  test('must be refused for a node with an image of its own, and the place be named', () => {
    const nodes = [node('master', null), node('slave-1', 'master', { image: 'redis:6.0' })];
    expect(errorOf(() => refuse('redis:8.0', cluster(0, { nodes }))).hint).toContain(
      'in rmsx.yaml: nodes.slave-1.image: redis:8.0\n',
    );
  });

  test.each([
    ['redis:7.2', 'redis:7.0'],
    ['redis:7.4', 'redis:7.2'],
    ['redis:7.0', 'redis:6.2'],
    ['redis:8.0', 'redis:6'],
    ['redis:7.4', 'valkey:8.0'],
    ['redis:8.6', 'valkey:9.0'],
    ['valkey:9.0', 'redis:8.6'],
    ['redis:8', 'redis:7.2'],
    ['registry.example:5000/library/redis:8.0-alpine', 'redis:7.0.15-bookworm'],
  ])('%s and then %s must be refused', (before, wanted) => {
    expect(errorOf(() => refuse(before, cluster(0, { image: wanted }))).code).toBe('unsafe');
  });

  test('must be refused after an upgrade, though the label still names the image of the first day', () => {
    const { message } = errorOf(() => refuse('redis:7.0', cluster(0, { image: 'redis:7.0' }), 'redis:8.0'));
    expect(message).toContain('was written by redis:8.0');
  });
});

describe('must be let through:', () => {
  test.each([
    ['the same image', 'redis:8.0', 'redis:8.0'],
    ['a newer one', 'redis:7.0', 'redis:8.0'],
    ['a patch release before', 'redis:8.0.3', 'redis:8.0.1'],
    ['an older one with the same format', 'redis:8.0', 'redis:7.4'],
    ['the other family, while the format is common', 'redis:7.2', 'valkey:8.1'],
    ['a tag that moves on within its major version', 'redis:7.4', 'redis:7'],
    ['an image whose name does not tell', 'redis:8.0', 'my-redis:1'],
    ['data of an image whose name does not tell', 'redis:latest', 'redis:6.0'],
    ['a volume that names no image', null, 'redis:6.0'],
  ])('%s', (_, before, wanted) => {
    expect(() => refuse(before, cluster(0, { image: wanted }))).not.toThrow();
  });

  test('an image as old as the one in the record, though the label names a newer one', () => {
    expect(() => refuse('redis:8.0', cluster(0, { image: 'redis:7.0' }), 'redis:7.0')).not.toThrow();
  });

  test('a cluster that keeps nothing, a new node, and the volumes of others', () => {
    const old = cluster(1, { image: 'redis:6.0' });
    const [master] = volumesFor('redis:8.0');
    const others = [{ ...master, cluster: 'other' } as ObservedVolume];
    expect(() => refuse('redis:8.0', { ...old, persistence: 'none' })).not.toThrow();
    expect(() => refuseOlderServer(old, { volumes: [] }, new Map())).not.toThrow();
    expect(() => refuseOlderServer(old, { volumes: others }, new Map())).not.toThrow();
  });
});

describe('what servers say', () => {
  test.each([
    "master | 1:M 22 Nov 2026 10:00:00.000 # Can't handle RDB format version 12",
    "slave-1 | 1:S 22 Nov 2026 10:00:00.000 # Can't handle RDB format version 12",
  ])('must be explained: %s', (line) => {
    expect(hintFromLogs('shop', ['master | Ready', line])).toBe(
      'The server is too old for RDB format 12, or of another family. Name an image at least as new as the one before: rmsx up --image NAME -n shop\nOr begin anew without the data: rmsx down --volumes -n shop',
    );
  });

  test('must be left alone where it is about something else', () => {
    expect(hintFromLogs('shop', ['master | Ready to accept connections'])).toBeUndefined();
  });
});
