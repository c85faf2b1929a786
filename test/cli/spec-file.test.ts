import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contents } from '../helpers/rendered-files.ts';
import { runInShell, runRmsx } from '../helpers/run-rmsx.ts';

const nowhere = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rmsx-spec-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Writes a file and runs rmsx beside it, with an engine that is not there. */
async function beside(name: string, text: string, args: readonly string[]): ReturnType<typeof runRmsx> {
  writeFileSync(join(directory, name), text);
  try {
    return await runRmsx(args, { env: nowhere, cwd: directory });
  } finally {
    rmSync(join(directory, name));
  }
}

describe('a file that describes a cluster', () => {
  test('with mistakes must be refused with all of them, each with its line, and nothing touched', async () => {
    const text = `apiVersion: rmsx/v1
topologie: chain
replicas: 3
network: { subnet: 172.19.0.0/24 }
replication: { timeout: 5s, pingPeriod: 9s }
redis:
  slaveof: 1.2.3.4 6379
  maxmemry: 5
  repl-diskless-sync-max-replicas: 3
image: redis:6.0
nodes:
  slave-1: { source: slave-2, ip: 172.19.0.255 }
  slave-2: { source: slave-1, port: 6379 }
  slave-3: { source: slave-7, redis: { dir: /tmp } }
  slave-5: {}
`;
    const { code, stdout, stderr } = await beside('bad.yaml', text, ['up', '-f', 'bad.yaml', '--bind', 'x']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatchInlineSnapshot(`
      "rmsx: 12 things are wrong.
        - --bind: "x" is not an IPv4 address
        - bad.yaml:2: topologie: unknown key; did you mean topology?
        - bad.yaml:5: replication.timeout: 5 s are over before the next sign of life, which comes every 9 s: links would break again and again
        - bad.yaml:7: redis.slaveof: rmsx writes this directive itself: use source of the node
        - bad.yaml:8: redis.maxmemry: no supported server knows this directive; did you mean maxmemory?
        - bad.yaml:9: redis.repl-diskless-sync-max-replicas: Redis 6.0 does not know this directive; known since: Redis 7.0 and Valkey 7.2
        - bad.yaml:12: nodes.slave-1.source: a cycle: slave-1 -> slave-2 -> slave-1; none of them would ever get data
        - bad.yaml:12: nodes.slave-1.ip: 172.19.0.255 is the broadcast address of 172.19.0.0/24
        - bad.yaml:13: nodes.slave-2.port: 6379 is the port of master already
        - bad.yaml:14: nodes.slave-3.source: there is no node called slave-7
        - bad.yaml:14: nodes.slave-3.redis.dir: rmsx writes this directive itself: data is in /data, where the volume is
        - bad.yaml:15: nodes.slave-5: there is no such node: with 3 replicas they are master, slave-1, slave-2, slave-3
      hint: rmsx up --help
      "
    `);
  });

  test.each([
    [['up', '-f', 'missing.yaml']],
    [['status', '-f', 'missing.yaml']],
    [['render', '--file', 'missing.yaml']],
  ])('that is named and not there must be told: %j', async (args) => {
    const { code, stderr } = await beside('other.yaml', '', args);
    expect(code).toBe(2);
    expect(stderr).toContain('missing.yaml');
  });

  test('must give the name of the cluster to every verb, and a flag must beat it', async () => {
    const text = 'apiVersion: rmsx/v1\nname: Wrong\n';
    const fromFile = await beside('rmsx.yaml', text, ['status']);
    expect([fromFile.code, fromFile.stderr]).toEqual([2, expect.stringContaining('rmsx.yaml:2: name: "Wrong" is not')]);
    expect((await beside('rmsx.yaml', text, ['status', '-n', 'right'])).code).toBe(6);
  });

  test('that is broken must not keep other verbs from working', async () => {
    const { code } = await beside('rmsx.yaml', 'apiVersion: rmsx/v1\nname: right\nreplicas: [', ['status']);
    expect(code).toBe(6); // it went on to the engine
  });

  test('must not share standard input with the password', async () => {
    const { code, stderr } = await runRmsx(['up', '-f', '-', '--password-file', '-'], {
      env: nowhere,
      stdin: 'apiVersion: rmsx/v1\n',
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--password-file -: standard input holds')]);
  });

  test('must be named where its password file is not there, relative to it', async () => {
    const text = 'apiVersion: rmsx/v1\npasswordFile: ./missing\n';
    const { code, stderr } = await beside('rmsx.yaml', text, ['up']);
    const place = `rmsx.yaml:2: passwordFile: ${join(directory, 'missing')} cannot be read (ENOENT).`;
    expect([code, stderr]).toEqual([2, expect.stringContaining(place)]);
  });

  test('must be named where it says what is wrong, and the flag where that does', async () => {
    const text = 'apiVersion: rmsx/v1\nreplicas: 300\n';
    const fromFile = await beside('rmsx.yaml', text, ['up']);
    expect(fromFile.stderr).toContain('rmsx.yaml:2: replicas: 300 do not fit');
    const fromFlag = await beside('rmsx.yaml', text, ['up', '--replicas', '400']);
    expect(fromFlag.stderr).toContain('rmsx: --replicas: 400 do not fit');
  });
});

describe('what is wrong with a file as a whole must be told with its line', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a fanout without a tree, beside other mistakes',
      'fanout: 3\nreplicas: -1\n',
      [
        'rmsx.yaml:2: fanout: it is for a tree, and the topology is star',
        'rmsx.yaml:3: replicas: -1 is not a number of replicas: 0 or more',
      ],
    ],
    [
      'an address in a subnet that is chosen later',
      'network: { subnet: auto }\nnodes:\n  slave-1: { ip: 10.1.2.3 }\n',
      ['rmsx.yaml:4: nodes.slave-1.ip: 10.1.2.3 cannot be in a subnet that is chosen later: name the subnet, not auto'],
    ],
    [
      'a subnet that no network can have',
      'network:\n  subnet: 127.0.0.0/24\n',
      ['rmsx.yaml:3: network.subnet: "127.0.0.0/24" is the loopback of every host'],
    ],
    [
      'more replicas than any network carries',
      'replicas: 100000\nnetwork: { subnet: 10.0.0.0/8 }\nports: { base: 2000 }\n',
      ['rmsx.yaml:2: replicas: 100000 do not fit into 10.0.0.0/8, which has room for 999'],
    ],
    [
      'a lag that switches off what is asked for',
      'replication:\n  minReplicasToWrite: 1\n  minReplicasMaxLag: 0s\n',
      [
        'rmsx.yaml:4: replication.minReplicasMaxLag: a lag of 0 switches min-replicas-to-write off, which is 1: 1 s or more',
      ],
    ],
    [
      'a time zone',
      'timezone: europe/berlin\n',
      ['rmsx.yaml:2: timezone: "europe/berlin" is not a time zone: write Europe/Berlin'],
    ],
  ])('%s', async (_, text, problems) => {
    const { code, stderr } = await beside('rmsx.yaml', `apiVersion: rmsx/v1\n${text}`, ['up']);
    expect(code).toBe(2);
    for (const problem of problems) expect(stderr).toContain(problem);
  });

  test('a fanout where only that is wrong, and two masters', async () => {
    const out = join(directory, 'out');
    const fanout = await beside('rmsx.yaml', 'apiVersion: rmsx/v1\nfanout: 3\n', ['render', '--out', out]);
    expect([fanout.code, fanout.stderr]).toEqual([2, expect.stringContaining('rmsx.yaml:2: fanout: it is for a tree')]);
    const text = 'apiVersion: rmsx/v1\ntopology: custom\nnodes:\n  slave-1: {}\n  slave-2: { source: slave-1 }\n';
    const roots = await beside('rmsx.yaml', text, ['render', '--out', out]);
    expect([roots.code, roots.stderr]).toEqual([2, expect.stringContaining('rmsx.yaml:4: nodes.slave-1.source: ')]);
  });

  test('an empty password file', async () => {
    writeFileSync(join(directory, 'empty'), '');
    const text = 'apiVersion: rmsx/v1\nreplicas: -1\npasswordFile: ./empty\n';
    const { code, stderr } = await beside('rmsx.yaml', text, ['up']);
    expect([code, stderr.split('\n').slice(2, 4)]).toEqual([
      2,
      [
        '  - rmsx.yaml:2: replicas: -1 is not a number of replicas: 0 or more',
        '  - rmsx.yaml:3: passwordFile: the password is empty, which would switch authentication off',
      ],
    ]);
  });
});

