import { describe, expect, test } from 'vitest';
import { assessCluster, type Evidence } from '../../../src/domain/assess.ts';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { type Clues, noClues } from '../../../src/domain/diagnosis/clues.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import {
  cluster,
  confs,
  containers,
  healthyInfos,
  history,
  masterInfo,
  node,
  record,
  replicaInfo,
  type States,
} from '../../helpers/values.ts';

const [master, one, two] = [node('master', null), node('slave-1', 'master'), node('slave-2', 'master')];
const mebibyte = 2 ** 20;

/** What differs from a healthy star of three. */
interface Given {
  readonly infos?: Readonly<Record<string, ServerInfo | null>>;
  readonly clues?: Readonly<Record<string, Partial<Clues>>>;
  readonly states?: States;
  readonly spec?: ClusterSpec;
  readonly changes?: Partial<Evidence>;
}

function evidence({ infos = {}, clues = {}, states = {}, spec = cluster(2), changes = {} }: Given): Evidence {
  const own = record(spec);
  const said = healthyInfos(spec);
  for (const [name, info] of Object.entries(infos)) {
    if (info) said.set(name, info);
    else said.delete(name);
  }
  return {
    record: own,
    containers: containers(spec, states),
    confs: confs(own),
    infos: said,
    clues: new Map(Object.entries(clues).map(([name, each]) => [name, { ...noClues, ...each }])),
    endpoint: () => ({ host: '127.0.0.1', port: 6379 }),
    ...changes,
  };
}

/** Every warning in a line; advice in brackets. */
const lines = (given: Given): readonly string[] =>
  assessCluster(evidence(given)).warnings.map(({ code, node: of, message, hint, level }) => {
    const text = `${code} ${of ?? '-'}: ${message} -> ${hint}`;
    return level === 'advice' ? `[${text}]` : text;
  });

const lost = (changes: Partial<ServerInfo> = {}): ServerInfo => replicaInfo(master, { link: 'down', ...changes });
const syncing = (sync: ServerInfo['sync']): ServerInfo => replicaInfo(master, { link: 'syncing', sync });
const at = (time: string, text: string): string => `1:S 28 Nov 2026 ${time}.123 * ${text}`;
const online = (changes: Partial<ServerInfo> = {}): ServerInfo => masterInfo([one, two], changes);
const ephemeral = cluster(2, { persistence: 'none' });
const emptyMaster = online({ keys: 0, uptimeSeconds: 12, replid: 'b'.repeat(40), offset: 20 });
const copied = replicaInfo(master, { keys: 0, uptimeSeconds: 100, replid: 'b'.repeat(40), offset: 20 });
const asked = (offset: number): readonly string[] => [
  at('18:06:35', 'Ready to accept connections'),
  at('18:07:35', `Trying a partial resynchronization (request ${history}:${offset}).`),
];

