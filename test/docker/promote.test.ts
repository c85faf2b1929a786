import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rows, soakDescribe, soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys, roleConfs } from './support/keys.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';

interface Promoted {
  readonly promoted: string;
  readonly formerMaster: string | null;
  readonly epoch: number;
  readonly lostBytes: number | null;
  readonly resync: Record<string, string>;
  readonly incomplete: readonly string[];
  readonly changed: boolean;
  readonly verdict: { readonly state: string } | null;
}

const keys = 200;
let cluster: TestCluster;

beforeEach(async () => {
  cluster = new TestCluster('promote');
  await cluster.up('--replicas', '2');
});
afterEach(() => cluster.remove());

const promote = (node: string, ...flags: readonly string[]): Promise<Promoted> =>
  rmsxJson(['promote', node, '-n', cluster.name, ...flags]);

describe('promote after the master was paused', () => {
  test('must cut it off, so that whoever wakes it has no second master, and `up` must bring it back as a replica', async () => {
    await loadKeys(cluster, 'master', keys);
    const old = await cluster.client('master');
    const answers = new Set<string>();
    const tryWrite = async (): Promise<string> => {
      const write = old.set('stray', '1').then(String, (error: Error) => error.message);
      const answer = await Promise.race([write, sleep(200, 'none')]);
      answers.add(answer);
      return answer;
    };
    await docker('pause', cluster.container('master'));
    expect(await promote('slave-1')).toMatchObject({
      formerMaster: 'master',
      verdict: { state: 'frozen', evidence: ['its container is paused'] },
      resync: { 'slave-2': 'partial' },
      incomplete: [],
    });
    await docker('unpause', cluster.container('master'));
    expect((await cluster.status()).cluster.master).toBe('slave-1');
    await tryWrite();
    const up = cluster.rmsx('up', '--pull', 'never');
    await eventually('the old master answers as a replica', async () => (await tryWrite()).startsWith('READONLY'));
    expect(await up).toMatchObject({ code: 0 });
    expect([...answers].filter((answer) => answer === 'OK')).toEqual([]);
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1', epoch: 2 });
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
    expect(await (await cluster.client('slave-1')).get('stray')).toBe(null);
  });

  test('must not wait for the end of a write that it had sent in part', async () => {
    const [old, heir] = [await cluster.client('master'), await cluster.client('slave-1')];
    const value = Buffer.alloc(8_000_000); // takes many reads to arrive
    let isOver = false;
    const flood = async (): Promise<void> => {
      while (!isOver) await old.set('flood', value).catch(() => undefined);
    };
    void flood();
    void flood();
    const offset = (info: string, field: string): number => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1]);
    try {
      await eventually('held in the middle of a write', async () => {
        await docker('pause', cluster.container('master'));
        const info = await eventually('what is in the sockets has arrived', async () => {
          const now = await heir.info('replication');
          return offset(now, 'master_last_io_seconds_ago') > 0 && now;
        });
        if (offset(info, 'slave_read_repl_offset') > offset(info, 'slave_repl_offset')) return true;
        await docker('unpause', cluster.container('master'));
        return false;
      });
    } finally {
      isOver = true;
    }
    expect(await rmsxJson(['promote', '--best', '-n', cluster.name])).toMatchObject({
      ...{ formerMaster: 'master', verdict: { state: 'frozen' }, incomplete: [] },
    });
  });

  soakTest('must do so, too, while it is still held', async () => {
    await docker('pause', cluster.container('master'));
    await promote('slave-1');
    expect(await cluster.rmsx('up', '--pull', 'never')).toMatchObject({ code: 0 });
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1', epoch: 2 });
    await docker('pause', cluster.container('slave-1'));
    await promote('slave-2');
    expect(await cluster.rmsx('rejoin', 'slave-1', '--discard')).toMatchObject({ code: 0 });
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-2', epoch: 3 });
  });
});

