import { expect, test } from 'vitest';
import * as invariants from '../../scenarios/invariants.ts';
import { nothingAcknowledgedIsLost, whatIsLostIsReported } from '../../scenarios/losses.ts';
import { type CloseSight, fieldsOf, type NodeSight, synchronisations } from '../../scenarios/sight.ts';

const shape = ['slave-1 > master', 'slave-1 > slave-2'];
const settings = { 'min-replicas-to-write': '0', masterauth: 'secret' };
const info = {
  run_id: 'r',
  master_replid: 'new',
  master_replid2: 'old',
  second_repl_offset: '90',
  master_repl_offset: '100',
};
const follows = { role: 'slave', master_host: '10.0.0.11', master_port: '6380', master_link_status: 'up' };

const node = (name: string, ip: number, port: number, fields: Record<string, string>): NodeSight => ({
  name,
  state: 'running',
  ip: `10.0.0.${ip}`,
  port,
  info: { ...info, ...fields },
  roleConf: fields.role === 'master' ? 'replicaof no one' : `replicaof ${fields.master_host} ${fields.master_port}`,
  record: '{}',
  container: `${name} 1 0`,
  settings,
});
const master = node('master', 10, 6379, follows);
const slave1 = node('slave-1', 11, 6380, {
  role: 'master',
  slave0: 'ip=10.0.0.10,port=6379,state=online,offset=100,lag=0',
  slave1: 'ip=10.0.0.12,port=6381,state=online,offset=100,lag=0',
});
const slave2 = node('slave-2', 12, 6381, follows);
const was = node('master', 10, 6379, { role: 'master', master_replid: 'old' });
const before = [was, node('slave-1', 11, 6380, { role: 'slave' }), slave2];
const sound = { shape, before, now: [master, slave1, slave2] };
const close: CloseSight = {
  writes: new Map([
    ['master', 'READONLY You cannot'],
    ['slave-1', 'OK'],
    ['slave-2', 'READONLY You cannot'],
  ]),
  acknowledged: new Map([['slave-1', 2]]),
  data: new Map([
    ['master', 'a'],
    ['slave-1', 'a'],
    ['slave-2', 'a'],
  ]),
  critical: new Map(),
};

const all = (scene: invariants.Scene, seen: CloseSight): Record<string, invariants.Problems> => ({
  I1: invariants.exactlyOneMaster(scene),
  I2: invariants.onlyTheMasterTakesWrites(scene, seen),
  I3: invariants.everyNodeFollowsItsSource(scene),
  I4: invariants.everyReplicaIsStreamedTo(scene),
  I5: invariants.allShareOneHistory(scene),
  I6: invariants.theMarkerIsAcknowledged(scene, seen),
  I7: invariants.allHoldTheSameData(scene, seen),
  I8: invariants.theDiskSaysTheSame(scene),
  I12: invariants.theNewMasterKnowsItsHistory(scene, 1),
  I15: invariants.nothingIsLeftBehind(scene),
});

/** The cluster with one server that says something else. */
const but = (name: string, fields: Record<string, string>, rest: Partial<NodeSight> = {}): invariants.Scene => ({
  ...sound,
  now: sound.now.map((each) => (each.name === name ? { ...each, info: { ...each.info, ...fields }, ...rest } : each)),
});

test('a cluster that is sound must break no invariant', () => {
  expect(Object.values(all(sound, close)).flat()).toEqual([]);
});

