/**
 * A cluster for the tests of node:test.
 * @packageDocumentation
 */
import { after, afterEach } from 'node:test';
import type { Cluster } from '../library/cluster.ts';
import { keepLogs } from './failure-logs.ts';
import { logsOf, startTestCluster, type TestClusterSettings } from './test-cluster.ts';

export type { TestClusterSettings } from './test-cluster.ts';

/**
 * Brings up an isolated cluster for the tests of this file, takes it away after the last one, and writes the logs of its nodes
 * down when a test fails. node:test runs each file in a process of its own, so files that run side by side never meet.
 * @param settings - as for `up`, and where the logs go
 * @throws RmsxError whatever `up` throws
 * @example
 * const cluster = await useCluster({ replicas: 2 });
 * test('the application must outlive its master', async () => {
 *   await cluster.kill('master');
 *   await cluster.promote();
 * });
 */
export async function useCluster(settings: TestClusterSettings = {}): Promise<Cluster> {
  let cluster: Cluster | undefined;
  // Hooks belong to whatever asks for them before it first waits.
  afterEach(async (context) => {
    const { passed, fullName, filePath = process.argv[1], diagnostic } = context as FinishedTest;
    if (!cluster || passed !== false) return;
    const said = await keepLogs(
      cluster,
      { file: filePath ?? 'test', name: fullName ?? context.name },
      logsOf(settings),
    );
    if (said !== null) diagnostic?.call(context, said);
  });
  after(() => cluster?.[Symbol.asyncDispose]());
  cluster = await startTestCluster(settings);
  return cluster;
}

/** What a hook is told of a test, by one version of Node or another; of a suite it is told less. */
interface FinishedTest {
  readonly passed?: boolean;
  readonly fullName?: string;
  readonly filePath?: string;
  readonly diagnostic?: (message: string) => void;
}
