import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Verification, verify } from '../../src/operations.ts';
import { TestCluster } from './support/cluster.ts';
import { library } from './support/library.ts';
import { docker, eventually, rmsx } from './support/run.ts';
import { type Servers, serversOf } from './support/servers.ts';

const cluster = new TestCluster('verify');
const names = ['master', 'slave-1', 'slave-2'] as const;
const confDirectory = '/usr/local/etc/redis';
let servers: Servers;

const run = (...flags: readonly string[]): ReturnType<typeof rmsx> =>
  cluster.rmsx('verify', '--json', '--keys', '12', '--timeout', '6s', ...flags);

/** @returns the checks that are not ok, as `check node`; those that could not be made follow a question mark */
const failing = ({ checks }: Verification): readonly string[] =>
  checks.flatMap(({ check, node, ok, made }) => (ok ? [] : [`${made ? '' : '?'}${check} ${node ?? 'cluster'}`]));

/** Breaks something, and looks: exit 3. @returns what was not ok */
async function broken(): Promise<{ failed: readonly string[]; text: string; stderr: string }> {
  const { code, stdout, stderr } = await run();
  expect(code).toBe(3);
  return { failed: failing(JSON.parse(stdout)), text: stdout, stderr };
}

const of = (node: string, ...checks: readonly string[]): readonly string[] => checks.map((check) => `${check} ${node}`);

/** Everything that cannot be looked at where nobody can log in to a replica. */
const unseen = (node: string): readonly string[] => [
  ...of(node, '?source', '?role-conf', '?disabled-commands', '?read-only', '?history', '?lag'),
  ...of(node, '?markers', '?markers-removed', '?latency', '?data'),
];

const inNode = (node: string, script: string): Promise<string> =>
  docker('exec', cluster.container(node), 'sh', '-c', `cd ${confDirectory} && ${script}`);

async function markersLeft(): Promise<readonly string[]> {
  const left = await Promise.all(
    names.map(async (node) => {
      const [, keys] = await servers[node].scan(0, 'MATCH', '__rmsx__:*', 'COUNT', 100_000);
      return keys.map((key) => `${node} ${key}`);
    }),
  );
  return left.flat();
}

beforeAll(async () => {
  await cluster.up('--replicas', '2', '--set', 'repl-timeout=10', '--set', 'enable-debug-command=yes');
  servers = await serversOf(cluster, names);
  const { master } = servers;
  await master.mset({ text: 'a', other: 'b' });
  await master.set('brief', 'x', 'EX', 600);
  await master.hset('hash', { one: '1', two: '2' });
  await master.rpush('list', 'a', 'b', 'a');
  await master.sadd('set', 'a', 'b', 'c');
  await master.zadd('sorted', 1.5, 'a', 100_000_000_000_000_000_000, 'b');
  for (const id of ['1-1', '2-1', '3-1']) await master.xadd('stream', id, 'field', 'value');
  await master.xgroup('CREATE', 'stream', 'workers', '0');
  await master.xreadgroup('GROUP', 'workers', 'somebody', 'COUNT', 2, 'STREAMS', 'stream', '>');
  await master.xack('stream', 'workers', '1-1');
  await master.xgroup('CREATE', 'empty', 'workers', '$', 'MKSTREAM');
  await master.set(Buffer.from([0, 255, 27, 91]), Buffer.from([1, 2, 255]));
  await master.set('large', 'x'.repeat(200_000));
  await master.multi().select(3).set('elsewhere', '1').select(0).exec();
});

/** Mended, and passes again; nothing is left behind. */
afterEach(async () => {
  await eventually('the cluster is well again', async () => {
    const result = await verify(cluster.name, { keys: 6, waitMs: 1000 }, await library());
    if (!result.ok) throw new Error(failing(result).join());
    return true;
  });
  expect(await markersLeft()).toEqual([]);
});

afterAll(() => cluster.remove());

test('a healthy cluster must pass, all of its keys compared, also while it is written to', async () => {
  const { master } = servers;
  let isOver = false;
  const writing = (async () => {
    for (let i = 0; !isOver; i++) {
      await master.multi().incr('counter').set('lock', i).del('lock').lpush('queue', i).ltrim('queue', 0, 99).exec();
    }
  })();
  const { code, stdout, stderr } = await run();
  isOver = true;
  await writing;
  const result = JSON.parse(stdout) as Verification;
  expect([code, failing(result)], stderr).toEqual([0, []]);
  expect(result.keys).toMatchObject({ written: 12, complete: true });
  expect(result.keys.of).toBeGreaterThanOrEqual(11);
  expect(result.latency.map(({ node, medianMs }) => [node, (medianMs ?? 0) > 0])).toEqual([
    ['slave-1', true],
    ['slave-2', true],
  ]);
});

