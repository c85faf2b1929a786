import { describe, expect, test } from 'vitest';
import { wantedCluster } from '../../../src/config/cluster-spec.ts';
import { checkAllowed, checkDisabled, checkServersHave } from '../../../src/config/commands.ts';
import type { UpRequest } from '../../../src/config/up-request.ts';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { cluster, node } from '../../helpers/values.ts';

const disabled = (...commands: readonly string[]): readonly string[] =>
  checkDisabled(commands).map(({ path, message }) => `${path}: ${message}`);

describe('commands to disable', () => {
  test.each([['KEYS'], ['keys'], ['FLUSHALL', 'FLUSHDB'], ['MONITOR', 'DEBUG', 'EVAL'], ['COMMANDLOG'], []])(
    '%s must be sound',
    (...commands) => {
      expect(disabled(...commands)).toEqual([]);
    },
  );

  test.each(
    'AUTH HELLO PING INFO ROLE CONFIG CLIENT REPLICAOF SLAVEOF FAILOVER WAIT MULTI EXEC PUBLISH SHUTDOWN SCAN DBSIZE SET GET PSYNC SYNC REPLCONF COMMAND SELECT info'.split(
      ' ',
    ),
  )('%s must be refused, as rmsx or the nodes need it', (command) => {
    expect(disabled(command)).toEqual([`disabledCommands[0]: ${command.toUpperCase()} is needed by rmsx itself`]);
  });

  test.each(
    'DEL UNLINK PEXPIREAT PERSIST SREM ZREM HDEL HSET RPOPLPUSH LMOVE LPOP RPOP XCLAIM XGROUP XDEL PSETEX SETEX INCRBYFLOAT RESTORE SPUBLISH FUNCTION SCRIPT del'.split(
      ' ',
    ),
  )('%s must be refused, as other commands are replicated as it', (command) => {
    expect(disabled(command)).toEqual([
      `disabledCommands[0]: ${command.toUpperCase()} is what servers replicate other commands as: replicas would go apart`,
    ]);
  });

  test.each(['', ' ', 'A B', 'A\nB', '"', '-X', '1X', 'CONFIG|GET', 'ÄX'])('%j must be no command', (command) => {
    expect(disabled(command)).toEqual([`disabledCommands[0]: "${command}" is not the name of a command`]);
  });

  test.each([
    ['MONITRO', 'MONITRO is a command of no supported server; did you mean MONITOR?'],
    ['frobnicate', 'FROBNICATE is a command of no supported server'],
    ['JSON.GET', 'JSON.GET belongs to a module, which is loaded after the conf: the server would refuse to start'],
    ['VSIM', 'VSIM belongs to a module, which is loaded after the conf: the server would refuse to start'],
  ])('%s must be refused: no server would start', (command, message) => {
    expect(disabled(command)).toEqual([`disabledCommands[0]: ${message}`]);
  });

  test('one that a server does not have must be refused, and what it hinges on be named', () => {
    const nodes = [node('master', null), node('slave-1', 'master', { image: 'valkey:8.1' })];
    const wanted = cluster(0, { image: 'redis:7.0', nodes, disabledCommands: ['KEYS', 'WAITAOF', 'COMMANDLOG'] });
    const path = 'disabledCommands';
    expect(checkServersHave(wanted)).toEqual([
      {
        path,
        message: 'Redis 7.0 has no command WAITAOF; there since: Redis 7.2 and Valkey 7.2',
        dependsOn: 'image',
      },
      { path, message: 'Redis 7.0 has no command COMMANDLOG; there since: Valkey 8.1 only', dependsOn: 'image' },
    ]);
    expect(checkServersHave(cluster(1, { image: 'my-own', disabledCommands: ['COMMANDLOG', 'STRALGO'] }))).toEqual([]);
    expect(checkServersHave(cluster(1, { image: 'redis:7', disabledCommands: ['WAITAOF'] }))).toEqual([]);
    expect(checkServersHave(cluster(1, { image: 'redis:7', disabledCommands: ['COMMANDLOG'] }))).toEqual([
      { path, message: 'Redis 7 has no command COMMANDLOG; there since: Valkey 8.1 only', dependsOn: 'image' },
    ]);
  });

  test('all of it at once, each with its place', () => {
    expect(disabled('KEYS', 'config', 'Keys', 'a b', 'DEL')).toEqual([
      'disabledCommands[1]: CONFIG is needed by rmsx itself',
      'disabledCommands[2]: KEYS is there twice',
      'disabledCommands[3]: "a b" is not the name of a command',
      'disabledCommands[4]: DEL is what servers replicate other commands as: replicas would go apart',
    ]);
  });
});

describe('commands to give back', () => {
  test.each([
    [['KEYS'], ['KEYS', 'FLUSHALL']],
    [
      ['keys', 'FlushAll'],
      ['KEYS', 'flushall'],
    ],
    [[], []],
  ])('%j of %j must be sound', (commands, known) => {
    expect(checkAllowed(commands, known)).toEqual([]);
  });

  test.each([
    [['CONFIG'], ['KEYS', 'FLUSHALL'], ['CONFIG is not disabled; only KEYS, FLUSHALL are']],
    [['config'], ['keys'], ['config is not disabled; only KEYS is']],
    [['KEYS'], [], ['KEYS is not disabled; no command is']],
    [['A', 'KEYS', 'B'], ['KEYS'], ['A is not disabled; only KEYS is', 'B is not disabled; only KEYS is']],
  ])('%j of %j must be refused', (commands, known, messages) => {
    expect(checkAllowed(commands, known)).toEqual(messages.map((message) => ({ path: 'allowCommands', message })));
  });
});

describe('the disabled commands of a cluster', () => {
  const choices = { subnet: '172.19.0.0/24', basePort: 6379, timezone: 'UTC' };
  const before = cluster(0, { disabledCommands: ['KEYS', 'DEBUG'] });
  test.each<[string, Partial<UpRequest>, ClusterSpec | null, readonly string[]]>([
    ['are the defaults', {}, null, ['KEYS', 'FLUSHALL', 'FLUSHDB']],
    ['are kept', {}, before, ['KEYS', 'DEBUG']],
    ['can be none', { disabledCommands: [] }, before, []],
    ['are replaced', { disabledCommands: ['monitor'] }, before, ['MONITOR']],
    ['lose what is allowed', { allowCommands: ['keys', 'FlushAll'] }, null, ['FLUSHDB']],
    ['are the defaults less what is allowed', { allowCommands: ['KEYS'] }, before, ['FLUSHALL', 'FLUSHDB']],
    [
      'are what is disabled less what is allowed',
      { disabledCommands: ['keys', 'debug'], allowCommands: ['debug'] },
      before,
      ['KEYS'],
    ],
  ])('%s', (_, request, existing, expected) => {
    expect(
      wantedCluster({ name: 'redis-server', replicas: 0, ...request }, existing, choices).disabledCommands,
    ).toEqual(expected);
  });
});