test('a port of one node must be kept clear of by ports that are chosen', async () => {
  const out = join(directory, 'ports');
  const text = 'apiVersion: rmsx/v1\nports: { base: auto }\nnodes:\n  slave-2: { port: 6380 }\n';
  const { code } = await beside('rmsx.yaml', text, ['render', '--out', out]);
  const confs = ['master', 'slave-1', 'slave-2'].map((node) => contents(out)[`nodes/${node}/redis.conf`] ?? '');
  const ports = confs.map((conf) => /^port (\d+)$/m.exec(conf)?.[1]);
  expect([code, ports[2], new Set(ports).size]).toEqual([0, '6380', 3]);
});

describe('a pipe that nobody writes into must be given up when the time is over', () => {
  test.each<[string, readonly string[]]>([
    ['a description', ['-f', 'pipe']],
    ['a password', ['--password-file', 'pipe']],
  ])('as %s', async (_, flags) => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    try {
      const { code, stderr } = await runRmsx(['up', ...flags, '--timeout', '300ms'], { env: nowhere, cwd: directory });
      expect([code, stderr]).toEqual([
        124,
        expect.stringMatching(/^rmsx: Out of time after 0\.3 s\. .*pipe has not come to its end\./),
      ]);
    } finally {
      rmSync(pipe);
    }
  });

  test('and one that the shell made must be read to its end', async () => {
    const line = `printf 'apiVersion: rmsx/v1\\nreplicas: -7\\n' | "$@"`;
    const { code, stderr } = await runInShell(line, ['up', '-f', '/dev/stdin'], { env: nowhere });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/:2: replicas: -7 is not a number of replicas/)]);
  });
});

