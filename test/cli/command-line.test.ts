import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { listedNetwork, StubEngine } from '../helpers/stub-engine.ts';

const help = (verb: string): string => `hint: rmsx ${verb} --help\n`;

const verbs = [
  ...[
    'up',
    'status',
    'topology',
    'verify',
    'promote',
    'switchover',
    'rejoin',
    'repair',
    'scale',
    'add',
    'remove',
    'move',
    'start',
    'stop',
  ],
  ...['restart', 'fault', 'env', 'url', 'run', 'logs', 'cli', 'ls', 'doctor', 'down', 'gc', 'completion'],
];

describe('what rmsx says of itself', () => {
  test('--version must be that of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const { code, stdout, stderr } = await runRmsx(['--version']);
    expect([code, stdout, stderr]).toEqual([0, `${version}\n`, '']);
  });

  test.each([[['--help']], [['-h']], [['help']]])('%j must print the overview', async (args) => {
    const { code, stdout, stderr } = await runRmsx(args);
    expect([code, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot('help/overview.txt');
  });

  test.each(verbs)('%s --help must print its flags', async (verb) => {
    const { code, stdout, stderr } = await runRmsx([verb, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot(`help/${verb}.txt`);
  });

  test('help VERB must be the same as VERB --help', async () => {
    const [one, other] = await Promise.all([runRmsx(['help', 'up']), runRmsx(['up', '--help'])]);
    expect([one.code, one.stdout]).toEqual([0, other.stdout]);
  });

  test('help must not depend on the language of the user', async () => {
    const [one, other] = await Promise.all([
      runRmsx(['up', '--help']),
      runRmsx(['up', '--help'], { env: { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' } }),
    ]);
    expect(other.stdout).toBe(one.stdout);
  });
});

describe('a wrong verb', () => {
  test('no verb at all must be wrong usage, with help on stderr', async () => {
    const { code, stdout, stderr } = await runRmsx([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^rmsx VERB \[FLAGS\]\n[\s\S]*\nrmsx: Name a verb\.\nhint: rmsx up --replicas 2\n$/);
  });

  test.each([
    [['statsu'], 'rmsx: statsu is not a verb of rmsx.\nhint: Did you mean: rmsx status\n'],
    [['-n', 'demo', 'promot', 'x'], 'rmsx: promot is not a verb of rmsx.\nhint: Did you mean: rmsx promote\n'],
    [
      ['xyzzy'],
      'rmsx: xyzzy is not a verb of rmsx.\nhint: Verbs: up, status, topology, verify, promote, switchover, rejoin, repair, scale, add, remove, move, start, stop, restart, fault, init, render, env, url, run, logs, cli, ls, doctor, down, gc, completion. See: rmsx --help\n',
    ],
    [
      ['constructor'],
      'rmsx: constructor is not a verb of rmsx.\nhint: Verbs: up, status, topology, verify, promote, switchover, rejoin, repair, scale, add, remove, move, start, stop, restart, fault, init, render, env, url, run, logs, cli, ls, doctor, down, gc, completion. See: rmsx --help\n',
    ],
  ])('%j must be refused', async (args, stderr) => {
    expect(await runRmsx(args)).toMatchObject({ code: 2, stdout: '', stderr });
  });
});

describe('a wrong command line must be refused before anything is touched', () => {
  const noName = (name: string): string =>
    `--name: "${name}" is not the name of a cluster: up to 100 of a-z, 0-9, _ and -, beginning with a letter or a digit`;
  const noImage = (image: string): string => `--image: "${image}" is not the name of an image, such as redis:8.0`;

  test.each([
    ['up --replica 1', '--replica: unknown flag; did you mean --replicas?'],
    ['up --replicas 1 --replicas 2', '--replicas: given 2 times'],
    ['up --replicas', '--replicas: needs a value'],
    ['up --replicas -1', '--replicas: -1 is not a number of replicas: 0 or more'],
    ['up --replicas x', '--replicas: "x" is not a whole number'],
    ['up --replicas 1.5', '--replicas: "1.5" is not a whole number'],
    ['up --replicas 300', '--replicas: 300 do not fit into 172.19.0.0/24, which has room for 219'],
    ['up --dry-run=maybe', '--dry-run: "maybe" is neither yes nor no'],
    ['up slave-1', 'slave-1: up does not take this argument'],
    ['up -n Demo', noName('Demo')],
    ['up --name=-x', noName('-x')],
    ['status -n a/b', noName('a/b')],
    ['up --subnet 172.19.0.1/24', '--subnet: "172.19.0.1/24" has host bits set: write 172.19.0.0/24'],
    [
      'up --subnet 172.19.0.0/30',
      '--subnet: "172.19.0.0/30" is too small: it has 4 addresses, and rmsx needs 64 or more (a /26)',
    ],
    ['up --subnet 999.1.1.1', '--subnet: "999.1.1.1" is not an IPv4 subnet such as 172.19.0.0/24'],
    ['up --subnet 999.1.1.1/24', '--subnet: "999.1.1.1/24" has a number above 255'],
    ['up --image Redis:8', noImage('Redis:8')],
    ['up --image redis:', noImage('redis:')],
    ['up --bind localhost', '--bind: "localhost" is not an IPv4 address'],
    ['up --base-port 70000', '--base-port: 70000 is not a port: 1 to 65535'],
    ['up --pull maybe', '--pull: "maybe" is not one of missing, never, always'],
    ['up --timeout 60', '--timeout: "60" is not a time with a unit, such as 500ms, 60s or 2m'],
    ['up --allow-command CONFIG', '--allow-command: CONFIG is not disabled; only KEYS, FLUSHALL, FLUSHDB are'],
    ['status --format xml', '--format: "xml" is not one of table, json, yaml'],
    ['status -w 0.1', '--watch: "0.1" is not a number of seconds from 0.2 to 86400'],
    ['status -w x', '--watch: "x" is not a number of seconds from 0.2 to 86400'],
    ['status -w -1', '--watch: "-1" is not a number of seconds from 0.2 to 86400'],
    ['status --watch 1 -w 2', '--watch: given 2 times'],
    ['env --format xml', '--format: "xml" is not one of shell, dotenv, json, github, yaml, table'],
    ['topology --format svg', '--format: "svg" is not one of tree, mermaid, dot, json, yaml, table'],
    ['url slave-1 --role master', '--role: name a node or a role, not both'],
    ['promote', 'NODE: name the node that is to be the master, such as slave-1, or leave the choice to --best'],
    ['promote slave-1 --best', '--best: slave-1 is named already'],
    ['promote --best --via', '--via: the best node needs no other one to take over first'],
    ['switchover', 'NODE: name the node that is to be the master, such as slave-1'],
    ['rejoin', 'NODE: name the node that is to come back, such as master'],
    ['rejoin master --save-lost=', '--save-lost: needs a value'],
    ['repair master', 'master: repair does not take this argument'],
    ['promote a b', 'b: promote does not take this argument'],
    ['stop --wait', '--wait: unknown flag'],
    ['start --dry-runs', '--dry-runs: unknown flag; did you mean --dry-run?'],
    ['gc --older-than 5', '--older-than: "5" is not a time with a unit, such as 500ms, 60s or 2m'],
    ['gc --older-than 0', '--older-than: "0" is not a time with a unit, such as 500ms, 60s or 2m'],
    ['gc demo', 'demo: gc does not take this argument'],
    ['down --volume', '--volume: unknown flag; did you mean --volumes?'],
  ])('%s', async (line, problem) => {
    const args = line.split(' ');
    const { code, stdout, stderr } = await runRmsx(args);
    expect([code, stdout, stderr]).toEqual([2, '', `rmsx: ${problem}\n${help(args[0] ?? '')}`]);
  });

  test('the environment must be checked as the flags are', async () => {
    const { code, stderr } = await runRmsx(['up'], { env: { RMSX_REPLICAS: 'x' } });
    expect([code, stderr]).toEqual([2, `rmsx: RMSX_REPLICAS: "x" is not a whole number\n${help('up')}`]);
  });

  test('a watch that is asked for by the environment must be refused by that name where a document is wanted', async () => {
    const { code, stdout } = await runRmsx(['status', '--json'], { env: { RMSX_WATCH: '2' } });
    expect([code, JSON.parse(stdout).error.message]).toEqual([
      2,
      'RMSX_WATCH: with --format json there is one document, and no end; say: while sleep 2; do rmsx status --format json; done',
    ]);
  });

  test('everything that is wrong must be told at once', async () => {
    const line = 'up --replicas x --subnet 1.2.3.4 --image A --bind b --timeout 5 --xyz extra';
    const { code, stderr } = await runRmsx(line.split(' '), { env: { RMSX_PASSWORD: '' } });
    expect(code).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "rmsx: 7 things are wrong.
        - --xyz: unknown flag
        - --timeout: "5" is not a time with a unit, such as 500ms, 60s or 2m
        - --replicas: "x" is not a whole number
        - --subnet: "1.2.3.4" is not an IPv4 subnet such as 172.19.0.0/24
        - --image: "A" is not the name of an image, such as redis:8.0
        - --bind: "b" is not an IPv4 address
        - RMSX_PASSWORD: the password is empty, which would switch authentication off
      hint: rmsx up --help
      "
    `);
  });

  test('with --json the errors must be one document on stdout', async () => {
    const { code, stdout } = await runRmsx(['up', '--replicas', 'x', '--xyz', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      error: {
        code: 'bad-usage',
        exitCode: 2,
        message: '2 things are wrong.',
        node: null,
        problems: ['--xyz: unknown flag', '--replicas: "x" is not a whole number'],
        logs: [],
        hint: 'rmsx up --help',
      },
    });
  });
});

describe('passwords', () => {
  const secret = 'top-secret-7';

  test('a password on the command line must be refused, and not be repeated', async () => {
    for (const args of [
      ['up', '--password', secret],
      ['up', `--password=${secret}`],
      ['--password', secret, 'up'],
    ]) {
      const { code, stdout, stderr } = await runRmsx(args);
      expect([code, stdout, stderr]).toEqual([
        2,
        '',
        `rmsx: --password: would show the value to everybody on this machine; use RMSX_PASSWORD or --password-file\n${help('up')}`,
      ]);
    }
  });

  test.each([
    [['status', '--password', secret]],
    [['up', '--set', `requirepass=${secret}`]],
    [['up', '--set', `requirepass ${secret}`]],
    [['up', '--set', `user=default on >${secret}`]],
    [['render', '--set', `masterauth ${secret}`]],
  ])('one that stands where none belongs must be refused, and not be repeated: %j', async (args) => {
    const { code, stdout, stderr } = await runRmsx(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toContain(secret);
  });

  test.each([
    ['an empty one', '', 'the password is empty, which would switch authentication off'],
    [
      'one with a line break',
      `${secret}\nx`,
      'the password has a line break as its character number 13; use printable characters',
    ],
    [
      'one with a byte order mark',
      `\uFEFF${secret}`,
      'the password has a byte order mark as its character number 1; use printable characters',
    ],
    ['one with a tab', `${secret}\t`, 'the password has a tab as its character number 13; use printable characters'],
  ])('%s must be refused, and not be printed', async (_, password, problem) => {
    const { code, stdout, stderr } = await runRmsx(['up'], { env: { RMSX_PASSWORD: password } });
    expect([code, stdout, stderr]).toEqual([2, '', `rmsx: RMSX_PASSWORD: ${problem}\n${help('up')}`]);
  });

  test('one line break at the end of standard input must not belong to it, a second one must', async () => {
    const twice = await runRmsx(['up', '--password-file', '-'], { stdin: `${secret}\n\n` });
    expect([twice.code, twice.stderr]).toEqual([
      2,
      `rmsx: --password-file: the password has a line break as its character number 13; use printable characters\n${help('up')}`,
    ]);
    const once = await runRmsx(['up', '--password-file', '-'], { stdin: `${secret}\n` });
    expect(once.code).toBe(6); // it went on, to the engine that is not there
  });

  test('a file that never ends must not be read to its end', async () => {
    const { code, stderr } = await runRmsx(['up', '--password-file', '/dev/zero']);
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'rmsx: --password-file: the password has 65536 bytes; Redis 6.0 takes no more than 512',
    ]);
  });

  test('a file that is not there must be named', async () => {
    const { code, stderr } = await runRmsx(['up', '--password-file', '/nonexistent/password']);
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'rmsx: --password-file: /nonexistent/password cannot be read (ENOENT).',
    ]);
  });

  test('must never be printed by a command that fails, however much is asked for', async () => {
    const env = { RMSX_PASSWORD: secret, DEBUG: '*' };
    for (const args of [
      ['up', '-v'],
      ['up', '-v', '--json'],
      ['up', '-v', '--replicas', 'x'],
      ['status', '-v'],
    ]) {
      const { code, stdout, stderr } = await runRmsx(args, { env });
      expect(code).toBeGreaterThan(0);
      expect(stdout + stderr).not.toContain(secret);
    }
  });
});

describe('pipes', () => {
  /** Of which only data is left: their names alone are half a megabyte. */
  const manyClusters = Array.from({ length: 4500 }, (_, i) => ({
    Name: `volume-${i}`,
    Labels: { 'rmsx.cluster': `c${i}-`.padEnd(100, 'x'), 'rmsx.purpose': 'data', 'rmsx.run': 'r' },
  }));
  const foreignNetwork = listedNetwork('office', '172.19.0.0/16');

  test('a reader that goes early must be no error', async () => {
    const { stdout, stderr, code } = await runInShell('"$@" | head -c1', ['up', '--help']);
    expect([code, stdout, stderr]).toEqual([0, 'r', '']);
  });

  /** @returns what a reader prints of a document, and what rmsx says on stderr, its exit code behind it */
  async function pipe(verb: string, reader: string): Promise<readonly [string, string]> {
    await using engine = await StubEngine.start({ volumes: manyClusters, networks: [foreignNetwork] });
    const line = `{ "$@"; echo "code $?" >&2; } | ${reader}`;
    const { stdout, stderr } = await runInShell(line, [verb, '--json'], { env: engine.env });
    return [stdout, stderr];
  }

  test('a document of a megabyte must be complete, however slow its reader is', async () => {
    const [text, said] = await pipe('ls', '{ sleep 0.2; cat; }');
    const { clusters } = JSON.parse(text) as { clusters: readonly object[] };
    expect([said, text.length > 2 ** 20, clusters.length]).toEqual(['code 0\n', true, manyClusters.length]);
  });

  test('the rest of it that nobody reads must be no error', async () => {
    expect(await pipe('ls', 'head -c1')).toEqual(['{', 'code 0\n']);
  });

  test('the document of an error that nobody reads must leave its exit code alone', async () => {
    expect(await pipe('up', ':')).toEqual(['', expect.stringMatching(/^rmsx: The subnet .*\nhint: .*\ncode 5\n$/s)]);
  });

  test('stderr that is closed early must not change the exit code', async () => {
    const { stdout } = await runInShell('{ "$@" 2>&1 >/dev/null; echo "code $?" >&3; } 3>&1 | tail -1', [
      'up',
      '--xyz',
    ]);
    expect(stdout).toContain('code 2');
  });
});

test('a variable that is no flag must be told, and do no harm', async () => {
  const { code, stdout, stderr } = await runRmsx(['init', '--out', '-'], { env: { RMSX_REPLCAS: '3' } });
  expect([code, stdout.includes('replicas: 2')]).toEqual([0, true]);
  expect(stderr).toBe('warning: RMSX_REPLCAS means nothing to rmsx; did you mean RMSX_REPLICAS?\n');
});
