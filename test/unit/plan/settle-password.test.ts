import { describe, expect, test } from 'vitest';
import type { NodeConf } from '../../../src/domain/observed.ts';
import { settlePassword } from '../../../src/plan/settle-password.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers, engineWith, record } from '../../helpers/values.ts';

const own = record(cluster(2));
const engine = engineWith({ containers: containers(own.cluster) });
const confsWith = (...passwords: readonly string[]): ReadonlyMap<string, NodeConf> =>
  new Map(own.cluster.nodes.map(({ name }, i) => [name, { password: passwords[i] ?? '', source: null, record: own }]));
const same = confsWith('old', 'old', 'old');

test('a new cluster must get the one that is given, or one of its own', () => {
  const nothing = { confs: new Map(), engine: engineWith() };
  expect(settlePassword('given', null, nothing)).toEqual({ password: 'given' });
  const [first, second] = [settlePassword(undefined, null, nothing), settlePassword(undefined, null, nothing)];
  expect(first.password).toMatch(/^[\w-]{32}$/);
  expect(second.password).not.toBe(first.password);
});

describe('a cluster that is there', () => {
  test('must keep its own where none is given, or the same', () => {
    for (const given of [undefined, 'old']) {
      expect(settlePassword(given, own, { confs: same, engine })).toEqual({ password: 'old' });
    }
  });

  test('must change it where it has containers, and simply have it where it has none', () => {
    expect(settlePassword('new', own, { confs: same, engine })).toEqual({ password: 'old', newPassword: 'new' });
    expect(settlePassword('new', own, { confs: same, engine: engineWith() })).toEqual({ password: 'new' });
  });

  test('must go on with a change that was cut off: the master is the last to know', () => {
    const half = confsWith('old', 'old', 'new');
    expect(settlePassword(undefined, own, { confs: half, engine })).toEqual({ password: 'old', newPassword: 'new' });
    expect(settlePassword('new', own, { confs: half, engine })).toEqual({ password: 'old', newPassword: 'new' });
    expect(settlePassword('old', own, { confs: half, engine })).toEqual({ password: 'old', newPassword: 'old' });
  });

  test('must be left to Docker Compose where that made it, and to down and up without ACL', () => {
    const made = containers(own.cluster).map((container) => ({ ...container, run: null, composeProject: 'x' }));
    const compose = errorOf(() =>
      settlePassword('new', own, { confs: same, engine: engineWith({ containers: made }) }),
    );
    expect([compose.code, compose.hint]).toEqual(['conflict', expect.stringContaining('--force-recreate')]);
    const without = record(cluster(2, { disabledCommands: ['ACL'] }));
    const acl = errorOf(() => settlePassword('new', without, { confs: same, engine }));
    expect([acl.code, acl.hint]).toEqual(['conflict', expect.stringContaining('rmsx down, then up again')]);
    expect(JSON.stringify([compose, acl])).not.toMatch(/"old"|"new"/);
  });
});
