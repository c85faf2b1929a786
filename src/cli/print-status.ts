import type { ClusterStatus } from '../domain/status.ts';
import { renderStatus } from '../render/status-table.ts';
import { paintFor } from './paint.ts';

/** @returns the status as text, coloured where the terminal shows it */
export const statusText = async (status: ClusterStatus, colour: boolean): Promise<string> =>
  renderStatus(status, await paintFor(colour));

/** Exit 0 for a healthy cluster, 3 for any other. */
export const healthExitCode = (status: ClusterStatus): number => (status.cluster.health === 'healthy' ? 0 : 3);
