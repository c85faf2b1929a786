import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { url } from '../../src/operations.ts';
import { isSoak } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { library } from './support/library.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';

interface Promoted {
  readonly lostBytes: number | null;
  readonly resync: Record<string, string>;
}

interface Rejoined {
  readonly way: string;
  readonly changed: boolean;
  readonly lost: { writes: number | null; bytes: number | null; unknown: string | null; list: string[] } | null;
  readonly saved: string | null;
  readonly resync: string | null;
}

/** What clients know of their writes. */
interface Known {
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Sent, and answered by nobody: they may be there or not. */
  readonly open: ReadonlyMap<string, string>;
}

const images = isSoak ? ['redis:7.0', 'redis:6.0', 'valkey:8.1'] : ['redis:7.0'];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rmsx-rejoin-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The bytes of `SET key value` in the stream to the replicas. */
const bytesOfSet = ([key, value]: readonly [string, string]): number =>
  Buffer.byteLength(`*3\r\n$3\r\nset\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`);

/** The key and the value in `0> set "key" "value"`; the database is not known where the stream does not name it. */
function setIn(line: string): readonly [string, string] {
  const [, key, value] = /^(?:0|\?)> set "(.+)" "(.+)"$/i.exec(line) ?? [];
  return [key ?? line, value ?? line];
}

