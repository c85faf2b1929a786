import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type JestEnvironment, withCluster } from '../../src/testing/jest.ts';
import { Folder } from '../helpers/packed.ts';
import { soakTest } from './support/breadth.ts';
import { objectsOf } from './support/cluster.ts';

/** What jest-environment-node does, as far as it matters. */
class Environment implements JestEnvironment {
  readonly told: string[] = [];
  readonly calls: string[] = [];
  global: { console: object; rmsx?: typeof globalThis.rmsx } = {
    console: { warn: (text: string) => void this.told.push(text) },
  };

  constructor(config: object, _context: object) {
    this.calls.push(Object.keys(config).join());
  }

  async setup(): Promise<void> {
    this.calls.push('setup');
  }

  async teardown(): Promise<void> {
    this.calls.push('teardown');
  }

  handleTestEvent({ name }: { readonly name: string }): void {
    this.calls.push(name);
  }
}

test('with Jest, the tests of a file must find a cluster, and one that fails its logs', async () => {
  const logs = join(tmpdir(), `rmsx-logs-${process.pid}`);
  const Prepared = withCluster(Environment, { replicas: 1 });
  const options = { rmsx: { replicas: 0, logs } };
  const file = { testPath: '/app/shop.test.js' };
  const environment = new Prepared({ projectConfig: { testEnvironmentOptions: options } }, file);
  await environment.setup();
  const { cluster } = environment.global.rmsx ?? {};
  expect(cluster?.nodes.map(({ role }) => role)).toEqual(['master']);

  const suite = { name: 'orders', parent: { name: 'ROOT_DESCRIBE_BLOCK' } };
  const done = (errors: readonly Error[]): object => ({
    name: 'test_done',
    test: { name: 'are kept', parent: suite, errors },
  });
  await environment.handleTestEvent(done([]) as { name: string });
  expect(environment.told).toEqual([]);
  await environment.handleTestEvent(done([new Error('lost')]) as { name: string });
  expect(environment.told).toEqual([
    expect.stringMatching(/^rmsx: the logs of rmsx-\w+ are in .*shop\.test\.js-orders-are-kept$/),
  ]);
  expect(readdirSync(join(logs, 'shop.test.js-orders-are-kept'))).toEqual(['master.log']);
  rmSync(logs, { recursive: true });

  await environment.teardown();
  expect(environment.calls).toEqual(['projectConfig', 'setup', 'test_done', 'test_done', 'teardown']);
  expect(await objectsOf(cluster?.name ?? '')).toEqual([]);
});

soakTest(
  'with Jest itself, an application must lose no job, each file has a cluster, and a failure its logs',
  async () => {
    await using folder = new Folder();
    await folder.install('jest@30', 'jest-environment-node@30');
    await folder.furnish('job-queue');
    writeFileSync(join(folder.path, 'jest/fails.test.cjs'), failing);
    const args = ['node_modules/jest/bin/jest.js', '--config', 'jest/jest.config.js'];
    const { code, output } = await folder.run('node', args, { NODE_OPTIONS: '--experimental-vm-modules' });
    expect([code, output]).toEqual([1, expect.stringMatching(/1 failed, 1 passed, 2 total/)]);
    const told = /rmsx: the logs of (rmsx-\w+) are in rmsx-logs\/fails\.test\.cjs-orders-are-lost\n/;
    expect(output).toMatch(told);
    expect(folder.list('rmsx-logs/fails.test.cjs-orders-are-lost')).toEqual([
      'master.log',
      'slave-1.log',
      'slave-2.log',
    ]);
    expect(await objectsOf(told.exec(output)?.[1] ?? '')).toEqual([]);
  },
);

const failing = `
describe('orders', () => {
  test('are lost', () => expect(rmsx.cluster.replicas.length).toBe(3));
});
`;
