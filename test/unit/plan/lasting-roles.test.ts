import { describe, expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { refuseLastingRoles } from '../../../src/plan/lasting-roles.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, healthyInfos, masterInfo, node, replicaInfo, shaped } from '../../helpers/values.ts';

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
    'Bring them back: rmsx repair',
  ]);
});

describe('a promotion that was cut off', () => {
  const promoted = shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
  const behind = (offset: number): ServerInfo => replicaInfo(node('master', null), { link: 'down', offset });
  const hint = (...infos: readonly (readonly [string, ServerInfo])[]): string | undefined =>
    errorOf(() => refuseLastingRoles(promoted, new Map(infos))).hint;

  test('must be finished where nobody holds more', () => {
    expect(hint(['slave-1', behind(1000)], ['slave-2', behind(1000)])).toBe('Finish what was cut off: rmsx repair');
  });

  test('must not be finished with a node that needs --force where another one does not', () => {
    expect(hint(['slave-1', behind(900)], ['slave-2', behind(1000)])).toBe(
      'Promote one that has more than slave-1: rmsx promote slave-2',
    );
  });

  test('must not be named beside another master, next to which nobody is promoted', () => {
    expect(hint(['slave-1', behind(1000)], ['slave-2', masterInfo([])])).toBe('Bring them back: rmsx repair');
  });

  test('must be looked at where nobody may take over', () => {
    expect(hint(['slave-1', { ...behind(1000), priority: 0 }])).toBe('rmsx status');
  });
});
