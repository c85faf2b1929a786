import { expect, test } from 'vitest';
import {
  asked,
  at,
  copied,
  emptyMaster,
  ephemeral,
  type Given,
  lines,
  lost,
  master,
  mebibyte,
  one,
  online,
  two,
} from '../../../helpers/diagnosed.ts';
import { cluster, history, masterInfo, replicaInfo } from '../../../helpers/values.ts';

test.each<[string, Given, readonly string[]]>([
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
    'an append-only file that took a part of what was written',
    {
      infos: {
        'slave-1': replicaInfo(master, {
          persistence: { aofEnabled: true, aofWriteOk: false, aofRewriteOk: true, snapshotOk: true },
        }),
      },
      clues: {
        'slave-1': { log: [at('18:06:35', 'Short write while writing to the AOF file: (nwritten=29, expected=30)')] },
      },
    },
    [
      'aof-failing slave-1: slave-1 cannot write to its append-only file (No space left on device) -> docker exec redis-server-slave-1 df -h /data',
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
    'a former master that is down: only rejoin asks for its writes',
    {
      infos: { 'slave-1': null },
      states: { 'slave-1': 'stopped' },
      clues: { 'slave-1': { log: ['1:M 29 Nov 2026 10:00:00.000 * Ready to accept connections tcp'] } },
    },
    ['node-stopped slave-1: slave-1 is stopped -> rmsx rejoin slave-1'],
  ],
  [
    'a former master that is held: only rejoin asks for its writes',
    {
      infos: { 'slave-1': null },
      states: { 'slave-1': 'paused' },
      clues: { 'slave-1': { log: ['1:M 29 Nov 2026 10:00:00.000 * Ready to accept connections tcp'] } },
    },
    ['node-paused slave-1: slave-1 is paused: it answers nothing -> rmsx rejoin slave-1'],
  ],
  [
    'a replica that gave up, as its disk took nothing',
    {
      infos: { 'slave-1': null },
      states: { 'slave-1': 'restarting' },
      clues: {
        'slave-1': {
          log: [
            at('18:06:31', 'Ready to accept connections'),
            at('18:06:35', 'Guru Meditation: Replica was unable to write command to disk. #server.c:4253'),
            '------ STACK TRACE ------',
          ],
        },
      },
    },
    [
      'node-restarting slave-1: slave-1 crashes and is restarted again and again (Guru Meditation: Replica was unable to write command to disk. #server.c:4253) -> rmsx logs slave-1 --tail 20',
    ],
  ],
  [
    'a replica that was stopped, and has crashed some time before',
    {
      infos: { 'slave-1': null },
      states: { 'slave-1': 'stopped' },
      clues: {
        'slave-1': {
          log: [at('18:06:31', 'Fatal error loading the DB'), at('18:06:35', 'Ready to accept connections')],
        },
      },
    },
    ['node-stopped slave-1: slave-1 is stopped -> rmsx up'],
  ],
  [
    'a replica that was killed for its memory',
    {
      infos: { 'slave-1': null },
      states: { 'slave-1': 'restarting' },
      clues: { 'slave-1': { end: { outOfMemory: true, restarts: 3 } } },
    },
    [
      'out-of-memory slave-1: slave-1 was killed, as no memory was left for it, 3 times started again before -> rmsx logs slave-1 --tail 20',
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
      "node-restarting slave-1: slave-1 crashes and is restarted again and again (Can't handle RDB format version 12) -> rmsx logs slave-1 --tail 20",
    ],
  ],
  [
    'two masters',
    { infos: { master: masterInfo([two]), 'slave-1': masterInfo([]) } },
    [
      'two-masters -: master (the recorded one, 1 replica) and slave-1 (no replica) are masters at the same time: writes to them go apart -> rmsx repair',
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
      'cycle -: slave-1 → slave-2 → slave-1 follow each other in a circle: none of them gets what the master writes, whatever their links say -> rmsx repair',
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
      'master-reborn-empty master: master came back empty 12 s ago, and slave-1 and slave-2 copied that: what a history of 8 KB had written is gone -> rmsx logs master --tail 20   # why it ended; the data has to be written again',
    ],
  ],
  [
    'a master that came back with an older snapshot, which had no keys yet',
    {
      infos: {
        master: { ...emptyMaster, replid2: history, secondOffset: 4000 },
        'slave-1': copied,
        'slave-2': copied,
      },
      spec: ephemeral,
      clues: { 'slave-1': { log: asked(4000) }, 'slave-2': { log: asked(5000) } },
    },
    [
      'master-reborn-empty master: master came back empty 12 s ago, and slave-2 copied that: what a history of 4.88 KB had written is gone -> rmsx logs master --tail 20   # why it ended; the data has to be written again',
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
    'a master that has ended, and another one that somebody made by hand',
    { infos: { master: null, 'slave-1': masterInfo([]), 'slave-2': lost() }, states: { master: 'stopped' } },
    [
      'node-stopped master: master is stopped; slave-2 has no link because of that -> rmsx promote slave-1',
      'role-differs slave-1: slave-1 runs as master, and should be the replica -> rmsx repair',
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
