import { expect, test } from 'vitest';
import { at, type Given, lines, lost, master, mebibyte, online, syncing } from '../../../helpers/diagnosed.ts';
import { cluster, confs, history, record, replicaInfo } from '../../../helpers/values.ts';

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
        'slave-1': { log: ['1:S x # Unable to AUTH to MASTER: -WRONGPASS invalid username-password pair'] },
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
    'a password that was wrong, and is missing now, as the log of a replica that tries again tells',
    {
      infos: { 'slave-1': lost({ link: 'syncing' }) },
      clues: {
        'slave-1': {
          log: [
            at('18:06:34', 'Unable to AUTH to MASTER: -WRONGPASS invalid username-password pair or user is disabled.'),
            at('18:06:35', '(Non critical) Master does not understand REPLCONF capa: -NOAUTH Authentication required.'),
          ],
        },
      },
    },
    [
      'masterauth-missing slave-1: slave-1 has no password for master (masterauth is empty), which asks for one -> docker restart redis-server-slave-1',
    ],
  ],
  [
    'a password that is right, of a user who is not let in',
    {
      infos: { 'slave-1': lost() },
      clues: {
        'slave-1': {
          masterAuth: 'accepted',
          log: [
            at('18:06:35', 'Unable to AUTH to MASTER: -WRONGPASS invalid username-password pair or user is disabled.'),
          ],
        },
      },
    },
    [
      'masterauth-wrong slave-1: slave-1 cannot log in at master, although its masterauth is right there: its masteruser is wrong, or may not replicate -> docker restart redis-server-slave-1',
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
    'a source that did not answer before it was started again',
    {
      infos: { master: online({ uptimeSeconds: 2 }), 'slave-1': lost({ linkDownSeconds: 3 }) },
      clues: {
        'slave-1': {
          masterAuth: 'accepted',
          log: [at('18:06:35', 'Error condition on socket for SYNC: Connection refused')],
        },
      },
    },
    ['link-down slave-1: slave-1 has no link to master, for 3 s now -> rmsx logs slave-1 --tail 20'],
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
    ['link-down slave-1: slave-1 has no link to master, for 3 min now -> rmsx logs slave-1 --tail 20'],
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
    'a disk that took a part of the data of the source, again and again',
    {
      infos: { 'slave-1': lost() },
      clues: {
        'slave-1': {
          log: ['18:06:32', '18:06:33', '18:06:34', '18:06:35'].flatMap((time) => [
            at(time, `Full resync from master: ${history}:1`),
            at(time, 'Write error or short write writing to the DB dump file needed for synchronization: short write'),
          ]),
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
      'resync-loop slave-1: slave-1 begins a full synchronisation with master again and again: 3 in 40 s; master gives it up, as it does not keep up (client-output-buffer-limit) -> rmsx logs master --tail 20',
    ],
  ],
  [
    'one of Redis 8 that begins again and again',
    {
      infos: { 'slave-1': syncing({ readBytes: 1, leftBytes: null, totalBytes: null }) },
      clues: {
        'slave-1': {
          log: ['17:00:00', '18:06:30', '18:06:45', '18:07:10'].map((time) =>
            at(time, 'PSYNC is not possible, initialize RDB channel.'),
          ),
        },
        master: {
          log: [at('18:07:00', 'Client id=7 scheduled to be closed ASAP for overcoming of output buffer limits.')],
        },
      },
    },
    [
      'resync-loop slave-1: slave-1 begins a full synchronisation with master again and again: 3 in 40 s; master gives it up, as it does not keep up (client-output-buffer-limit) -> rmsx logs master --tail 20',
    ],
  ],
  [
    'replicas that need full synchronisations again and again',
    { infos: { master: online({ fullSyncs: 12, uptimeSeconds: 110 }) } },
    [
      'resync-loop master: the replicas of master need full synchronisations again and again: 12 in 110 s, for 2 replicas -> rmsx up --set repl-backlog-size=64mb',
    ],
  ],
  [
    'a master that loads, and the replicas that wait for it',
    { infos: { master: online({ loading: true, loadedPercent: 41.9 }), 'slave-1': lost(), 'slave-2': lost() } },
    [
      'loading master: master is loading its data: 41 % done; slave-1 and slave-2 have no link because of that -> rmsx status',
    ],
  ],
])('%s must be told as the cause, once, with the command to type', (_, given, expected) => {
  expect(lines(given)).toEqual(expected);
});
