import { describe, expect, test } from 'vitest';
import { Arguments } from '../../../src/cli/arguments.ts';
import type { OptionSpecs } from '../../../src/cli/command.ts';
import { errorOf } from '../../helpers/error-of.ts';

const options: OptionSpecs = {
  name: { type: 'string', alias: 'n', describe: '' },
  replicas: { type: 'string', describe: '' },
  'base-port': { type: 'string', describe: '' },
  timeout: { type: 'string', describe: '' },
  pull: { type: 'string', describe: '' },
  retain: { type: 'boolean', describe: '' },
  wait: { type: 'boolean', describe: '' },
  quiet: { type: 'boolean', alias: 'q', describe: '' },
  verbose: { type: 'boolean', alias: 'v', describe: '' },
  'allow-command': { type: 'list', describe: '' },
  set: { type: 'pairs', describe: '' },
  watch: { type: 'string', alias: 'w', describe: '', isValueOptional: true },
  password: { type: 'string', describe: '', environmentOnly: true },
};

type Env = Readonly<Record<string, string>>;

/** Reads everything, as the commands do. */
function read(argv: readonly string[], env: Env = {}): { readonly args: Arguments; readonly values: object } {
  const args = new Arguments(argv, options, env);
  const values = {
    name: args.text('name'),
    replicas: args.integer('replicas'),
    basePort: args.integer('base-port'),
    timeoutMs: args.durationMs('timeout'),
    pull: args.choice('pull', ['missing', 'never', 'always']),
    retain: args.switch('retain'),
    wait: args.switch('wait'),
    quiet: args.switch('quiet'),
    verbose: args.switch('verbose'),
    allowCommands: args.list('allow-command'),
    set: args.list('set'),
    watch: args.has('watch') ? (args.text('watch') ?? 'without') : undefined,
    positionals: args.positionals.length > 0 ? args.positionals : undefined,
  };
  return { args, values };
}

function problems(argv: readonly string[], env: Env = {}): readonly string[] {
  const { args } = read(argv, env);
  const error = errorOf(() => args.throwIfWrong('rmsx up --help'));
  expect([error.code, error.hint]).toEqual(['bad-usage', 'rmsx up --help']);
  return error.problems.length > 0 ? error.problems : [error.message];
}

describe('a command line must be read as', () => {
  test.each<[string, Env, object]>([
    ['', {}, {}],
    ['--replicas 3', {}, { replicas: 3 }],
    ['--replicas=3', {}, { replicas: 3 }],
    ['--replicas 0', {}, { replicas: 0 }],
    ['-n demo', {}, { name: 'demo' }],
    ['-n=demo', {}, { name: 'demo' }],
    ['--name 007', {}, { name: '007' }],
    ['--timeout 1.5s', {}, { timeoutMs: 1500 }],
    ['--no-wait', {}, { wait: false }],
    ['--wait', {}, { wait: true }],
    ['--no-wait --retain', {}, { wait: false, retain: true }],
    ['--wait=false', {}, { wait: false }],
    ['--retain=yes', {}, { retain: true }],
    ['--retain=1 --wait=no', {}, { retain: true, wait: false }],
    ['--retain --retain', {}, { retain: true }],
    ['-- --retain=yes', {}, { positionals: ['--retain=yes'] }],
    ['-qv', {}, { quiet: true, verbose: true }],
    ['slave-1', {}, { positionals: ['slave-1'] }],
    ['--retain slave-1', {}, { retain: true, positionals: ['slave-1'] }],
    ['-- --retain', {}, { positionals: ['--retain'] }],
    ['--allow-command KEYS', {}, { allowCommands: ['KEYS'] }],
    ['--allow-command KEYS,FLUSHDB', {}, { allowCommands: ['KEYS', 'FLUSHDB'] }],
    ['--allow-command KEYS --allow-command FLUSHDB', {}, { allowCommands: ['KEYS', 'FLUSHDB'] }],
    ['', { RMSX_REPLICAS: '4', RMSX_BASE_PORT: '7000' }, { replicas: 4, basePort: 7000 }],
    ['--replicas 1', { RMSX_REPLICAS: '4' }, { replicas: 1 }],
    ['--replicas 1', { RMSX_REPLICAS: 'x' }, { replicas: 1 }],
    ['', { RMSX_RETAIN: 'yes', RMSX_WAIT: '0' }, { retain: true, wait: false }],
    ['--no-retain', { RMSX_RETAIN: '1' }, { retain: false }],
    ['', { RMSX_ALLOW_COMMAND: 'KEYS,FLUSHDB' }, { allowCommands: ['KEYS', 'FLUSHDB'] }],
    ['', { RMSX_NAME: '', RMSX_ALLOW_COMMAND: '' }, {}],
    ['--set maxclients=5000', {}, { set: ['maxclients=5000'] }],
    ['--set a=1,2 --set b=3', {}, { set: ['a=1,2', 'b=3'] }],
    ['--set=a=1', {}, { set: ['a=1'] }],
    ['--set a=', {}, { set: ['a='] }],
    ['--set a', {}, { set: ['a'] }],
    ['--set save= --set notify-keyspace-events=', {}, { set: ['save=', 'notify-keyspace-events='] }],
    ['--set a=1', { RMSX_SET: 'b=2' }, { set: ['a=1'] }],
    ['', { RMSX_SET: 'a=1,2' }, { set: ['a=1,2'] }],
    ['', { RMSX_SET: 'a=1\nb=2 3\n' }, { set: ['a=1', 'b=2 3'] }],
    ['', { RMSX_SET: '' }, {}],
    ['-w', {}, { watch: 'without' }],
    ['--watch', {}, { watch: 'without' }],
    ['-w 5', {}, { watch: '5' }],
    ['-w=5', {}, { watch: '5' }],
    ['--watch 0.5', {}, { watch: '0.5' }],
    ['-w -1', {}, { watch: '-1' }],
    ['-w -n demo', {}, { watch: 'without', name: 'demo' }],
    ['-qw', {}, { watch: 'without', quiet: true }],
    ['', { RMSX_WATCH: '3' }, { watch: '3' }],
    ['', { RMSX_WATCH: '' }, {}],
    ['--no-watch', { RMSX_WATCH: '3' }, {}],
    ['', { REPLICAS: '4', RMSX_UNKNOWN: 'x' }, {}],
  ])('%j with %j', (line, env, expected) => {
    const { args, values } = read(line.split(' ').filter(Boolean), env);
    expect(values).toEqual(expected);
    expect(() => args.throwIfWrong('')).not.toThrow();
  });
});