soakDescribe('promote --best', () => {
  test('must refuse while the master hangs and was heard of a moment ago, and take its place when nobody hears it', async () => {
    const { State } = await inspect(cluster.container('master'));
    process.kill(State.Pid, 'SIGSTOP');
    const refused = await cluster.rmsx('promote', '--best');
    expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('heard from it') });
    const promoted = await eventually(
      'promoted',
      async () => {
        const { code, stdout } = await cluster.rmsx('promote', '--best', '--json');
        return code === 0 && (JSON.parse(stdout) as Promoted);
      },
      30_000,
    );
    expect(promoted).toMatchObject({ promoted: 'slave-1', verdict: { state: 'frozen' }, incomplete: [] });
    expect((await inspect(cluster.container('master'))).State.Paused).toBe(true);
    process.kill(State.Pid, 'SIGCONT');
    expect(await cluster.rmsx('up', '--pull', 'never')).toMatchObject({ code: 0 });
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
  });

  test('must take the place of a master that was cut off from the network', async () => {
    await docker('network', 'disconnect', `${cluster.name}_app_net`, cluster.container('master'));
    expect(await rmsxJson(['promote', '--best', '-n', cluster.name])).toMatchObject({
      promoted: 'slave-1',
      verdict: { state: 'cut-off' },
    });
    expect(await cluster.rmsx('up', '--pull', 'never')).toMatchObject({ code: 0 });
    expect((await cluster.status()).cluster).toMatchObject({ health: 'healthy', master: 'slave-1' });
  });

  test('must end a master that is alive, where --force was given', async () => {
    expect(await cluster.rmsx('promote', '--best')).toMatchObject({ code: 7 });
    expect(await rmsxJson(['promote', '--best', '--force', '-n', cluster.name])).toMatchObject({
      promoted: 'slave-1',
      verdict: { state: 'alive' },
      incomplete: [],
    });
    expect((await inspect(cluster.container('master'))).State.Running).toBe(false);
  });
});

describe.each(
  rows<readonly [string, readonly [string, ...string[]]]>(
    [['killed', ['kill']]],
    [
      ['removed', ['rm', '-f']],
      ['stopped', ['stop']],
    ],
  ),
)('promote after the master was %s', (how, command) => {
  test('must lose nothing, must be followed by all and be where programs are sent, and the old master must come back as a replica', async () => {
    await loadKeys(cluster, 'master', keys);
    await docker(...command, cluster.container('master'));
    const result = await promote('replica-1');
    expect(result).toMatchObject({
      promoted: 'slave-1',
      formerMaster: 'master',
      lostBytes: how === 'stopped' ? 0 : null, // a server that ends in order has written everything down
      resync: { 'slave-2': 'partial' },
      incomplete: [],
    });
    const status = await cluster.status();
    expect(status.cluster).toMatchObject({ master: 'slave-1', epoch: 2 });
    expect(status.nodes.find(({ name }) => name === 'slave-2')).toMatchObject({ source: 'slave-1', link: 'up' });
    const { REDIS_URL } = await rmsxJson<Record<string, string>>(['env', '-n', cluster.name]);
    const port = status.nodes.find(({ name }) => name === 'slave-1')?.hostPort;
    expect(REDIS_URL).toMatch(new RegExp(`@127\\.0\\.0\\.1:${port}$`));

    const master = await cluster.client('slave-1');
    expect(await master.set('after', 'promotion')).toBe('OK');
    expect(await master.call('WAIT', '1', '5000')).toBe(1);
    expect(await missingKeys(cluster, ['slave-1', 'slave-2'], keys)).toEqual([]);

    if (how === 'removed') expect(await rmsx(['up', '-n', cluster.name, '--pull', 'never'])).toMatchObject({ code: 0 });
    else await docker('start', cluster.container('master'));
    await eventually('the old master follows', async () => (await cluster.status()).cluster.health === 'healthy');
    const old = (await cluster.status()).nodes.find(({ name }) => name === 'master');
    expect(old).toMatchObject({ role: 'replica', plannedRole: 'replica', source: 'slave-1', link: 'up' });
    expect(await missingKeys(cluster, ['master'], keys)).toEqual([]);
    expect(await (await cluster.client('master')).get('after')).toBe('promotion');
  });
});

