import { describe, expect, test } from 'vitest';
import type { Directives, Persistence } from '../../../src/domain/cluster.ts';
import type { ObservedContainer, ObservedVolume } from '../../../src/domain/observed.ts';
import { refuseEmptyMaster } from '../../../src/plan/empty-master.ts';
import { errorOf, type SeenError } from '../../helpers/error-of.ts';
import { cluster, containers, engineWith, foreign, type States, volume } from '../../helpers/values.ts';

const data = (node: string, changes: Partial<ObservedVolume> = {}): ObservedVolume =>
  volume(`redis-server-${node}-data`, { cluster: 'redis-server', node, purpose: 'data', run: 'earlier', ...changes });
const all = ['master', 'slave-1', 'slave-2'].map((name) => data(name));
const gone = { master: 'missing', 'slave-1': 'missing', 'slave-2': 'missing' } as const;

interface Case {
  readonly persistence: Persistence;
  readonly directives?: Directives;
  readonly states?: States;
  readonly master?: Partial<ObservedContainer>;
  readonly volumes?: readonly ObservedVolume[];
}

function refuse({ persistence, directives = {}, states = {}, master = {}, volumes = all }: Case): void {
  const spec = cluster(2, { persistence, directives });
  const there = containers(spec, states).map((own) => (own.node === 'master' ? { ...own, ...master } : own));
  refuseEmptyMaster(spec, engineWith({ containers: [...there, foreign('web')], volumes }));
}

const refusal = (message: string, ...ways: readonly string[]): SeenError => ({
  code: 'unsafe',
  message,
  hint: ways.join('\n'),
  problems: [],
});

describe('a master that would start without the data that replicas have must be refused, with what works', () => {
  const empty = 'master would start empty, as its data volume is gone, and slave-1, slave-2 would copy that.';
  const ephemeral = 'master would start empty, as the cluster is ephemeral, and slave-1, slave-2 would copy that.';
  const promote = 'Let a replica take over: rmsx promote slave-1';
  const start = 'Let a replica take over: rmsx start slave-1 && rmsx promote slave-1';
  const anew = 'begin anew without the data: rmsx down --volumes';
  const neverPromoted = { 'replica-priority': ['0'] };
  test.each<[string, Case, string, readonly string[]]>([
    [
      'aof, its volume is gone',
      { persistence: 'aof', states: { master: 'missing' }, volumes: all.slice(1) },
      empty,
      [promote, `Or ${anew}`],
    ],
    [
      'aof, its volume is gone, and nobody may take over',
      { persistence: 'aof', directives: neverPromoted, states: { master: 'missing' }, volumes: all.slice(1) },
      empty,
      [`B${anew.slice(1)}`],
    ],
    [
      'aof, its volume is gone, and only slave-2 runs',
      { persistence: 'aof', states: { master: 'missing', 'slave-1': 'stopped' }, volumes: all.slice(1) },
      empty,
      ['Let a replica take over: rmsx promote slave-2', `Or ${anew}`],
    ],
    [
      'rdb, its volume is gone, and nobody runs',
      {
        persistence: 'rdb',
        states: { master: 'missing', 'slave-1': 'stopped', 'slave-2': 'stopped' },
        volumes: all.slice(1),
      },
      empty,
      [start, `Or ${anew}`],
    ],
    [
      'rdb, its volume is gone, and only volumes are left',
      { persistence: 'rdb', states: gone, volumes: all.slice(1) },
      empty,
      [`B${anew.slice(1)}`],
    ],
    [
      'rdb, it crashed',
      { persistence: 'rdb', states: { master: 'stopped' }, master: { statusText: 'Exited (137) 2 seconds ago' } },
      'master would start with its last snapshot (Exited (137) 2 seconds ago), and slave-1, slave-2 would copy that.',
      [promote, `Or ${anew}`],
    ],
    [
      'rdb, it crashed while replicas are paused',
      {
        persistence: 'rdb',
        states: { master: 'stopped', 'slave-1': 'paused', 'slave-2': 'restarting' },
        master: { statusText: 'Exited (1) a day ago' },
      },
      'master would start with its last snapshot (Exited (1) a day ago), and slave-1, slave-2 would copy that.',
      [start, `Or ${anew}`],
    ],
    [
      'none, its container is gone',
      { persistence: 'none', states: { master: 'missing' }, volumes: [] },
      ephemeral,
      [promote, `Or ${anew}`],
    ],
    [
      'none, it is stopped',
      { persistence: 'none', states: { master: 'stopped' }, volumes: [] },
      ephemeral,
      [promote, `Or ${anew}`],
    ],
  ])('%s', (_, given, message, ways) => {
    expect(errorOf(() => refuse(given))).toEqual(refusal(message, ...ways));
  });
});

describe('a master must be started', () => {
  test.each<[string, Case]>([
    ['aof, everything runs', { persistence: 'aof' }],
    [
      'aof, it is stopped, whatever ended it',
      { persistence: 'aof', states: { master: 'stopped' }, master: { statusText: 'Exited (137)' } },
    ],
    ['aof, only volumes are left', { persistence: 'aof', states: gone }],
    ['aof, nothing is left', { persistence: 'aof', states: gone, volumes: [] }],
    ['aof, only its own volume is left', { persistence: 'aof', states: gone, volumes: all.slice(0, 1) }],
    [
      'aof, other volumes are left',
      {
        persistence: 'aof',
        states: gone,
        volumes: [data('master', { purpose: 'conf' }), data('slave-1', { cluster: 'x' })],
      },
    ],
    [
      'aof, the volume of a node that is none any more',
      { persistence: 'aof', states: gone, volumes: [data('slave-9')] },
    ],
    ['rdb, everything runs', { persistence: 'rdb' }],
    [
      'rdb, it was stopped in peace',
      { persistence: 'rdb', states: { master: 'stopped' }, master: { statusText: 'Exited (0) a day ago' } },
    ],
    [
      'rdb, all of them crashed',
      {
        persistence: 'rdb',
        states: { master: 'stopped', 'slave-1': 'stopped', 'slave-2': 'stopped' },
        master: { statusText: 'Exited (137)' },
      },
    ],
    [
      'rdb, it was never started',
      { persistence: 'rdb', states: { master: 'stopped' }, master: { statusText: 'Created', neverStarted: true } },
    ],
    ['none, nothing is there', { persistence: 'none', states: gone, volumes: [] }],
    [
      'none, nothing runs',
      { persistence: 'none', states: { master: 'stopped', 'slave-1': 'stopped', 'slave-2': 'stopped' }, volumes: [] },
    ],
    ['none, everything runs', { persistence: 'none', volumes: [] }],
    [
      'none, it was never started',
      { persistence: 'none', states: { master: 'stopped' }, master: { neverStarted: true }, volumes: [] },
    ],
  ])('%s', (_, given) => {
    expect(() => refuse(given)).not.toThrow();
  });
});
