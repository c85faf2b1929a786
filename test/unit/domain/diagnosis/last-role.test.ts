import { expect, test } from 'vitest';
import { departureIn, lastHistoryIn, lastRoleIn, lastSourceIn } from '../../../../src/domain/diagnosis/log.ts';

const line = (letter: string, text: string): string => `1:${letter} 28 Nov 2026 18:06:35.123 * ${text}`;
const boot = '1:C 28 Nov 2026 18:06:35.123 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo';
const served = line('M', 'Ready to accept connections');
const inSync = line('S', 'MASTER <-> REPLICA sync: Finished with success');
const again = line('S', 'Successful partial resynchronization with master.');
const trying = line('S', 'Connecting to MASTER 172.19.0.11:6380');

test.each([
  ['a master that was killed', [boot, served], 'master'],
  ['a replica that was promoted', [inSync, line('M', 'MASTER MODE enabled')], 'master'],
  ['a former master that has not come to its new one yet', [served, boot, trying], 'master'],
  ['a replica', [boot, trying, inSync, trying], 'replica'],
  ['a former master that came back', [served, boot, trying, again, line('C', 'RDB: 0 MB')], 'replica'],
  [
    'a replica that was told another source',
    [inSync, line('M', 'Connection with master lost.'), line('M', 'Caching the disconnected master state.'), trying],
    'replica',
  ],
  ['Valkey', [line('S', 'PRIMARY <-> REPLICA sync: Finished with success')], 'replica'],
  ['a replica that never was in sync', [boot, trying], null],
  ['a server that says nothing', [], null],
])('the log of %s must tell what it was last', (_, log, role) => {
  expect(lastRoleIn(log)).toBe(role);
});

test.each([
  [
    'a replica that was in sync with another one before',
    [trying.replace('.11', '.10'), inSync, trying, again],
    '172.19.0.11:6380',
  ],
  ['a replica that only tries another one', [trying, inSync, trying.replace('.11', '.12')], '172.19.0.11:6380'],
  ['Valkey', [trying.replace('MASTER', 'PRIMARY'), again], '172.19.0.11:6380'],
  ['a replica that never was in sync', [boot, trying], undefined],
])('the log of %s must tell with whom it was in sync last', (_, log, source) => {
  expect(lastSourceIn(log)).toBe(source);
});

const id = 'a'.repeat(40);
const leaves = line(
  'M',
  `Setting secondary replication ID to ${id}, valid up to offset: 501. New replication ID is ${'b'.repeat(40)}`,
);

test.each([
  ['was made a master', [inSync, leaves, line('M', 'MASTER MODE enabled')], { replid: id, offset: 501 }],
  ['came back since', [leaves, again], undefined],
  ['was restarted since', [leaves, boot], undefined],
  ['was always the master', [boot, served], undefined],
])('where a server left its source must be read from its log: it %s', (_, log, departure) => {
  expect(departureIn(log)).toEqual(departure);
});

const [own, other, none] = ['a', 'b', '0'].map((digit) => digit.repeat(40));
const fed = line('M', `Replication backlog created, my new replication IDs are '${own}' and '${none}'`);
const took = line(
  'M',
  `Setting secondary replication ID to ${own}, valid up to offset: 482. New replication ID is ${other}`,
);

test.each([
  ['a master that got its first replica', [served, fed], own],
  ['one that took over', [inSync, took], other],
  ['one that was restarted since it took over', [inSync, took, boot, served, fed], own],
  ['one that came back', [fed, boot, trying, line('S', `Master replication ID changed to ${other}`), again], other],
  ['a replica that got all data', [boot, trying, line('S', `Full resync from primary: ${own}:482`), inSync], own],
  [
    'a replica of Redis 8 that got all data',
    [fed, boot, trying, line('S', 'PSYNC is not possible, initialize RDB channel.'), inSync],
    undefined,
  ],
  ['a replica whose log does not begin early enough', [boot, trying, inSync], undefined],
])('the log of %s must tell in which history it was last', (_, log, history) => {
  expect(lastHistoryIn(log)).toBe(history);
});
