import type { ClusterStatus } from '../domain/status.ts';
import { type Paint, renderStatus } from '../render/status-table.ts';

/** @returns the status as text, coloured where the terminal shows it */
export async function statusText(status: ClusterStatus, colour: boolean): Promise<string> {
  return renderStatus(status, await paintFor(colour));
}

/** @returns what colours text where the terminal shows it, and leaves it as it is elsewhere */
export async function paintFor(colour: boolean): Promise<Paint> {
  if (!colour) return (_tone, text) => text;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const tones = { good: chalk.green, bad: chalk.red, dim: chalk.dim };
  return (tone, text) => tones[tone](text);
}

/** Exit 0 for a healthy cluster, 3 for any other. */
export const healthExitCode = (status: ClusterStatus): number => (status.cluster.health === 'healthy' ? 0 : 3);
