import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Warning } from '../../src/domain/status.ts';
import { soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { docker, eventually, rmsx } from './support/run.ts';

/** Runs the command that a hint names, as it would be typed. */
async function type(hint: string | null | undefined): Promise<void> {
  for (const line of (hint ?? 'no hint').replace(/ {3}#.*/, '').split(' && ')) {
    const [program, ...args] = line.split(' ');
    if (program === 'docker') await docker(...args);
    else expect(await rmsx(args), line).toMatchObject({ code: 0 });
  }
}

/** Waits until status tells exactly that. @returns the warnings */
function told(cluster: TestCluster, ...wanted: readonly RegExp[]): Promise<readonly Warning[]> {
  return eventually(`status tells ${wanted.join(', ')}`, async () => {
    const { warnings } = await cluster.status();
    const texts = warnings.map(({ code, message }) => `${code}: ${message}`);
    const isAll = texts.length === wanted.length && wanted.every((each, i) => each.test(texts[i] ?? ''));
    if (!isAll) throw new Error(texts.join('\n'));
    return warnings;
  });
}

const healthy = (cluster: TestCluster): Promise<readonly Warning[]> => told(cluster);

/** What is wrong is told; the hint mends it, or the hints of several nodes. */
async function mendedByHints(cluster: TestCluster, ...wanted: readonly RegExp[]): Promise<void> {
  const warnings = await told(cluster, ...wanted);
  const [first, ...others] = warnings.filter(({ hint }) => hint !== null);
  await Promise.all(
    [first, ...others.filter(({ node }) => node !== null && first?.node)].map((each) => type(each?.hint)),
  );
  await healthy(cluster);
}

const kept = new TestCluster('diagnoses');
const tuned = ['repl-timeout=3', 'key-load-delay=300', 'enable-debug-command=yes'].flatMap((each) => ['--set', each]);
const gone = new TestCluster('diagnoses-gone');

beforeAll(() =>
  Promise.all([kept.up('--replicas', '2', ...tuned), gone.up('--replicas', '2', '--ephemeral')]).then(() => undefined),
);
afterAll(() => Promise.all([kept.remove(), gone.remove()]).then(() => undefined));

describe('a cluster that keeps its data', () => {
  const cluster = kept;
  const call = async (node: string, ...args: readonly [string, ...string[]]): Promise<unknown> =>
    (await cluster.client(node)).call(...args);

  test('a password that the source does not take must be named, and one that is missing', async () => {
    const passwords = [
      ['slave-1', 'not the one'],
      ['slave-2', ''],
    ] as const;
    for (const [node, password] of passwords) {
      await call(node, 'CONFIG', 'SET', 'masterauth', password);
      await call(node, 'CLIENT', 'KILL', 'TYPE', 'master');
    }
    await mendedByHints(
      cluster,
      /^masterauth-wrong: slave-1 logs in at master with a password that is wrong there/,
      /^masterauth-missing: slave-2 has no password for master/,
    );
  });

  test('a source that is paused must be named once, with the replicas that it left', async () => {
    await docker('pause', cluster.container('master'));
    await mendedByHints(
      cluster,
      /^no-master/,
      /^node-paused: master is paused.*; slave-1 and slave-2 have no link because of that$/,
    );
  });

  test('a second master must be told with the recorded one and the replicas of each', async () => {
    await call('slave-1', 'REPLICAOF', 'NO', 'ONE');
    await mendedByHints(cluster, /^two-masters: master \(the recorded one, 1 replica\) and slave-1 \(no replica\)/);
  });

  test('a circle must be told although all of its links are up', async () => {
    const { nodes } = await cluster.status();
    const { ip = '', port = 0 } = nodes.find(({ name }) => name === 'slave-2') ?? {};
    await call('master', 'REPLICAOF', ip, String(port));
    await mendedByHints(
      cluster,
      /^cycle: master → slave-2 → master follow each other in a circle: no node is a master/,
    );
  });

  test('a replica that takes writes must be named', async () => {
    await call('slave-2', 'CONFIG', 'SET', 'replica-read-only', 'no');
    await mendedByHints(cluster, /^replica-writable: slave-2 takes writes .* goes apart from master$/);
  });

  test('replicas of another history must be named', async () => {
    await call('master', 'DEBUG', 'CHANGE-REPL-ID');
    const other = (node: string): RegExp => new RegExp(`^history-differs: ${node} holds another history than master`);
    await mendedByHints(cluster, other('slave-1'), other('slave-2'));
  });

  test('a master that refuses writes for want of replicas must be told, with the numbers', async () => {
    await call('master', 'CONFIG', 'SET', 'min-replicas-to-write', '3');
    await expect(call('master', 'SET', 'a', '1')).rejects.toThrow('NOREPLICAS');
    await told(cluster, /^min-replicas: master refuses writes, 1 time so far: it wants 3 replicas .* and has 2$/);
    await call('master', 'CONFIG', 'SET', 'min-replicas-to-write', '0');
    await healthy(cluster);
  });

  test('a snapshot that cannot be written must be told, with what the disk said', async () => {
    await docker('exec', '-u', '0', cluster.container('slave-1'), 'chmod', '555', '/data');
    await call('slave-1', 'BGSAVE');
    const [warning] = await told(cluster, /^snapshot-failing: slave-1 could not write .* \(Permission denied\)$/);
    await type(warning?.hint);
    await docker('exec', '-u', '0', cluster.container('slave-1'), 'chmod', '755', '/data');
    await call('slave-1', 'BGSAVE');
    await healthy(cluster);
  });

  soakTest('a node that loads its data must be told with how far it is', async () => {
    const master = await cluster.client('master');
    const pipeline = master.pipeline();
    for (let i = 0; i < 6000; i += 1) pipeline.set(`key:${i}`, 'value');
    await pipeline.exec();
    await docker('restart', cluster.container('slave-1'));
    const [warning] = await told(cluster, /^loading: slave-1 is loading its data: \d+ % done$/);
    expect(warning?.hint).toBe(`rmsx status -n ${cluster.name}`);
    await healthy(cluster);
  });
});

describe('a cluster that keeps nothing', () => {
  const cluster = gone;
  const fill = async (keys: number, bytes: number): Promise<void> => {
    const master = await cluster.client('master');
    for (let i = 0; i < keys; i += 1) await master.set(`key:${i}`, 'x'.repeat(bytes));
  };

  soakTest('a replica whose memory ran out must be told as that', async () => {
    await docker('update', '--memory', '20m', '--memory-swap', '20m', cluster.container('slave-2'));
    await fill(30, 2 ** 20);
    await told(cluster, /^out-of-memory: slave-2 was killed, as no memory was left for it$/);
    await docker('rm', '-f', cluster.container('slave-2'));
    await (await cluster.client('master')).call('EVAL', "for i = 0, 29 do redis.call('del', 'key:' .. i) end", '0');
    await type(`rmsx up -n ${cluster.name}`);
    await healthy(cluster);
  });

  test('a master that came back empty must be told while a replica still has the data, and the hint must save that', async () => {
    await fill(50, 100);
    const replica = await cluster.client('slave-1');
    await replica.call('CONFIG', 'SET', 'masterauth', 'not the one');
    await docker('restart', cluster.container('master'));
    const [warning] = await told(
      cluster,
      /^master-reborn-empty: master came back empty \d+ s ago: it wipes slave-1 \(50 keys\)/,
      /^masterauth-wrong: slave-1/,
    );
    await type(warning?.hint);
    expect(await replica.dbsize()).toBe(50);
    expect((await cluster.status()).cluster.master).toBe('slave-1');
  });

  test('a master that came back empty must be told when its replicas have copied that', async () => {
    await type(`rmsx up -n ${cluster.name}`);
    await docker('restart', cluster.container('slave-1'));
    await told(cluster, /^master-reborn-empty: slave-1 came back empty \d+ s ago, and .* copied that/);
  });
});
