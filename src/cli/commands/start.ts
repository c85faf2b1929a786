import { start } from '../../operations/start.ts';
import type { Command } from '../command.ts';
import { dryRunOption } from '../options.ts';
import { printLifecycle } from '../print-lifecycle.ts';

/** `rmsx start` */
export const startCommand: Command = {
  name: 'start',
  positionals: '[NODE…]',
  maxPositionals: Number.POSITIVE_INFINITY,
  positionalValues: [[':node']],
  describe: 'start what is stopped, sources first, and wait until replication is usable',
  options: {
    wait: { type: 'boolean', describe: 'wait until usable; --no-wait does not' },
    ...dryRunOption,
  },
  examples: [
    ['rmsx start', 'the whole cluster, with the roles that it had'],
    ['rmsx start slave-2', 'one node; rmsx up makes what is missing, too'],
  ],
  run: async (args, context) => {
    const options = { wait: args.switch('wait') ?? true, dryRun: args.switch('dry-run') ?? false };
    args.throwIfWrong('rmsx start --help');
    const result = await start(context.name, args.positionals, options, await context.ports());
    await printLifecycle(result, options.dryRun, context);
    return 0;
  },
};