describe('a promoted cluster', () => {
  beforeEach(async () => {
    await loadKeys(cluster, 'master', keys);
    await docker('kill', cluster.container('master'));
    await promote('slave-1');
  });

  test('must never see the old master accept a write when it comes back', async () => {
    const old = await cluster.client('master');
    const started = docker('start', cluster.container('master'));
    const answers = new Set<string>();
    await eventually('the old master answers as a replica that is in sync', async () => {
      const answer = await old.set('stray', '1').then(String, (error: Error) => error.message);
      answers.add(answer);
      return answer.startsWith('READONLY') && (await cluster.status()).cluster.health === 'healthy';
    });
    await started;
    expect([...answers].filter((answer) => answer === 'OK')).toEqual([]);
    expect(await (await cluster.client('slave-1')).get('stray')).toBe(null);
  });

  test.each(
    rows(
      [],
      [
        ['master', 'slave-1', 'slave-2'],
        ['slave-2', 'slave-1', 'master'],
        ['slave-1', 'master', 'slave-2'],
      ],
    ),
  )('must keep roles and data when everything restarts in the order %s, %s, %s', async (...order) => {
    for (const node of order) await docker('restart', '-t', '5', cluster.container(node));
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy', 30_000);
    expect((await cluster.status()).cluster).toMatchObject({ master: 'slave-1', epoch: 2 });
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
  });

  soakTest('must keep roles and data over down and up', async () => {
    expect(await cluster.rmsx('down')).toMatchObject({ code: 0 });
    expect(await rmsx(['up', '-n', cluster.name, '--pull', 'never'])).toMatchObject({ code: 0 });
    const status = await cluster.status();
    expect(status.cluster).toMatchObject({ health: 'healthy', master: 'slave-1', epoch: 2 });
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
  });

  soakTest('must not change when the same node is promoted again', async () => {
    const roles = await roleConfs(cluster);
    const again = await promote('slave-1');
    expect(again).toMatchObject({ promoted: 'slave-1', changed: false, incomplete: [] });
    expect(await roleConfs(cluster)).toEqual(roles);
  });

  soakTest('must hand over again when the new master dies too', async () => {
    await docker('start', cluster.container('master'));
    await eventually('healthy', async () => (await cluster.status()).cluster.health === 'healthy');
    await docker('kill', cluster.container('slave-1'));
    expect(await promote('master')).toMatchObject({ promoted: 'master', formerMaster: 'slave-1', incomplete: [] });
    expect((await cluster.status()).cluster).toMatchObject({ master: 'master', epoch: 3 });
    expect(await missingKeys(cluster, ['master', 'slave-2'], keys)).toEqual([]);
  });
});

describe('promote of a node that is behind another', () => {
  test('must refuse with 7 and the numbers, change nothing, and take over by way of the better one', async () => {
    const late = await cluster.client('slave-1');
    await late.config('SET', 'masterauth', 'wrong');
    await late.call('CLIENT', 'KILL', 'TYPE', 'master');
    await eventually('slave-1 is cut off', async () =>
      (await late.info('replication')).includes('master_link_status:down'),
    );
    await loadKeys(cluster, 'master', keys);
    await docker('kill', cluster.container('master'));
    await late.config('SET', 'masterauth', await cluster.password());
    const roles = await roleConfs(cluster);

    const status = await cluster.rmsx('status');
    expect(status.code).toBe(3);
    expect(status.stdout).toContain('hint: rmsx promote slave-2');
    const refused = await cluster.rmsx('promote', 'slave-1');
    expect(refused.code).toBe(7);
    expect(refused.stderr).toMatch(/slave-1 is \d+ bytes behind slave-2 \(offset \d+ of \d+\)/);
    expect(refused.stderr).toContain('rmsx promote slave-2');
    expect(await roleConfs(cluster)).toEqual(roles);

    expect(await promote('slave-1', '--via')).toMatchObject({
      promoted: 'slave-1',
      formerMaster: 'master',
      epoch: 3,
      resync: { 'slave-2': 'partial' },
      incomplete: [],
    });
    expect((await cluster.status()).cluster.master).toBe('slave-1');
    expect(await missingKeys(cluster, ['slave-1', 'slave-2'], keys)).toEqual([]);
  });
});
