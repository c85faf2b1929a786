import type { Paint } from '../render/status-table.ts';

/** @returns what colours text for a terminal, or leaves it as it is */
export async function paintFor(colour: boolean): Promise<Paint> {
  if (!colour) return (_tone, text) => text;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const tones = { good: chalk.green, bad: chalk.red, dim: chalk.dim };
  return (tone, text) => tones[tone](text);
}