/** Clients that give up when their server is gone. */
async function writersOn(cluster: TestCluster, node: string): Promise<readonly Redis[]> {
  const { hostname, port, password } = new URL((await url(cluster.name, node, await library())).url);
  return [1, 2, 3, 4].map(() => {
    const login = { host: hostname, port: Number(port), password: decodeURIComponent(password), protocol: 2 } as const;
    const client = new Redis({ ...login, enableReadyCheck: false, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined); // its server is killed
    return client;
  });
}

/** Writes by several clients at once until the server is gone. */
async function writeUntil(clients: readonly Redis[], kill: () => Promise<unknown>): Promise<Known> {
  const acknowledged = new Map<string, string>();
  const open = new Map<string, string>();
  const writing = clients.map(async (client, writer) => {
    for (let i = 0; ; i++) {
      const [key, value] = [`lost:${writer}:${i}`, `value ${i}`];
      open.set(key, value);
      const answer = await client.set(key, value).catch(() => 'gone');
      if (answer !== 'OK') return client.disconnect();
      acknowledged.set(key, value);
      open.delete(key);
    }
  });
  await eventually('enough was acknowledged', async () => acknowledged.size > 200);
  await kill();
  for (const client of clients) client.disconnect();
  await Promise.all(writing);
  return { acknowledged, open };
}

/** A master that is killed, or held, while its replicas get nothing of what it acknowledges. */
async function loseWrites(
  cluster: TestCluster,
  master: string,
  replicas: readonly string[],
  end: 'kill' | 'pause' = 'kill',
): Promise<Known> {
  const clients = await writersOn(cluster, master);
  for (let i = 0; i < 20; i++) await clients[0]?.set(`before:${i}`, `${i}`);
  await clients[0]?.call('WAIT', String(replicas.length), '5000');
  await docker('pause', ...replicas.map((node) => cluster.container(node)));
  await clients[0]?.call('CLIENT', 'KILL', 'TYPE', 'replica');
  const known = await writeUntil(clients, () => docker(end, cluster.container(master)));
  await docker('unpause', ...replicas.map((node) => cluster.container(node)));
  return known;
}

/** Of the writes that were acknowledged, those that a node does not have. */
async function missingOn(cluster: TestCluster, node: string, writes: Known['acknowledged']): Promise<Set<string>> {
  const client = await cluster.client(node);
  const keys = [...writes.keys()];
  const values = await client.mget(...keys);
  return new Set(keys.filter((_, i) => values[i] === null));
}

const rejoin = (cluster: TestCluster, node: string, ...flags: readonly string[]): Promise<Rejoined> =>
  rmsxJson(['rejoin', node, '-n', cluster.name, ...flags]);

test.each(images)(
  'what promote and rejoin call lost must be what was acknowledged and is not there, on %s',
  async (image) => {
    const cluster = new TestCluster('rejoin');
    try {
      await cluster.up('--replicas', '2', '--image', image, '--set', 'appendfsync=always');
      const known = await loseWrites(cluster, 'master', ['slave-1', 'slave-2']);
      const promoted = await rmsxJson<Promoted>(['promote', 'slave-1', '-n', cluster.name]);
      expect(promoted.resync).toEqual({ 'slave-2': 'partial' });
      const missing = await missingOn(cluster, 'slave-1', known.acknowledged);
      expect(missing.size).toBeGreaterThan(100);

      const seen = await rejoin(cluster, 'master', '--dry-run');
      expect(seen).toMatchObject({ way: 'start', changed: false });
      const listed = (seen.lost?.list ?? []).map(setIn);
      // The server may have carried out what it was killed before it could answer.
      const unanswered = listed.filter(([key]) => !missing.has(key));
      expect(new Set(listed.map(([key]) => key)).size).toBe(listed.length);
      expect(unanswered.filter(([key, value]) => known.open.get(key) !== value)).toEqual([]);
      expect([...missing].filter((key) => !listed.some(([name]) => name === key))).toEqual([]);
      expect(listed.filter(([key, value]) => (known.acknowledged.get(key) ?? known.open.get(key)) !== value)).toEqual(
        [],
      );
      expect(seen.lost).toMatchObject({ writes: listed.length, unknown: null });
      const bytes = listed.reduce((sum, each) => sum + bytesOfSet(each), 0);
      expect([promoted.lostBytes, seen.lost?.bytes]).toEqual([bytes, bytes]);

      await mustBeSaved(cluster, listed);
    } finally {
      await cluster.remove();
    }
  },
);

/** Refused first, then saved, and written again by redis-cli. */
async function mustBeSaved(cluster: TestCluster, listed: readonly (readonly [string, string])[]): Promise<void> {
  const refused = await cluster.rmsx('rejoin', 'master');
  expect(refused.code).toBe(7);
  expect(refused.stderr).toMatch(
    new RegExp(`master has ${listed.length} writes \\(\\d+ bytes\\) that nobody else has`),
  );
  expect(refused.stderr).toContain('--save-lost');
  for (const verb of [['up'], ['start', 'master'], ['fault', 'heal']]) {
    const again = await rmsx([...verb, '-n', cluster.name]);
    expect([again.code, again.stderr]).toEqual([7, expect.stringContaining(`master has ${listed.length} writes`)]);
  }
  expect((await cluster.status()).nodes.find(({ name }) => name === 'master')?.state).toBe('stopped');

  const file = join(directory, `${cluster.name}.resp`);
  const back = await rejoin(cluster, 'master', '--save-lost', file);
  expect(back).toMatchObject({ way: 'start', changed: true, saved: file, lost: { writes: listed.length } });
  expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
  expect([(await stat(file)).mode & 0o777, (await stat(`${file}.txt`)).mode & 0o777]).toEqual([0o600, 0o600]);
  expect((await readFile(`${file}.txt`, 'utf8')).split('\n')).toHaveLength(listed.length + 3);
  expect(await rejoin(cluster, 'master')).toMatchObject({ way: 'none', changed: false, lost: null });

  const written = await rmsx(['-n', cluster.name, 'cli', 'slave-1', '--pipe'], {
    input: await readFile(file, 'latin1'),
  });
  expect(written.stdout).toContain(`errors: 0, replies: ${listed.length + 1}`);
  const client = await cluster.client('slave-1');
  const values = await client.mget(...listed.map(([key]) => key));
  expect(values).toEqual(listed.map(([, value]) => value));
}

test('what only a master that is held has must be told by promote, and `up` must not bring it back over that', async () => {
  const cluster = new TestCluster('rejoin');
  try {
    await cluster.up('--replicas', '1', '--set', 'appendfsync=always');
    const known = await loseWrites(cluster, 'master', ['slave-1'], 'pause');
    const promoted = await rmsxJson<Promoted>(['promote', 'slave-1', '-n', cluster.name]);
    const missing = await missingOn(cluster, 'slave-1', known.acknowledged);
    expect(missing.size).toBeGreaterThan(100);
    expect(promoted.lostBytes).toBe(null); // it may go on with what was sent to it
    const { code, stderr } = await cluster.rmsx('up', '--pull', 'never');
    expect([code, stderr]).toEqual([7, expect.stringContaining('rmsx rejoin master')]);
    const { lost } = await rejoin(cluster, 'master', '--dry-run');
    const listed = new Set((lost?.list ?? []).map((line) => setIn(line)[0]));
    expect([...missing].filter((key) => !listed.has(key))).toEqual([]);
  } finally {
    await cluster.remove();
  }
});

test('a held master without a file must come back with its own writes listed and saved, and never take one on the way', async () => {
  const cluster = new TestCluster('rejoin');
  try {
    await cluster.up('--replicas', '1', '--ephemeral');
    const known = await loseWrites(cluster, 'master', ['slave-1'], 'pause');
    expect(await rmsxJson(['promote', 'slave-1', '-n', cluster.name])).toMatchObject({ lostBytes: null });
    const missing = await missingOn(cluster, 'slave-1', known.acknowledged);
    const endpoint = new URL((await url(cluster.name, 'master', await library())).url);
    const answers = new Set<string>();
    const stray = new Redis({
      ...{ host: endpoint.hostname, port: Number(endpoint.port), password: decodeURIComponent(endpoint.password) },
      ...{ enableReadyCheck: false, commandTimeout: 200, retryStrategy: () => 20 },
    });
    stray.on('error', () => undefined); // nobody is there yet
    let isOver = false;
    const writing = (async () => {
      while (!isOver) answers.add(await stray.set('stray', '1').catch(({ message }: Error) => message));
    })();
    const { code, stderr } = await cluster.rmsx('rejoin', 'master');
    expect([code, stderr]).toEqual([
      7,
      expect.stringMatching(/master has \d+ writes \(\d+ bytes\) that nobody else has/),
    ]);
    const { State, NetworkSettings } = await inspect(cluster.container('master'));
    expect([State.Paused, Object.keys(NetworkSettings.Networks)]).toEqual([true, []]);
    const { lost } = await rejoin(cluster, 'master', '--save-lost', join(directory, 'held.resp'));
    isOver = true;
    await writing;
    stray.disconnect();
    const listed = new Set((lost?.list ?? []).map((line) => setIn(line)[0]));
    expect([...missing].filter((key) => !listed.has(key))).toEqual([]);
    expect(listed.size).toBe(lost?.writes);
    expect((lost?.list ?? []).filter((line) => !line.startsWith('0> '))).toEqual([]);
    expect([...answers].filter((answer) => answer === 'OK')).toEqual([]);
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
    expect(await (await cluster.client('master')).config('GET', 'min-replicas-to-write')).toContain('0');
  } finally {
    await cluster.remove();
  }
});

test('a former master whose container is gone must not lose what is left of its data without a word', async () => {
  const cluster = new TestCluster('rejoin-gone');
  try {
    await cluster.up('--replicas', '2', '--set', 'appendfsync=always');
    const known = await loseWrites(cluster, 'master', ['slave-1', 'slave-2']);
    await docker('rm', '-f', cluster.container('master'));
    const promoted = await rmsxJson<Promoted>(['promote', 'slave-1', '-n', cluster.name]);
    const missing = await missingOn(cluster, 'slave-1', known.acknowledged);
    expect(missing.size).toBeGreaterThan(100);

    const refused = await cluster.rmsx('up');
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringMatching(/master has \d+ writes .*nobody else has/),
    ]);
    expect((await cluster.rmsx('repair')).code).toBe(7);
    const file = join(directory, 'gone.resp');
    const back = await rejoin(cluster, 'master', '--save-lost', file);
    expect(back).toMatchObject({ way: 'make', saved: file, lost: { bytes: promoted.lostBytes } });
    const listed = new Map((back.lost?.list ?? []).map(setIn));
    expect([...missing].filter((key) => !listed.has(key))).toEqual([]);
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });

    // A replica that followed has nothing of its own, with or without a log.
    await (await cluster.client('slave-1')).set('later', '1');
    await docker('rm', '-f', cluster.container('slave-2'));
    const made = await cluster.rmsx('up', '--replicas', '3');
    expect([made.code, made.stderr]).toEqual([0, expect.not.stringContaining('cannot be known')]);
  } finally {
    await cluster.remove();
  }
});

