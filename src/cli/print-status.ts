import type { ClusterStatus } from '../domain/status.ts';
import { renderStatus } from '../render/status-table.ts';
import type { Context } from './context.ts';
import { paintFor } from './paint.ts';

/** @returns the status as text, coloured and as wide as the terminal shows it */
export async function statusText(status: ClusterStatus, { colour, streams }: Context): Promise<string> {
  const { columns } = streams.stdout;
  return renderStatus(status, await paintFor(colour), columns > 0 ? columns : undefined); // none in a pipe
}

/** Exit 0 for a healthy cluster, 3 for any other. */
export const healthExitCode = (status: ClusterStatus): number => (status.cluster.health === 'healthy' ? 0 : 3);