describe('what is wrong must be told', () => {
  test.each<[string, Env, string]>([
    ['--replica 3', {}, '--replica: unknown flag; did you mean --replicas?'],
    ['--xyz', {}, '--xyz: unknown flag'],
    ['--xyz=1', {}, '--xyz: unknown flag'],
    ['-x', {}, '-x: unknown flag'],
    ['--constructor', {}, '--constructor: unknown flag'],
    ['--toString 1', {}, '--toString: unknown flag'],
    ['--basePort 1', {}, '--basePort: unknown flag; did you mean --base-port?'],
    ['--replicas 1 --replicas 2', {}, '--replicas: given 2 times'],
    ['-n a --name b', {}, '--name: given 2 times'],
    ['--replicas', {}, '--replicas: needs a value'],
    ['--replicas=', {}, '--replicas: needs a value'],
    ['--replicas --retain', {}, '--replicas: needs a value'],
    ['--replicas x', {}, '--replicas: "x" is not a whole number'],
    ['--replicas 1.5', {}, '--replicas: "1.5" is not a whole number'],
    ['--timeout 60', {}, '--timeout: "60" is not a time with a unit, such as 500ms, 60s or 2m'],
    ['--pull sometimes', {}, '--pull: "sometimes" is not one of missing, never, always'],
    ['', { RMSX_RETAIN: 'maybe' }, 'RMSX_RETAIN: "maybe" is neither yes nor no'],
    ['--allow-command', {}, '--allow-command: needs a value'],
    ['--no-replicas', {}, '--replicas: needs a value'],
    ['--no-allow-command', {}, '--allow-command: needs a value'],
    ['--allow-command KEYS,', {}, '--allow-command: needs a value'],
    ['--set', {}, '--set: needs a value'],
    ['--set=', {}, '--set: needs a value'],
    ['--set --retain', {}, '--set: needs a value'],
    ['--no-set', {}, '--set: needs a value'],
    ['-w 1 --watch 2', {}, '--watch: given 2 times'],
    ['--retain=maybe', {}, '--retain: "maybe" is neither yes nor no'],
  ])('%s', (line, env, problem) => {
    expect(problems(line.split(' ').filter(Boolean), env)).toEqual([problem]);
  });

  test('a negative number must reach the check of its range', () => {
    expect(read(['--replicas', '-1']).values).toMatchObject({ replicas: -1 });
    expect(read(['--replicas=-1']).values).toMatchObject({ replicas: -1 });
  });

  test('a pair must keep blanks, quotes and dashes as they are', () => {
    const argv = ['--set', 'client-output-buffer-limit=replica 0 0 0', '--set', "a='-x'", '--set=b=-1'];
    expect(read(argv).values).toMatchObject({
      set: ['client-output-buffer-limit=replica 0 0 0', "a='-x'", 'b=-1'],
    });
  });

  test('a problem of the environment must name the variable', () => {
    expect(problems([], { RMSX_REPLICAS: 'x' })).toEqual(['RMSX_REPLICAS: "x" is not a whole number']);
  });

  test('a password on the command line must be refused by name, and never be repeated', () => {
    for (const argv of [['--password', 'top-secret'], ['--password=top-secret']]) {
      expect(problems(argv)).toEqual([
        '--password: would show the value to everybody on this machine; use RMSX_PASSWORD or --password-file',
      ]);
    }
  });

  test('everything at once, each thing once', () => {
    const { args } = read(['--replicas', 'x', '--timeout', '60', '--xyz']);
    args.integer('replicas');
    expect(errorOf(() => args.throwIfWrong('help'))).toEqual({
      code: 'bad-usage',
      message: '3 things are wrong.',
      hint: 'help',
      problems: [
        '--xyz: unknown flag',
        '--replicas: "x" is not a whole number',
        '--timeout: "60" is not a time with a unit, such as 500ms, 60s or 2m',
      ],
    });
  });
});
