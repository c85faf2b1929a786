import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../helpers/packed.ts';
import { objectsOf } from './support/cluster.ts';
import { rmsx } from './support/run.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('the lines of the README must be a test that passes in a folder with rmsx alone, and leave nothing', async () => {
  const [, lines = ''] = /```js\n(\/\/ shop\.test\.mjs[\s\S]+?)```/.exec(readme) ?? [];
  const before = lines.split('\n').findIndex((line) => line.startsWith('test('));
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(10); // of set-up
  await using folder = new Folder();
  await folder.furnish();
  writeFileSync(join(folder.path, 'shop.test.mjs'), lines);
  const { code, output } = await folder.run('node', ['--test']);
  expect([code, output]).toEqual([0, expect.stringMatching(/pass 1\b/)]);
});

test('with node:test, an application must lose no job, each file has a cluster, and a failure its logs', async () => {
  await using folder = new Folder();
  await folder.furnish('job-queue');
  writeFileSync(join(folder.path, 'node-test/fails.test.cjs'), failing);
  const { code, output } = await folder.run('node', ['--test', 'node-test/']);
  expect([code, output]).toEqual([1, expect.stringMatching(/pass 2\b/)]);
  expect(output).toMatch(/fail 1\b/);
  expect(output).toMatch(/rmsx: the logs of (rmsx-\w+) are in rmsx-logs\/fails\.test\.cjs-orders-are-lost\n/);
  expect(folder.list('rmsx-logs/fails.test.cjs-orders-are-lost')).toEqual(['master.log', 'slave-1.log']);
  const [, name = ''] = /the logs of (rmsx-\w+)/.exec(output) ?? [];
  expect(await objectsOf(name)).toEqual([]);
});

test('what a test process leaves that is killed must be gone with the next gc, at once', async () => {
  await using folder = new Folder();
  await folder.furnish();
  writeFileSync(join(folder.path, 'hangs.mjs'), hanging);
  let name = '';
  await folder.run('node', ['hangs.mjs'], {}, (said, kill) => {
    name = /cluster (rmsx-\w+)\n/.exec(said)?.[1] ?? '';
    if (name !== '') kill();
  });
  expect(await objectsOf(name)).not.toEqual([]);
  const { code, stdout } = await rmsx(['gc', '-n', name]);
  expect([code, stdout]).toEqual([0, expect.stringContaining('has been killed')]);
  expect(await objectsOf(name)).toEqual([]);
});

const hanging = `
import { test } from 'node:test';
import { useCluster } from 'rmsx/node-test';
const cluster = await useCluster({ replicas: 0 });
process.stdout.write('cluster ' + cluster.name + '\\n');
test('hangs', () => new Promise(() => setInterval(() => {}, 1000)));
`;

/** In CommonJS, for the tests of one suite. */
const failing = `
const assert = require('node:assert/strict');
const { before, describe, test } = require('node:test');
const { useCluster } = require('rmsx/node-test');
describe('orders', () => {
  const coming = useCluster({ replicas: 1 });
  let cluster;
  before(async () => { cluster = await coming; });
  test('are lost', () => assert.equal(cluster.replicas.length, 2));
});
`;
