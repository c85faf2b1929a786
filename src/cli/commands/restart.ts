import { restart } from '../../operations/restart.ts';
import type { Command } from '../command.ts';
import { dryRunOption } from '../options.ts';
import { printLifecycle } from '../print-lifecycle.ts';

/** `rmsx restart` */
export const restartCommand: Command = {
  name: 'restart',
  positionals: '[NODE…]',
  maxPositionals: Number.POSITIVE_INFINITY,
  positionalValues: [[':node']],
  describe: 'restart containers one after the other, the master last; data and roles stay',
  options: dryRunOption,
  examples: [
    ['rmsx restart', 'nothing can be written while the master restarts'],
    ['rmsx restart slave-1 slave-2', 'each is in sync before the next one stops'],
  ],
  run: async (args, context) => {
    const dryRun = args.switch('dry-run') ?? false;
    args.throwIfWrong('rmsx restart --help');
    const ports = await context.ports();
    const result = await restart(context.name, args.positionals, { dryRun }, ports);
    await printLifecycle(result, dryRun, context, !dryRun);
    return 0;
  },
};