test.each<readonly [string, string, invariants.Scene, Partial<CloseSight>, string]>([
  ['I1', 'two masters', but('slave-2', { role: 'master' }), {}, '2 nodes run as master: slave-1, slave-2'],
  ['I1', 'no master', but('slave-1', { role: 'slave' }), {}, '0 nodes run as master: none'],
  [
    'I2',
    'a replica that takes writes',
    sound,
    { writes: new Map([...close.writes, ['slave-2', 'OK']]) },
    'slave-2 answers a write with OK, and slave-1 is the master',
  ],
  [
    'I2',
    'a master that takes none',
    sound,
    { writes: new Map([...close.writes, ['slave-1', 'NOREPLICAS']]) },
    'slave-1 answers a write with NOREPLICAS',
  ],
  [
    'I3',
    'a node below another one',
    but('slave-2', { master_host: '10.0.0.10', master_port: '6379' }),
    {},
    'slave-2 follows master, and should follow slave-1',
  ],
  ['I3', 'a node that is silent', but('slave-2', {}, { info: null }), {}, 'slave-2 does not answer'],
  ['I4', 'a link that is down', but('slave-2', { master_link_status: 'down' }), {}, 'slave-2: its link is down'],
  [
    'I4',
    'a replica that nobody streams to',
    but('slave-1', { slave1: 'ip=10.0.0.12,port=6381,state=wait_bgsave,offset=0,lag=0' }),
    {},
    'slave-2: slave-1 calls it wait_bgsave at offset 0',
  ],
  [
    'I5',
    'another history',
    but('slave-2', { master_replid: 'else' }),
    {},
    'slave-2 has the history else, and the master new',
  ],
  ['I5', 'a lag', but('slave-2', { master_repl_offset: '40' }), {}, 'slave-2 is 60 bytes behind (40)'],
  [
    'I6',
    'a replica that acknowledges nothing',
    sound,
    { acknowledged: new Map([['slave-1', 1]]) },
    '1 of 2 replicas of slave-1 acknowledged a marker',
  ],
  ['I7', 'other data', sound, { data: new Map([...close.data, ['slave-2', 'b']]) }, 'slave-2 holds other data'],
  [
    'I7',
    'a replica that could not carry something out',
    but('slave-2', { unexpected_error_replies: '2' }),
    {},
    'slave-2: 2 commands of its source or its file failed',
  ],
  [
    'I7',
    'what a log says',
    sound,
    { critical: new Map([['slave-2', ['== CRITICAL == x']]]) },
    'slave-2 logged == CRITICAL == x',
  ],
  [
    'I8',
    'a disk that says otherwise',
    but('slave-2', {}, { roleConf: 'replicaof no one' }),
    {},
    'slave-2: its role.conf says no one, and it runs with 10.0.0.11 6380',
  ],
  [
    'I8',
    'one that would come back as a master',
    but('master', {}, { state: 'exited', info: null, roleConf: 'replicaof no one' }),
    {},
    'master is down, and would come back as a master',
  ],
  [
    'I12',
    'a history that is not continued',
    but('slave-1', { master_replid2: '0000' }),
    {},
    'slave-1 continues the history 0000, and not old',
  ],
  [
    'I12',
    'a place that is not there',
    but('slave-1', { second_repl_offset: '-1' }),
    {},
    'slave-1 took over at -1, and is at 100',
  ],
  [
    'I15',
    'a fence',
    but('master', {}, { settings: { ...settings, 'min-replicas-to-write': '1000000' } }),
    {},
    'master is left with min-replicas-to-write 1000000, and had 0',
  ],
])('%s must be broken by %s', (name, _what, scene, seen, message) => {
  expect(all(scene, { ...close, ...seen })[name]).toContain(message);
});

test('no password may stand in what is wrong', () => {
  const scene = but('master', {}, { settings: { ...settings, masterauth: 'other-secret' } });
  expect(invariants.nothingIsLeftBehind(scene)).toEqual(['master has another masterauth']);
});

const known = {
  acknowledged: new Map([
    ['w0:1', 'value 1'],
    ['w0:2', 'value 2'],
  ]),
  open: new Map([['w0:3', 'value 3']]),
};
const line = (n: number, value = `value ${n}`): string => `0> set "w0:${n}" "${value}"`;
const bytesOfOne = '*3\r\n$3\r\nset\r\n$4\r\nw0:1\r\n$7\r\nvalue 1\r\n'.length;

test.each([
  ['exactly what is lost', ['w0:2'], [line(2)], bytesOfOne, []],
  ['what was carried out and never answered, too', ['w0:2'], [line(2), line(3)], 2 * bytesOfOne, []],
  ['less than what is lost', ['w0:1', 'w0:2'], [line(2)], bytesOfOne, ['1 lost writes are not listed: w0:1']],
  ['what is there', ['w0:2'], [line(1), line(2)], 2 * bytesOfOne, ['listed, and there: w0:1,value 1']],
  [
    'what nobody wrote',
    [],
    [line(2, 'else')],
    bytesOfOne - 3,
    expect.arrayContaining(['listed, and nobody wrote them: w0:2,else']),
  ],
  ['other bytes', ['w0:2'], [line(2)], 7, [`7 bytes are told, and the list has ${bytesOfOne}`]],
])('a list of %s must be judged as that', (_what, missing, list, bytes, problems) => {
  expect(whatIsLostIsReported(known, missing, { lostBytes: null, list, bytes })).toEqual(problems);
});

test('a write that was acknowledged and is gone must break I10', () => {
  expect(nothingAcknowledgedIsLost(['w0:1', 'w0:2'])).toEqual(['2 acknowledged writes are lost: w0:1 w0:2']);
  expect(nothingAcknowledgedIsLost([])).toEqual([]);
});

test('0 bytes must not be said of what is not known', () => {
  const unknown = { list: null, bytes: null };
  expect(whatIsLostIsReported(known, ['w0:1'], { ...unknown, lostBytes: 0 })).toEqual([
    'promote says 0 bytes, and 1 are lost',
  ]);
  expect(whatIsLostIsReported(known, ['w0:1'], { ...unknown, lostBytes: null })).toEqual([]);
});

test('synchronisations must be counted from before on, and from 0 where a server restarted', () => {
  const counting = (run: string, full: string): NodeSight =>
    node('slave-1', 11, 6380, { role: 'master', run_id: run, sync_full: full });
  expect(synchronisations('sync_full', [counting('a', '2')], [counting('a', '3')])).toBe(1);
  expect(synchronisations('sync_full', [counting('a', '2')], [counting('b', '1')])).toBe(1);
});

test('INFO must be read whatever stands in its values', () => {
  expect(fieldsOf('# Replication\r\nrole:master\r\nslave0:ip=10.0.0.1,port=1\r\nexecutable:/a:b\r\n')).toEqual({
    role: 'master',
    slave0: 'ip=10.0.0.1,port=1',
    executable: '/a:b',
  });
});