test('a replica that takes writes must be found', async () => {
  await servers['slave-2'].config('SET', 'replica-read-only', 'no');
  const { failed, text } = await broken();
  await servers['slave-2'].config('SET', 'replica-read-only', 'yes');
  expect(failed).toEqual(['read-only slave-2']);
  expect(text).toContain('slave-2 accepts writes: its replica-read-only is no');
});

test('data that is not the same must be found at equal offsets, by node and key, and no value be told', async () => {
  const replica = servers['slave-2'];
  const secretly = async (work: () => Promise<unknown>): Promise<void> => {
    await replica.config('SET', 'replica-read-only', 'no');
    await work();
    await replica.config('SET', 'replica-read-only', 'yes');
  };
  await secretly(async () => {
    await replica.multi().set('text', 'tampered').srem('set', 'c').zadd('sorted', 2, 'a').exec();
    await replica.multi().select(3).set('only-here', 'tampered').select(0).exec();
    await replica.multi().xgroup('SETID', 'stream', 'workers', '3-1').del('empty').exec();
  });
  const { failed, text } = await broken();
  await secretly(async () => {
    await replica.multi().set('text', 'a').sadd('set', 'c').zadd('sorted', 1.5, 'a').exec();
    await replica.multi().select(3).del('only-here').select(0).exec();
    await replica.xgroup('SETID', 'stream', 'workers', '2-1');
    await replica.xgroup('CREATE', 'empty', 'workers', '0-0', 'MKSTREAM');
  });
  expect(failed).toEqual(['data slave-2']);
  expect(text).toContain('slave-2 does not hold the data of master, 6 keys differ');
  expect(text).not.toContain('tampered');
});

test('a key that only a replica has, and an expiry that only the master knows, must be found', async () => {
  const replica = servers['slave-1'];
  await replica.config('SET', 'replica-read-only', 'no');
  await replica.multi().set('only-here', '1').persist('brief').exec();
  const { failed, text } = await broken();
  await replica.multi().del('only-here').exec();
  const end = Date.now() + (await servers.master.pttl('brief'));
  await replica.pexpireat('brief', end);
  await replica.config('SET', 'replica-read-only', 'yes');
  expect(failed).toEqual(['read-only slave-1', 'data slave-1']);
  expect(text).toContain(String.raw`\"only-here\" is a string that master does not have`);
  expect(text).toContain(String.raw`\"brief\" never expires, and does on master`);
});

test('a node without a password must be found', async () => {
  const replica = servers['slave-1'];
  await replica.config('SET', 'requirepass', '');
  const { failed, text } = await broken();
  await replica.config('SET', 'requirepass', await cluster.password());
  expect([...failed].sort()).toEqual(['reachable slave-1', 'password slave-1', ...unseen('slave-1')].sort());
  expect(text).toMatch(
    /slave-1 (has no password, and its protected mode|answers somebody who has not logged in: PONG)/,
  );
});

test('a role.conf that says something else than what runs must be found', async () => {
  await inNode('slave-1', 'cp -p role.conf /tmp/kept && sed -i "s/^replicaof.*/replicaof no one/" role.conf');
  const { failed } = await broken();
  await inNode('slave-1', 'cp -p /tmp/kept role.conf');
  expect(failed).toEqual(['role-conf slave-1']);
});

test('a node that follows another source must be found, and its latency be measured there', async () => {
  const slave = await cluster.status().then(({ nodes }) => nodes);
  const [master, first] = slave;
  await servers['slave-2'].call('REPLICAOF', String(first?.ip), String(first?.port));
  await eventually('slave-2 follows slave-1', async () =>
    (await servers['slave-2'].info('replication')).includes('master_link_status:up'),
  );
  const { failed, text } = await broken();
  await servers['slave-2'].call('REPLICAOF', String(master?.ip), String(master?.port));
  expect(failed).toEqual(['source slave-2', 'role-conf slave-2']);
  expect(JSON.parse(text).latency[1].medianMs).toBeGreaterThan(0);
});

