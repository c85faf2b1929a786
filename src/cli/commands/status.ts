import { parseWatchMs, usualWatchMs } from '../../config/watch-interval.ts';
import { status } from '../../operations/status.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { healthExitCode, statusText } from '../print-status.ts';

/** `rmsx status` */
export const statusCommand: Command = {
  name: 'status',
  positionals: '',
  maxPositionals: 0,
  describe: 'what is, against what should be; exits 3 when anything is wrong',
  options: {
    watch: {
      type: 'string',
      alias: 'w',
      isValueOptional: true,
      describe: 'look again every so many seconds, until Ctrl-C; when piped, a line for each change',
      otherwise: 'off; 2 without a value',
    },
  },
  examples: [
    ['rmsx status', 'a table, warnings, and the command to type'],
    ['rmsx status --json | jq .cluster.health', 'for scripts'],
    ['rmsx status -w', 'on a terminal, with rates and the trend of the lag'],
    ['rmsx status -w 10 >> changes.log', 'a line for each change'],
  ],
  run: async (args, context) => {
    const everyMs = watchMs(args, context);
    args.throwIfWrong('rmsx status --help');
    if (everyMs !== undefined) return (await import('../watch-status.ts')).watchStatus(everyMs, context);
    const result = await status(context.name, await context.ports());
    await context.print(result, () => statusText(result, context));
    return healthExitCode(result);
  },
};

/** @returns how often to look; undefined for once */
function watchMs(args: Arguments, { format }: Context): number | undefined {
  if (!args.has('watch')) return undefined;
  if (format !== 'table') {
    const instead = `while sleep 2; do rmsx status --format ${format}; done`;
    args.report([
      `${args.nameOf('watch')}: with --format ${format} there is one document, and no end; say: ${instead}`,
    ]);
  }
  const text = args.text('watch');
  return text === undefined ? usualWatchMs : args.take(parseWatchMs(args.nameOf('watch'), text));
}
