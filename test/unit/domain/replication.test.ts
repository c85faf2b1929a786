import { expect, test } from 'vitest';
import { missingForReplication } from '../../../src/domain/replication.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { cluster, healthyInfos, masterInfo, node, replicaInfo } from '../../helpers/values.ts';

const spec = cluster(2);
const master = node('master', null);
const replica = node('slave-1', 'master');
const online = { address: replica.address, state: 'online', offset: 1000, lagSeconds: 0 };

/** What is missing for slave-1 when these nodes say something else than in a healthy cluster. */
function missing(changes: Readonly<Record<string, ServerInfo | undefined>>, reached = 0): readonly string[] {
  const one = cluster(1);
  const infos = healthyInfos(one);
  for (const [name, info] of Object.entries(changes)) {
    if (info) infos.set(name, info);
    else infos.delete(name);
  }
  return missingForReplication(one, infos, reached).map(({ text }) => text);
}

test('of two lines about a replica that came back, that of the dead link must not count', () => {
  const stale = { ...online, offset: 400, lagSeconds: 30 };
  for (const replicas of [
    [stale, online],
    [online, stale],
  ]) {
    expect(missing({ master: masterInfo([], { replicas }) }, 1000)).toEqual([]);
  }
});

test('a healthy cluster must miss nothing', () => {
  expect(missingForReplication(spec, healthyInfos(spec), 1000)).toEqual([]);
});

test.each<[string, Readonly<Record<string, ServerInfo | undefined>>, string]>([
  ['does not answer', { 'slave-1': undefined }, 'slave-1 does not answer'],
  ['loads its data', { 'slave-1': replicaInfo(master, { loading: true }) }, 'slave-1 is loading its data'],
  ['is a master', { 'slave-1': masterInfo([]) }, 'slave-1 is a master, and should follow master'],
  [
    'follows something else',
    { 'slave-1': replicaInfo(node('slave-2', null)) },
    'slave-1 follows 172.19.0.12:6381 instead of master',
  ],
  [
    'synchronises',
    { 'slave-1': replicaInfo(master, { link: 'syncing' }) },
    'slave-1 is in its first synchronisation with master',
  ],
  ['has no link', { 'slave-1': replicaInfo(master, { link: 'down' }) }, 'slave-1 has no link to master'],
  [
    'holds another history',
    { 'slave-1': replicaInfo(master, { replid: 'b'.repeat(40) }) },
    'slave-1 holds another history than master',
  ],
  ['is not listed by its source', { master: masterInfo([]) }, 'slave-1 is not in the list of master'],
  [
    'is listed, but not online yet',
    { master: masterInfo([], { replicas: [{ ...online, state: 'wait_bgsave' }] }) },
    'slave-1 is not online at master yet (wait_bgsave)',
  ],
])('a replica that %s must be named', (_, changes, sentence) => {
  expect(missing(changes)).toEqual([sentence]);
});

test('a link that is up must not be enough: what the source says of it counts', () => {
  const infos = { master: masterInfo([], { replicas: [{ ...online, offset: 0 }] }) };
  expect(missing(infos, 14)).toEqual(['slave-1 has acknowledged 0 of 14 bytes to master']);
});

test('a source that does not answer must be named, and that its replicas cannot be checked', () => {
  expect(missing({ master: undefined })).toEqual([
    'master does not answer',
    'slave-1 cannot be checked, as master does not answer',
  ]);
});

test('a master that is a replica must be named', () => {
  expect(missing({ master: replicaInfo(replica) })).toContain('master is a replica, and should be the master');
});

test('only the nodes that matter must be looked at', () => {
  const infos = healthyInfos(spec);
  infos.delete('slave-2');
  expect(missingForReplication(spec, infos, 0, [master, replica])).toEqual([]);
});