test('a node that somebody made a master must come back with its own writes saved, and never take one on the way', async () => {
  const cluster = new TestCluster('rejoin');
  try {
    await cluster.up('--replicas', '2');
    const stray = await cluster.client('slave-2');
    await stray.call('REPLICAOF', 'NO', 'ONE');
    await stray.set('stray:1', 'one');
    await stray.multi().set('stray:2', 'two "2"').incr('stray:n').exec();
    await stray.publish('channel', 'no data');

    expect((await cluster.rmsx('rejoin', 'slave-2')).code).toBe(7);
    expect(await stray.set('stray:3', 'still a master, as before')).toBe('OK');

    const file = join(directory, 'stray.resp');
    const back = await rejoin(cluster, 'slave-2', '--save-lost', file);
    expect(back).toMatchObject({ way: 'fence', saved: file, lost: { writes: 4, unknown: null } });
    expect(back.lost?.list).toEqual([
      '0> set "stray:1" "one"',
      '0> MULTI',
      '0> set "stray:2" "two \\"2\\""',
      '0> incr "stray:n"',
      '0> EXEC',
      '0> set "stray:3" "still a master, as before"',
    ]);
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'master' });
    const after = await cluster.client('slave-2');
    expect(await after.config('GET', 'min-replicas-to-write')).toEqual(['min-replicas-to-write', '0']);
    expect(await after.exists('stray:1')).toBe(0);

    await docker('stop', cluster.container('slave-1'));
    expect(await rejoin(cluster, 'slave-1')).toMatchObject({ way: 'start', lost: { writes: 0 }, saved: null });
    await docker('pause', cluster.container('slave-1'));
    expect(await rejoin(cluster, 'slave-1')).toMatchObject({ way: 'wake', lost: { writes: 0 }, resync: 'partial' });
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'master' });
    expect((await cluster.rmsx('rejoin', 'master')).code).toBe(7);
    expect((await cluster.rmsx('rejoin', 'slave-9')).code).toBe(4);

    await (await cluster.client('master')).set('both', '1');
    await eventually('slave-2 has it', async () => (await after.exists('both')) === 1);
    await after.call('REPLICAOF', 'NO', 'ONE');
    await after.set('stray:4', 'only here, in a cluster where nobody was ever promoted');
    await docker('kill', cluster.container('slave-2'));
    const refused = await cluster.rmsx('up');
    expect([refused.code, refused.stderr]).toEqual([7, expect.stringMatching(/slave-2 has 1 write .*nobody else has/)]);
    expect(await rejoin(cluster, 'slave-2', '--discard')).toMatchObject({ way: 'start', lost: { writes: 1 } });
  } finally {
    await cluster.remove();
  }
});