describe('--set', () => {
  test.each([
    ['port=7000', '--set port: rmsx writes this directive itself: use ports.base, or port of the node'],
    ['slaveof=1.2.3.4 1', '--set replicaof: rmsx writes this directive itself: use source of the node'],
    ['maxmemry=5', '--set maxmemry: no supported server knows this directive; did you mean maxmemory?'],
    ['maxclients', '--set: "maxclients" is not directive=value, such as maxclients=5000'],
    ['notify-keyspace-events="K', '--set notify-keyspace-events: a quote is not closed'],
    ['maxclients=1\nappendonly no', '--set maxclients: more than one line'],
    ['repl-timeout=0', '--set repl-timeout: 0 is not a number of seconds, 1 or more'],
  ])('%j must be refused', async (pair, problem) => {
    const { code, stderr } = await runRmsx(['up', '--set', pair], { env: nowhere });
    expect([code, stderr]).toEqual([2, `rmsx: ${problem}\nhint: rmsx up --help\n`]);
  });

  test('must be refused where two of them cannot go together', async () => {
    const flags = ['--set', 'repl-timeout=10', '--set', 'repl-ping-replica-period=10'];
    const { code, stderr } = await runRmsx(['up', ...flags], { env: nowhere });
    expect([code, stderr]).toEqual([2, expect.stringContaining('10 s are over before the next sign of life')]);
    const enough = ['--replicas', '2', '--set', 'min-replicas-to-write=3'];
    const other = await runRmsx(['up', ...enough], { env: nowhere });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('it wants 3 replicas, and there are 2')]);
  });

  test('of one directive under two names must be refused', async () => {
    const { code, stderr } = await runRmsx(['up', '--set', 'slave-priority=1', '--set', 'replica-priority=2'], {
      env: nowhere,
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('the same directive as another one that is set')]);
  });

  test('must be taken from the environment, one in each line', async () => {
    const { code, stderr } = await runRmsx(['up'], { env: { ...nowhere, RMSX_SET: 'port=1\ndir=/tmp' } });
    expect(code).toBe(2);
    expect(stderr).toContain('--set port: ');
    expect(stderr).toContain('--set dir: ');
  });
});

describe('a change of the topology must be refused before the engine is asked', () => {
  test.each([
    [['scale'], '--replicas: say how many there are to be'],
    [['scale', '--replicas', '-1'], '--replicas: -1 is not a number of replicas: 0 or more'],
    [['scale', '--replicas', 'x'], '--replicas: "x" is not a whole number'],
    [['remove'], 'NODE: name the node that is to go, such as slave-2'],
    [['move', 'slave-1'], '--source: name the node that it is to follow'],
    [['move', '--source', 'master'], 'NODE: name the node that is to move, such as slave-2'],
    [['add', 'slave-4'], 'slave-4: add does not take this argument'],
  ])('%j', async (args, problem) => {
    const { code, stdout, stderr } = await runRmsx(args, { env: nowhere });
    expect([code, stdout, stderr]).toEqual([2, '', `rmsx: ${problem}\nhint: rmsx ${args[0]} --help\n`]);
  });
});
