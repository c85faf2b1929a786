import type { ClusterStatus } from '../domain/status.ts';
import { type Paint, renderStatus } from '../render/status-table.ts';

/** @returns the status as text, coloured where the terminal shows it */
export async function statusText(status: ClusterStatus, colour: boolean): Promise<string> {
  if (!colour) return renderStatus(status, (_tone, text) => text);
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const tones = { good: chalk.green, bad: chalk.red, dim: chalk.dim };
  const paint: Paint = (tone, text) => tones[tone](text);
  return renderStatus(status, paint);
}

/** Exit 0 for a healthy cluster, 3 for any other. */
export const healthExitCode = (status: ClusterStatus): number => (status.cluster.health === 'healthy' ? 0 : 3);
