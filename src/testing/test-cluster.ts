import type { Cluster } from '../library/cluster.ts';
import { bringUp, type UpSettings } from '../library/up.ts';
import { defaultLogsDirectory } from './failure-logs.ts';

/** The cluster of a test: what `up` takes, always isolated. */
export interface TestClusterSettings extends Omit<UpSettings, 'name' | 'isolated' | 'retain'> {
  /** Where the logs of the nodes go when a test fails, in a directory for each; null for nowhere. @default `rmsx-logs` */
  readonly logs?: string | null;
}

/**
 * Brings up an isolated cluster that belongs to this process: where it is killed, the next `rmsx gc` takes it away at once.
 * @throws RmsxError whatever `up` throws
 */
export function startTestCluster({ logs: _, ...settings }: TestClusterSettings): Promise<Cluster> {
  return bringUp({ ...settings, isolated: true }, true);
}

/** @returns where the logs go; null for nowhere */
export const logsOf = ({ logs = defaultLogsDirectory }: TestClusterSettings): string | null => logs;
