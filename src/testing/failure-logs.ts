import { basename, join, relative } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import type { Cluster } from '../library/cluster.ts';

/** Where logs go unless somebody says otherwise, below the directory in which the tests run. */
export const defaultLogsDirectory = 'rmsx-logs';

/** A test that has failed. */
export interface FailedTest {
  /** The file that it is in. */
  readonly file: string;
  /** Its name, with those of the suites around it. */
  readonly name: string;
}

/** File systems take 255 bytes. */
const maxLength = 120;

/** @returns the directory of a test, below that of the logs: `queue.test.js-a-job-outlives-its-master` */
export function directoryOf({ file, name }: FailedTest): string {
  const words = name.normalize('NFKD').replace(/[^\w.]+/g, '-');
  return `${basename(file)}-${words}`
    .replace(/^[-.]+/, '')
    .slice(0, maxLength)
    .replace(/[-.]+$/, '');
}

/**
 * Writes the logs of all nodes after a test has failed, in the place of those of its last failure.
 * @param logs - the directory in which each test has one; null for nowhere
 * @returns what to tell people: where they are, or why not. It throws nothing, as the failure of the test is what counts
 */
export async function keepLogs(cluster: Cluster, test: FailedTest, logs: string | null): Promise<string | null> {
  if (logs === null) return null;
  const directory = join(logs, directoryOf(test));
  try {
    await cluster.exportLogs({ directory, replaceAny: true });
    return `rmsx: the logs of ${cluster.name} are in ${relative('', directory)}`;
  } catch (error) {
    return `rmsx: the logs of ${cluster.name} could not be written: ${messageOf(error)}`;
  }
}