test('a replica that was down when another was promoted without what it had must not lose that without a word', async () => {
  const cluster = new TestCluster('rejoin-ahead');
  try {
    await cluster.up('--replicas', '2', '--set', 'appendfsync=always');
    const master = await cluster.client('master');
    await master.set('both', '1');
    await cluster.rmsx('fault', 'partition', 'slave-1');
    for (const key of ['one', 'two', 'three']) await master.set(key, key);
    const ahead = await cluster.client('slave-2');
    await eventually('slave-2 has them', async () => (await ahead.exists('three')) === 1);
    await docker('kill', cluster.container('slave-2'), cluster.container('master'));
    await cluster.rmsx('fault', 'heal', 'slave-1', '--timeout', '20s');

    const { code, stderr } = await cluster.rmsx('promote', 'slave-1');
    expect([code, stderr]).toEqual([0, expect.stringContaining('whether it holds more than slave-1 cannot be seen')]);
    const refused = await cluster.rmsx('start', 'slave-2');
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringMatching(/slave-2 has 3 writes .*that nobody else has/),
    ]);
    const file = join(directory, 'ahead.resp');
    const back = await rejoin(cluster, 'slave-2', '--save-lost', file);
    expect(back).toMatchObject({ way: 'start', saved: file, lost: { writes: 3, unknown: null } });
    expect(await (await cluster.client('slave-2')).mget('both', 'one')).toEqual(['1', null]);

    await docker('kill', cluster.container('slave-2'));
    await (await cluster.client('slave-1')).set('later', '1');
    expect(await rejoin(cluster, 'slave-2')).toMatchObject({ way: 'start', lost: { writes: 0 } });
  } finally {
    await cluster.remove();
  }
});