test.each<[string, Given, readonly string[]]>([
  [
    'a password that the source does not take',
    { infos: { 'slave-1': lost({ linkDownSeconds: 7 }) }, clues: { 'slave-1': { masterAuth: 'refused' } } },
    [
      'masterauth-wrong slave-1: slave-1 logs in at master with a password that is wrong there (masterauth) -> docker restart redis-server-slave-1',
    ],
  ],
  [
    'a password that the log alone tells of',
    {
      infos: { 'slave-1': lost() },
      clues: {
        'slave-1': { log: ['1:S x * MASTER aborted replication with an error: NOAUTH Authentication required.'] },
      },
    },
    [
      'masterauth-wrong slave-1: slave-1 logs in at master with a password that is wrong there (masterauth) -> docker restart redis-server-slave-1',
    ],
  ],
  [
    'no password, where the conf of the source has another one too',
    {
      infos: { 'slave-1': lost() },
      clues: { 'slave-1': { masterAuth: 'missing' } },
      changes: {
        confs: new Map([
          ...confs(record(cluster(2))),
          ['slave-1', { password: 'other', source: master.address, record: null }],
        ]),
      },
    },
    [
      'masterauth-missing slave-1: slave-1 has no password for master (masterauth is empty), which asks for one -> rmsx up',
    ],
  ],
  [
    'a source that is not reached although it answers here',
    {
      infos: { 'slave-1': lost() },
      clues: {
        'slave-1': {
          masterAuth: 'accepted',
          log: [
            at('18:06:35', 'MASTER aborted replication with an error: NOAUTH Authentication required.'),
            at('18:06:35', 'Error condition on socket for SYNC: Connection refused'),
          ],
        },
      },
    },
    [
      'source-unreachable slave-1: slave-1 does not reach master (Connection refused), which answers here: something is wrong between them -> docker network inspect redis-server_app_net',
    ],
  ],
  [
    'a link whose source is silent and that still counts as up',
    { infos: { 'slave-1': replicaInfo(master, { lastIoSeconds: 25 }) } },
    [
      'source-silent slave-1: slave-1 has heard nothing from master for 25 s, though both answer here: something is wrong between them, and the link will break -> docker network inspect redis-server_app_net',
    ],
  ],
  [
    'a link that is down for no reason that is known, however old the log',
    {
      infos: { 'slave-1': lost({ linkDownSeconds: 200 }) },
      clues: {
        'slave-1': {
          masterAuth: 'accepted',
          log: [
            at('18:06:35', 'Error condition on socket for SYNC: Connection refused'),
            at('18:06:36', 'MASTER <-> REPLICA sync: Finished with success'),
          ],
        },
      },
    },
    ['link-down slave-1: slave-1 has no link to master, for 3 min now -> docker logs --tail 20 redis-server-slave-1'],
  ],
  [
    'data that an older server does not understand',
    {
      infos: { 'slave-1': lost({ version: '7.0.15' }) },
      clues: { 'slave-1': { log: ["1:S 28 Nov 2026 18:06:35.123 # Can't handle RDB format version 12"] } },
    },
    [
      'rdb-version slave-1: slave-1 cannot load what master sends: its server, 7.0.15, does not know RDB format version 12 -> rmsx remove slave-1   # or give it an image as new as that of master',
    ],
  ],
  [
    'a disk that is too full to take the data of the source',
    {
      infos: { 'slave-1': syncing(null) },
      clues: {
        'slave-1': {
          log: [at('18:06:35', 'Write error or short write writing to the DB dump file: No space left on device')],
        },
      },
    },
    [
      'sync-disk slave-1: slave-1 cannot write what master sends to its disk (No space left on device) -> docker exec redis-server-slave-1 df -h /data',
    ],
  ],
  [
    'a full synchronisation whose size is known',
    {
      infos: {
        'slave-1': syncing({ readBytes: 50 * mebibyte, leftBytes: 150 * mebibyte, totalBytes: 200 * mebibyte }),
      },
    },
    ['syncing slave-1: slave-1 is in a full synchronisation with master: 25 % read (50 MB of 200 MB) -> rmsx status'],
  ],
  [
    'one whose size nobody knows',
    { infos: { 'slave-1': syncing({ readBytes: 5_251_711, leftBytes: null, totalBytes: null }) } },
    ['syncing slave-1: slave-1 is in a full synchronisation with master: 5.01 MB read -> rmsx status'],
  ],
  [
    'one of Redis 6.0, that tells what is left',
    { infos: { 'slave-1': syncing({ readBytes: null, leftBytes: 3 * mebibyte, totalBytes: null }) } },
    ['syncing slave-1: slave-1 is in a full synchronisation with master: 3 MB left -> rmsx status'],
  ],
  [
    'one that has not begun',
    { infos: { 'slave-1': syncing({ readBytes: null, leftBytes: null, totalBytes: null }) } },
    ['syncing slave-1: slave-1 is in a full synchronisation with master, which has not begun to send -> rmsx status'],
  ],
  [
    'one that begins again and again, as the source gives the replica up',
    {
      infos: { 'slave-1': syncing({ readBytes: 1, leftBytes: null, totalBytes: null }) },
      clues: {
        'slave-1': {
          log: ['17:00:00', '18:06:30', '18:06:45', '18:07:10'].map((time) =>
            at(time, `Full resync from master: ${history}:1`),
          ),
        },
        master: {
          log: [at('18:07:00', 'Client id=7 scheduled to be closed ASAP for overcoming of output buffer limits.')],
        },
      },
    },
    [
      'resync-loop slave-1: slave-1 begins a full synchronisation with master again and again: 3 in 40 s; master gives it up, as it does not keep up (client-output-buffer-limit) -> docker logs --tail 20 redis-server-master',
    ],
  ],
  [
    'replicas that need full synchronisations again and again',
    { infos: { master: online({ fullSyncs: 12, uptimeSeconds: 150 }) } },
    [
      'resync-loop master: the replicas of master need full synchronisations again and again: 12 in 3 min, for 2 replicas -> rmsx up --set repl-backlog-size=64mb',
    ],
  ],
  [
    'a master that loads, and the replicas that wait for it',
    { infos: { master: online({ loading: true, loadedPercent: 41.9 }), 'slave-1': lost(), 'slave-2': lost() } },
    [
      'loading master: master is loading its data: 41 % done; slave-1 and slave-2 have no link because of that -> rmsx status',
    ],
  ],
  [
    'an append-only file on a full disk',
    {
      infos: {
        master: online({
          persistence: { aofEnabled: true, aofWriteOk: false, aofRewriteOk: true, snapshotOk: true },
          refusals: { noReplicas: 0, disk: 7, memory: 0 },
        }),
      },
      clues: { master: { log: [at('18:06:35', 'Error writing to the AOF file: No space left on device')] } },
    },
    [
      'aof-failing master: master cannot write to its append-only file (No space left on device) and refuses writes until it can, 7 times so far -> docker exec redis-server-master df -h /data',
    ],
  ],
  [
    'a rewrite that failed',
    {
      infos: {
        'slave-1': replicaInfo(master, {
          persistence: { aofEnabled: true, aofWriteOk: true, aofRewriteOk: false, snapshotOk: true },
        }),
      },
    },
    [
      'aof-rewrite-failing slave-1: slave-1 could not rewrite its append-only file, which grows until it can -> docker exec redis-server-slave-1 df -h /data',
    ],
  ],
  [
    'a snapshot in a place where the server may not write',
    {
      infos: {
        master: online({ persistence: { aofEnabled: false, aofWriteOk: true, aofRewriteOk: true, snapshotOk: false } }),
      },
      clues: { master: { log: ['1:M x # Failed opening the temp RDB file temp-1.rdb for saving: Permission denied'] } },
    },
    [
      'snapshot-failing master: master could not write its last snapshot (Permission denied) -> docker exec redis-server-master ls -ld /data',
    ],
  ],
  [
    'a replica that was killed for its memory',
    {
      infos: { 'slave-1': null },
      states: { 'slave-1': 'restarting' },
      clues: { 'slave-1': { end: { outOfMemory: true, restarts: 3 } } },
    },
    [
      'out-of-memory slave-1: slave-1 was killed, as no memory was left for it, 3 times started again before -> docker logs --tail 20 redis-server-slave-1',
    ],
  ],
  [
    'a replica that says why it crashes',
    {
      infos: { 'slave-1': null },
      states: { 'slave-1': 'restarting' },
      clues: { 'slave-1': { log: ["1:M 28 Nov 2026 18:06:35.123 # Can't handle RDB format version 12"] } },
    },
    [
      "node-restarting slave-1: slave-1 crashes and is restarted again and again (Can't handle RDB format version 12) -> docker logs --tail 20 redis-server-slave-1",
    ],
  ],
  [
    'two masters',
    { infos: { master: masterInfo([two]), 'slave-1': masterInfo([]) } },
    [
      'two-masters -: master (the recorded one, 1 replica) and slave-1 (no replica) are masters at the same time: writes to them go apart -> docker restart redis-server-slave-1   # as replicas; writes that only they have are lost',
    ],
  ],
  [
    'a circle without a master, whose links are all up',
    { infos: { master: replicaInfo(two), 'slave-1': replicaInfo(master), 'slave-2': replicaInfo(one) } },
    [
      'cycle -: master → slave-2 → slave-1 → master follow each other in a circle: no node is a master, and nothing can be written, whatever their links say -> rmsx promote master',
    ],
  ],
  [
    'a circle beside the master',
    { infos: { master: masterInfo([]), 'slave-1': replicaInfo(two), 'slave-2': replicaInfo(one) } },
    [
      'cycle -: slave-1 → slave-2 → slave-1 follow each other in a circle: none of them gets what the master writes, whatever their links say -> rmsx move slave-1 --source master',
    ],
  ],
  [
    'a master that came back empty while a replica still holds the data',
    {
      infos: { master: emptyMaster, 'slave-1': lost({ offset: 900 }), 'slave-2': copied },
      spec: ephemeral,
      clues: { 'slave-1': { masterAuth: 'refused' } },
    },
    [
      'master-reborn-empty master: master came back empty 12 s ago: it wipes slave-1 (20 keys) as soon as they are in sync with it -> docker stop redis-server-master && rmsx promote slave-1',
      'masterauth-wrong slave-1: slave-1 logs in at master with a password that is wrong there (masterauth) -> docker restart redis-server-slave-1',
    ],
  ],
  [
    'a master that came back empty, and replicas that have copied it',
    {
      infos: { master: emptyMaster, 'slave-1': copied, 'slave-2': copied },
      spec: ephemeral,
      clues: { 'slave-1': { log: asked(5000) }, 'slave-2': { log: asked(8192) } },
    },
    [
      'master-reborn-empty master: master came back empty 12 s ago, and slave-1 and slave-2 copied that: what a history of 8 KB had written is gone -> docker logs --tail 20 redis-server-master   # why it ended; the data has to be written again',
    ],
  ],
  [
    'a replica that takes writes',
    { infos: { 'slave-1': replicaInfo(master, { readOnly: false }) } },
    [
      'replica-writable slave-1: slave-1 takes writes although it is a replica (replica-read-only no): it goes apart from master -> docker restart redis-server-slave-1',
    ],
  ],
  [
    'replicas of different histories, without a master',
    {
      infos: { master: null, 'slave-1': lost(), 'slave-2': lost({ replid: 'b'.repeat(40), offset: 50 }) },
      states: { master: 'stopped' },
    },
    [
      'no-master -: no node is a master: nothing can be written -> rmsx promote slave-1',
      'node-stopped master: master is stopped; slave-1 and slave-2 have no link because of that -> rmsx up',
      'histories-differ -: slave-1 (offset 1000); slave-2 (offset 50) hold different histories: their offsets do not compare -> null',
    ],
  ],
  [
    'a master that wants more replicas than there are',
    {
      infos: { master: online({ goodReplicas: 2, refusals: { noReplicas: 3, disk: 0, memory: 0 } }) },
      clues: { master: { minReplicas: 3 } },
    },
    [
      'min-replicas master: master refuses writes, 3 times so far: it wants 3 replicas close behind (min-replicas-to-write), and has 2 -> rmsx scale --replicas 3',
    ],
  ],
  [
    'a master that wants a replica that is away',
    {
      infos: { master: masterInfo([two], { goodReplicas: 1 }), 'slave-1': null },
      states: { 'slave-1': 'stopped' },
      spec: cluster(2, { directives: { 'min-replicas-to-write': ['2'] } }),
    },
    [
      'min-replicas master: master refuses writes: it wants 2 replicas close behind (min-replicas-to-write), and has 1 -> null',
      'node-stopped slave-1: slave-1 is stopped -> rmsx up',
    ],
  ],
  [
    'a master whose memory is full',
    {
      infos: {
        master: online({ memory: { countedBytes: 101 * mebibyte, limitBytes: 100 * mebibyte, policy: 'noeviction' } }),
      },
    },
    [
      'memory-full master: master refuses writes: its data takes 101 MB of 100 MB (maxmemory, noeviction) -> rmsx up --set maxmemory=200mb',
    ],
  ],
  [
    'a backlog that is small for what is written, which is advice',
    { infos: { master: online({ sentBytesPerSecond: 2 * 2 * mebibyte }) } },
    [
      '[backlog-small master: the backlog of master (16 MB) covers an outage of 8 s at the 2 MB per second that are written now; a replica that is away for longer needs a full synchronisation -> rmsx up --set repl-backlog-size=1024mb]',
    ],
  ],
])('%s must be told as the cause, once, with the command to type', (_, given, expected) => {
  expect(lines(given)).toEqual(expected);
});

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
          master: online({ sentBytesPerSecond: 2 * mebibyte, backlog: { active: true, sizeBytes: 64 * mebibyte } }),
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
