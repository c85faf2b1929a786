/**
 * A cluster for the tests of vitest.
 * @packageDocumentation
 */
import type { TestAPI, TestContext } from 'vitest';
import type { TestProject } from 'vitest/node';
import type { Cluster } from '../library/cluster.ts';
import { attach } from '../library/up.ts';
import { keepLogs } from './failure-logs.ts';
import { logsOf, startTestCluster, type TestClusterSettings } from './test-cluster.ts';

export type { TestClusterSettings } from './test-cluster.ts';

/** The cluster that `globalCluster` has brought up, for `inject('rmsx')`. */
export interface SharedCluster {
  /** Its name. */
  readonly name: string;
  /** The variables of `rmsx env`, password included. */
  readonly env: Readonly<Record<string, string>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined without `globalCluster`. */
    rmsx: SharedCluster;
  }
}

/** Which cluster the tests get. */
export interface ClusterFixtureSettings extends TestClusterSettings {
  /** `file`: one for each file. `worker`: one for all files that a worker runs, where vitest does not isolate them. @default `file` */
  readonly scope?: 'file' | 'worker';
  /** `inject('rmsx')`: that of `globalCluster`, which all files share. @default one of their own */
  readonly shared?: SharedCluster;
}

/**
 * Gives tests a cluster that comes up before the first one of them and goes after the last one; the logs of its nodes are written
 * down when one of them fails.
 * @param base - `test` of vitest 3.2 or later, or what you have made of it
 * @param settings - as for `up`; which files share it, and where the logs go
 * @returns a `test` whose tests find it as `cluster`. Give them time: it comes up within that of the first one
 * @example
 * const test = withCluster(base, { replicas: 2 });
 * test('the application must outlive its master', async ({ cluster }) => {
 *   await cluster.kill('master');
 *   await cluster.promote();
 * });
 */
export function withCluster<Extra>(
  base: TestAPI<Extra>,
  settings: ClusterFixtureSettings = {},
): TestAPI<Extra & { cluster: Cluster }> {
  const { scope = 'file', shared, ...own } = settings;
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the source, and wants one
  const cluster = async ({}: object, use: (cluster: Cluster) => Promise<void>): Promise<void> => {
    const ours = await (shared ? attach(shared.name, own) : startTestCluster(own));
    try {
      await use(ours);
    } finally {
      await ours[Symbol.asyncDispose]();
    }
  };
  const logs = async ({ cluster, task, onTestFailed }: Context, use: () => Promise<void>): Promise<void> => {
    onTestFailed(async () => {
      const name = task.fullTestName ?? task.name;
      const said = await keepLogs(cluster, { file: task.file.name, name }, logsOf(own));
      // biome-ignore lint/suspicious/noConsole: vitest shows it with the test; annotations are for tests that still run
      if (said !== null) console.warn(said);
    });
    await use();
  };
  const fixtures = { cluster: [cluster, { scope }], clusterLogs: [logs, { auto: true }] };
  return (base as unknown as Extendable<Extra>).extend(fixtures);
}

/**
 * One cluster for the whole run, for files that break nothing: the default export of a file that `globalSetup` names.
 * @param settings - as for `up`
 * @example
 * export default globalCluster({ replicas: 2 });
 */
export function globalCluster(
  settings: TestClusterSettings = {},
): (project: TestProject) => Promise<() => Promise<void>> {
  return async (project) => {
    const cluster = await startTestCluster(settings);
    project.provide('rmsx', { name: cluster.name, env: await cluster.env() });
    return () => cluster[Symbol.asyncDispose]();
  };
}

type Context = TestContext & { readonly cluster: Cluster };

/** The types of vitest follow no fixture whose scope is a value. */
interface Extendable<Extra> {
  extend(fixtures: object): TestAPI<Extra & { cluster: Cluster }>;
}