test('a node that holds another history must be found', async () => {
  const replica = servers['slave-2'];
  const [, host = '', port = ''] =
    /master_host:(\S+)\s+master_port:(\d+)/.exec(await replica.info('replication')) ?? [];
  await replica.call('DEBUG', 'CHANGE-REPL-ID');
  const { failed } = await broken();
  await replica.replicaof('NO', 'ONE');
  await replica.replicaof(host, Number(port)); // it is copied anew
  expect(failed).toEqual(['history slave-2', 'lag slave-2', '?latency slave-2']); // its offset says nothing
});

test('two masters must be found, and the rest be checked', async () => {
  const { nodes } = await cluster.status();
  await servers['slave-2'].call('REPLICAOF', 'NO', 'ONE');
  const { failed, text } = await broken();
  await servers['slave-2'].call('REPLICAOF', String(nodes[0]?.ip), String(nodes[0]?.port));
  expect(text).toContain('master and slave-2 are masters at the same time');
  expect(failed).toEqual([
    'one-master cluster',
    ...of('slave-2', 'source', 'role-conf', 'read-only', 'history', 'lag', 'markers', '?latency'),
  ]);
});

test('a stopped node must be found', async () => {
  await docker('stop', cluster.container('slave-1'));
  const { failed, text } = await broken();
  await docker('start', cluster.container('slave-1'));
  expect(failed).toEqual(expect.arrayContaining(['reachable slave-1', ...unseen('slave-1')]));
  expect(failed.filter((line) => !line.includes('slave-1'))).toEqual([]);
  expect(text).toContain('slave-1 is stopped');
});

test('a node that hangs must be found, and cost its budget only', async () => {
  await docker('kill', '--signal', 'STOP', cluster.container('slave-2'));
  const { failed } = await broken();
  await docker('kill', '--signal', 'CONT', cluster.container('slave-2'));
  expect(failed.filter((line) => !line.includes('slave-2'))).toEqual([]);
  expect(failed).toContain('reachable slave-2');
});

test('a master that refuses writes must be found, with its words', async () => {
  await servers.master.config('SET', 'min-replicas-to-write', '3');
  const { failed, text } = await broken();
  await servers.master.config('SET', 'min-replicas-to-write', '0');
  expect(failed).toContain('writable master');
  expect(text).toContain('master refuses writes: NOREPLICAS');
  expect(failed.filter((line) => !line.startsWith('?'))).toEqual(['writable master']);
});

test('a replica whose link is cut must be found, as it lags behind', async () => {
  const replica = servers['slave-2'];
  await replica.config('SET', 'masterauth', 'another-one');
  await replica.call('CLIENT', 'KILL', 'TYPE', 'master');
  const { failed, text } = await broken();
  await replica.config('SET', 'masterauth', await cluster.password());
  expect(failed).toEqual(of('slave-2', 'lag', 'markers', '?latency'));
  expect(text).toMatch(/slave-2 is \d+ bytes behind master after 1.5 s; its link is down/);
});

test('a command that is given back, and one that a replica lost, must be found', async () => {
  const replica = servers['slave-2'];
  // Its append-only file must not hold the command when it starts without it.
  await replica.bgrewriteaof();
  await eventually('it is rewritten', async () =>
    (await replica.info('persistence')).includes('rewrite_in_progress:0'),
  );
  const restart = async (script: string): Promise<void> => {
    await inNode('slave-2', script);
    await docker('restart', cluster.container('slave-2'));
    await eventually('slave-2 is back', async () =>
      (await replica.info('replication')).includes('master_link_status:up'),
    );
  };
  await restart("cp -p redis.conf kept && sed -i 's/^rename-command FLUSHALL/rename-command DEL/' redis.conf");
  const { failed, text } = await broken();
  await restart('mv kept redis.conf');
  expect(failed).toEqual(of('slave-2', 'disabled-commands', 'read-only', 'markers-removed'));
  expect(text).toContain('slave-2 knows FLUSHALL, which this cluster disables');
});

test('a verification that is interrupted must leave no marker behind', async () => {
  const before = await servers.master.dbsize();
  const { code } = await rmsx(['verify', '-n', cluster.name, '--keys', '100000'], {
    whileRunning: async (kill) => {
      await eventually('markers are written', async () => (await servers.master.dbsize()) > before + 1000);
      kill('SIGINT');
    },
  });
  expect(code).toBe(130);
  const sizes = await eventually('replicas hear of it', async () => {
    const all = await Promise.all(names.map((node) => servers[node].dbsize()));
    return all.every((size) => size === before) && all;
  });
  expect(sizes).toEqual([before, before, before]);
});
