import { describe, expect, test } from 'vitest';
import { assessCluster, type Evidence } from '../../../../src/domain/assess.ts';
import type { ServerInfo } from '../../../../src/domain/server-info.ts';
import {
  asked,
  at,
  copied,
  emptyMaster,
  ephemeral,
  evidence,
  type Given,
  lines,
  master,
  mebibyte,
  online,
} from '../../../helpers/diagnosed.ts';
import { cluster, containers, history, node, replicaInfo } from '../../../helpers/values.ts';

describe('what is no finding must not be one', () => {
  test.each<[string, Given]>([
    [
      'an idle cluster that has no keys',
      {
        infos: {
          master: emptyMaster,
          'slave-1': { ...copied, uptimeSeconds: 12 },
          'slave-2': { ...copied, uptimeSeconds: 13 },
        },
        spec: ephemeral,
      },
    ],
    [
      'an ephemeral cluster without data whose master was started again: its replicas asked for nothing but pings',
      {
        infos: { master: emptyMaster, 'slave-1': copied, 'slave-2': copied },
        spec: ephemeral,
        clues: { 'slave-1': { log: asked(1600) } },
      },
    ],
    [
      'one whose replicas were started again too',
      {
        infos: { master: emptyMaster, 'slave-1': copied, 'slave-2': copied },
        spec: ephemeral,
        clues: { 'slave-1': { log: [...asked(8192), at('18:08:00', 'Ready to accept connections')] } },
      },
    ],
    [
      'a master that followed before, and goes on with the history that its replicas had all of',
      {
        infos: {
          master: { ...emptyMaster, replid2: history, secondOffset: 8192 },
          'slave-1': copied,
          'slave-2': copied,
        },
        spec: ephemeral,
        clues: { 'slave-1': { log: asked(8192) }, 'slave-2': { log: asked(8192) } },
      },
    ],
    [
      'one that has data again',
      {
        infos: { master: { ...emptyMaster, keys: 1 }, 'slave-1': { ...copied, keys: 1 }, 'slave-2': copied },
        spec: ephemeral,
        clues: { 'slave-1': { log: asked(8192) } },
      },
    ],
    [
      'replicas that were started again and again',
      { infos: { master: online({ fullSyncs: 12, uptimeSeconds: 300 }) } },
    ],
    [
      'full synchronisations over a long time',
      {
        infos: {
          master: online({ fullSyncs: 12, uptimeSeconds: 86_400 }),
          ...Object.fromEntries(
            ['slave-1', 'slave-2'].map((name) => [name, replicaInfo(master, { uptimeSeconds: 86_400 })]),
          ),
        },
      },
    ],
    [
      'a busy master whose backlog is large',
      {
        infos: {
          master: online({
            sentBytesPerSecond: 2 * mebibyte,
            backlog: { active: true, sizeBytes: 64 * mebibyte, firstOffset: 1, heldBytes: 0 },
          }),
        },
      },
    ],
    [
      'memory that is full and evicts',
      { infos: { master: online({ memory: { countedBytes: 101, limitBytes: 100, policy: 'allkeys-lru' } }) } },
    ],
    [
      'enough replicas for writes',
      { infos: { master: online({ goodReplicas: 2 }) }, clues: { master: { minReplicas: 2 } } },
    ],
    [
      'a source that pings less often, as it was told',
      {
        infos: { 'slave-1': replicaInfo(master, { lastIoSeconds: 25 }) },
        spec: cluster(2, { directives: { 'repl-ping-replica-period': ['10'] } }),
      },
    ],
  ])('%s', (_, given) => {
    expect(lines(given)).toEqual([]);
  });

  test('a rate that a full synchronisation is counted in says nothing about the backlog', () => {
    const [link, other] = online().replicas;
    const replicas = [link, { ...other, state: 'send_bulk' }] as ServerInfo['replicas'];
    expect(lines({ infos: { master: online({ sentBytesPerSecond: 50 * mebibyte, replicas }) } })).toEqual([]);
  });
});

test('advice alone must leave a cluster healthy, and advice beside a problem must not hide it', () => {
  const busy = online({ sentBytesPerSecond: 4 * mebibyte });
  expect(assessCluster(evidence({ infos: { master: busy } })).cluster.health).toBe('healthy');
  const both = assessCluster(
    evidence({ infos: { master: busy, 'slave-1': replicaInfo(master, { readOnly: false }) } }),
  );
  expect([both.cluster.health, ...both.warnings.map(({ code }) => code)]).toEqual([
    'degraded',
    'replica-writable',
    'backlog-small',
  ]);
});

describe('an image that its name does not stand for any more', () => {
  const id = `sha256:${'4'.repeat(64)}`;
  /** As the engine lists a container whose image has lost its name. */
  const madeOf = (image: string, ...names: readonly string[]): Partial<Evidence> => ({
    containers: containers(cluster(2)).map((own) => (names.includes(own.node ?? '') ? { ...own, image } : own)),
  });

  test('must be told with every node that runs it', () => {
    expect(lines({ changes: madeOf(id, 'master', 'slave-1') })).toEqual([
      '[image-moved -: redis:8.0 stands for another image now than when master and slave-1 were made: a node that is made anew will run another one than they do -> rmsx down && rmsx up   makes all nodes anew, with their data]',
    ]);
  });

  test('must come without a command where that would lose the data', () => {
    expect(lines({ spec: ephemeral, changes: madeOf(id, 'slave-2') })).toEqual([
      '[image-moved slave-2: redis:8.0 stands for another image now than when slave-2 was made: a node that is made anew will run another one than they do -> null]',
    ]);
  });

  test('must not be seen where the image was named by its id', () => {
    const spec = cluster(2, { image: '444444444444' });
    expect(lines({ spec, changes: madeOf(id, 'master', 'slave-1', 'slave-2') })).toEqual([]);
  });
});

test('the replicas of many levels that lost one node must be told with that node, once', () => {
  const names = Array.from({ length: 8 }, (_, i) => `slave-${i + 1}`);
  const chain = names.map((name, i) => node(name, names[i - 1] ?? 'master'));
  const spec = cluster(0, { topology: 'chain', nodes: [master, ...chain] });
  const infos = Object.fromEntries(
    chain.map((own, i) => [own.name, replicaInfo(chain[i - 1] ?? master, { link: 'down' })]),
  );
  expect(lines({ spec, infos: { ...infos, 'slave-1': null }, states: { 'slave-1': 'paused' } }).slice(0, 1)).toEqual([
    'node-paused slave-1: slave-1 is paused: it answers nothing; slave-2, slave-3, slave-4, slave-5 and 3 others have no link because of that -> rmsx up',
  ]);
});
