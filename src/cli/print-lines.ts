import type { NodeLine } from '../domain/log-line.ts';
import { nodeIndex } from '../domain/names.ts';

const colours = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'cyanBright', 'yellowBright', 'greenBright'] as const;

/**
 * @param colour - whether each node has one, the same in every run
 * @param timestamps - whether the time of the engine stands before a line
 * @returns what makes text of lines: `slave-1 | …`
 */
export async function linePrinter(
  colour: boolean,
  timestamps: boolean,
): Promise<(lines: readonly NodeLine[]) => string> {
  const paint = colour ? await painter() : (_node: string, text: string): string => text;
  return (lines) =>
    lines
      .map(({ node, time, text }) => `${paint(node, `${node} |`)} ${timestamps ? `${time} ` : ''}${text}\n`)
      .join('');
}

async function painter(): Promise<(node: string, text: string) => string> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return (node, text) => chalk[colours[(nodeIndex(node) + colours.length) % colours.length] ?? 'cyan'](text);
}
