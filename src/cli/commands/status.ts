import { status } from '../../operations/status.ts';
import type { Command } from '../command.ts';
import { healthExitCode, statusText } from '../print-status.ts';

/** `rmsx status` */
export const statusCommand: Command = {
  name: 'status',
  positionals: '',
  maxPositionals: 0,
  describe: 'what is, against what should be; exits 3 when anything is wrong',
  options: {},
  examples: [
    ['rmsx status', 'a table, warnings, and the command to type'],
    ['rmsx status --json | jq .cluster.health', 'for scripts'],
  ],
  run: async (args, context) => {
    args.throwIfWrong('rmsx status --help');
    const result = await status(context.name, await context.ports());
    await context.print(result, () => statusText(result, context.colour));
    return healthExitCode(result);
  },
};
