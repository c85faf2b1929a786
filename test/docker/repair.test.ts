import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { docker, eventually, rmsxJson } from './support/run.ts';

interface Repaired {
  readonly cluster: { readonly health: string; readonly master: string | null; readonly epoch: number };
  readonly plan: readonly { readonly op: string; readonly nodes: readonly string[] }[];
  readonly changed: boolean;
  readonly left: readonly { readonly node: string; readonly message: string; readonly hint: string | null }[];
}

const cluster = new TestCluster('repair');
const clients = new Map<string, Redis>();
const at = (node: string): Redis => clients.get(node) as Redis;
const addresses = new Map<string, readonly [string, string]>();
const follow = (node: string, source: string): Promise<unknown> =>
  at(node).call('REPLICAOF', ...(addresses.get(source) ?? []));
const alone = (node: string): Promise<unknown> => at(node).call('REPLICAOF', 'NO', 'ONE');
const repair = (...flags: readonly string[]): Promise<Repaired> => rmsxJson(['repair', '-n', cluster.name, ...flags]);
const ops = ({ plan }: Repaired): readonly string[] => plan.map(({ op, nodes }) => `${op} ${nodes.join(' ')}`);

/** What a repair that had something to do must leave: the roles of the record. */
async function expectRepaired(done: Repaired): Promise<void> {
  expect([done.cluster.health, done.cluster.master, done.changed, done.left]).toEqual(['healthy', 'master', true, []]);
  expect(await at('master').set('a', 'b')).toBe('OK');
  for (const node of ['slave-1', 'slave-2']) {
    await expect(at(node).set('a', 'c')).rejects.toThrow('READONLY');
    await eventually(`${node} has what was written`, async () => (await at(node).get('a')) === 'b');
  }
}

beforeAll(async () => {
  const { nodes } = await cluster.up('--replicas', '2');
  for (const { name, ip, port } of nodes) {
    addresses.set(name, [ip, String(port)]);
    clients.set(name, await cluster.client(name));
  }
});
afterAll(() => cluster.remove());

test('a second master, and whoever follows it, must come back to the recorded one; a dry run must change nothing', async () => {
  await alone('slave-1');
  await follow('slave-2', 'slave-1');
  const wanted = ['rejoin slave-1', 'rejoin slave-2'];
  expect(ops(await repair('--dry-run'))).toEqual(wanted);
  expect((await cluster.status()).nodes.map(({ role }) => role)).toEqual(['master', 'master', 'replica']);
  const done = await repair();
  expect(ops(done)).toEqual(wanted);
  await expectRepaired(done);
  expect(await repair()).toMatchObject({ plan: [], changed: false, cluster: { health: 'healthy' } });
});

test('a second master with writes of its own must stay as it is, with the way out, and the others come back', async () => {
  await alone('slave-1');
  await at('slave-1').set('only', 'here');
  const refused = await cluster.rmsx('repair', '--json');
  expect(refused.code).toBe(7);
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    node: 'slave-1',
    message: expect.stringMatching(/^slave-1 has 1 write \(\d+ bytes\) that nobody else has/),
    hint: expect.stringContaining(`rmsx rejoin slave-1 -n ${cluster.name} --save-lost`),
  });
  expect(await at('slave-1').set('only', 'still')).toBe('OK');
  await docker('kill', cluster.container('slave-2'));
  const { error } = JSON.parse((await cluster.rmsx('repair', '--json')).stdout);
  expect(error.problems).toEqual([
    expect.stringMatching(/^slave-1 has 2 writes/),
    'slave-2 is not at work, and waits for slave-1.',
  ]);
  await docker('start', cluster.container('slave-2'));
  clients.set('slave-2', await cluster.client('slave-2'));
  await eventually('slave-2 is linked', async () => /link_status:up/.test(await at('slave-2').info('replication')));
  await alone('slave-2');
  await at('slave-2').set('only', 'here');
  const { code, stderr } = await cluster.rmsx('repair');
  expect(code).toBe(7);
  for (const node of ['slave-1', 'slave-2'])
    expect(stderr).toContain(`rmsx rejoin ${node} -n ${cluster.name} --save-lost`);
  await follow('slave-2', 'slave-1');
  const partly = await cluster.rmsx('repair', '--json');
  expect(partly.code).toBe(8);
  expect(JSON.parse(partly.stdout)).toMatchObject({ changed: true, left: [{ node: 'slave-1' }] });
  expect(await at('slave-1').get('only')).toBe('still');
  expect(await cluster.rmsx('rejoin', 'slave-1', '--discard')).toMatchObject({ code: 0 });
  expect((await cluster.status()).cluster.health).toBe('healthy');
});

test('another master than the recorded one must hand over to it, and lose nothing', async () => {
  await alone('slave-1');
  await Promise.all([follow('master', 'slave-1'), follow('slave-2', 'slave-1')]);
  await at('slave-1').set('written', 'there');
  await eventually('both have it', async () => (await at('master').get('written')) === 'there');
  await eventually('linked', async () =>
    (await cluster.status()).nodes.every(({ name, link }) => name === 'slave-1' || link === 'up'),
  );
  const done = await repair();
  expect(ops(done)).toEqual(['hand-over master']);
  expect(await at('slave-2').get('written')).toBe('there');
  await expectRepaired(done);
});

test('a circle without a master, and what a change that was killed has left in servers, must be undone', async () => {
  await follow('master', 'slave-2');
  await follow('slave-2', 'slave-1');
  await at('slave-1').config('SET', 'min-replicas-to-write', '1000000');
  await at('slave-2').config('SET', 'repl-ping-replica-period', '3600');
  const done = await repair();
  expect(ops(done)[0]).toBe('promote master');
  expect(await at('slave-1').config('GET', 'min-replicas-to-write')).toEqual(['min-replicas-to-write', '0']);
  expect(await at('slave-2').config('GET', 'repl-ping-replica-period')).not.toContain('3600');
  await expectRepaired(done);
});

test('a link that is on its way must be there when a repair that changed something ends', async () => {
  await at('slave-2').config('SET', 'repl-ping-replica-period', '3600');
  const [, delay = ''] = (await at('master').config('GET', 'repl-diskless-sync-delay')) as string[];
  await at('master').config('SET', 'repl-diskless-sync-delay', '3');
  await docker('restart', '--time', '1', cluster.container('slave-1'));
  const done = await repair();
  await at('master').config('SET', 'repl-diskless-sync-delay', delay);
  expect(ops(done)).toEqual(['set-back slave-2']);
  await expectRepaired(done);
});

test('a node that is stopped, and one whose container is gone, must be there again', async () => {
  await docker('stop', cluster.container('slave-1'));
  await docker('rm', '-f', cluster.container('slave-2'));
  const done = await repair();
  expect(ops(done)).toEqual(['up slave-1 slave-2']);
  clients.set('slave-2', await cluster.client('slave-2'));
  await expectRepaired(done);
});
