import { expect, test } from 'vitest';
import { refuseLastingRoles } from '../../../src/plan/lasting-roles.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, healthyInfos, masterInfo } from '../../helpers/values.ts';

const own = cluster(2);

test('nodes that run with their roles must pass, those that say nothing or load too', () => {
  const seen = healthyInfos(own);
  expect(() => refuseLastingRoles(own, seen)).not.toThrow();
  expect(() => refuseLastingRoles(own, new Map())).not.toThrow();
  expect(() =>
    refuseLastingRoles(own, new Map(seen).set('slave-1', { ...masterInfo([]), loading: true })),
  ).not.toThrow();
});

test('a replica that runs as a master must be an error that names it and the command that helps', () => {
  const error = errorOf(() => refuseLastingRoles(own, new Map(healthyInfos(own)).set('slave-1', masterInfo([]))));
  expect([error.code, error.problems, error.hint]).toEqual([
    'failed',
    ['slave-1 runs as master, and should be the replica'],
    'They take the right role when they start, and lose writes that only they have: docker restart redis-server-slave-1',
  ]);
});
