import { describe, expect, test } from 'vitest';
import type { ClusterSpec, Directives } from '../../../src/domain/cluster.ts';
import { changeOf } from '../../../src/plan/node-change.ts';
import { cluster, node } from '../../helpers/values.ts';

const change = (will: Partial<ClusterSpec>, was: Partial<ClusterSpec> = {}): unknown =>
  changeOf(cluster(1, was), cluster(1, will), 'slave-1');

describe('nothing must be done', () => {
  test('for what a node is already, and for its role', () => {
    const nodes = [node('master', 'slave-1'), node('slave-1', null)];
    expect(changeOf(cluster(1), cluster(0, { nodes, topology: 'custom' }), 'slave-1')).toEqual({ kind: 'none' });
  });

  test('where the node does not know what it is, or is not there on one side', () => {
    expect(changeOf(null, cluster(1, { image: 'redis:7.0' }), 'slave-1')).toEqual({ kind: 'none' });
    expect(changeOf(cluster(0), cluster(1, { image: 'redis:7.0' }), 'slave-1')).toEqual({ kind: 'none' });
  });

  test('where what is usual is asked for by name, and for another order of commands', () => {
    expect(change({ directives: { 'repl-timeout': ['60'], appendfsync: ['everysec'] } })).toEqual({ kind: 'none' });
    expect(change({ disabledCommands: ['FLUSHDB', 'KEYS', 'FLUSHALL'] })).toEqual({ kind: 'none' });
  });
});

describe('the server must be told while it runs', () => {
  test.each<[Directives, Directives, readonly { name: string; value: string }[]]>([
    [{}, { maxclients: ['300'] }, [{ name: 'maxclients', value: '300' }]],
    [{ maxclients: ['100'] }, { maxclients: ['300'] }, [{ name: 'maxclients', value: '300' }]],
    [{ 'repl-timeout': ['30'] }, {}, [{ name: 'repl-timeout', value: '60' }]],
    [
      {},
      { 'client-output-buffer-limit': ['replica 1mb 1mb 60', 'pubsub 1mb 1mb 60'] },
      [{ name: 'client-output-buffer-limit', value: 'replica 1mb 1mb 60 pubsub 1mb 1mb 60' }],
    ],
    [{}, { 'notify-keyspace-events': ['""'] }, [{ name: 'notify-keyspace-events', value: '' }]],
  ])('%j, then %j', (was, will, settings) => {
    expect(change({ directives: will }, { directives: was })).toMatchObject({ kind: 'configure', settings });
  });

  test('by the name that its version knows', () => {
    const image = 'redis:6.0';
    const directives = { 'hash-max-listpack-entries': ['64'] };
    expect(change({ image, directives }, { image })).toMatchObject({
      kind: 'configure',
      settings: [{ name: 'hash-max-ziplist-entries', value: '64' }],
    });
  });
});

describe('another container must be made', () => {
  test.each<[Partial<ClusterSpec>, string]>([
    [{ image: 'redis:8.2' }, 'image: redis:8.2 instead of redis:8.0'],
    [{ bind: '0.0.0.0' }, 'published on: 0.0.0.0 instead of 127.0.0.1'],
    [{ timezone: 'CET' }, 'time zone: CET instead of UTC'],
    [{ disabledCommands: [] }, 'disabled commands: none instead of FLUSHALL FLUSHDB KEYS'],
    [{ directives: { databases: ['3'], hz: ['20'] } }, 'databases: 3'],
  ])('for %j', (will, because) => {
    expect(change(will)).toEqual({ kind: 'replace', because });
  });

  test('for a directive that is left to the server again: what its own value is, only a start tells', () => {
    expect(change({}, { directives: { hz: ['20'] } })).toEqual({
      kind: 'replace',
      because: "hz: the server's own again",
    });
  });

  test('for the image of the node alone', () => {
    const nodes = [node('master', null), node('slave-1', 'master', { image: 'redis:8.2' })];
    expect(change({ nodes })).toEqual({ kind: 'replace', because: 'image: redis:8.2 instead of redis:8.0' });
  });
});
