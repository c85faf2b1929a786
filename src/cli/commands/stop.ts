import { stop } from '../../operations/stop.ts';
import type { Command } from '../command.ts';
import { dryRunOption } from '../options.ts';
import { printLifecycle } from '../print-lifecycle.ts';

/** `rmsx stop` */
export const stopCommand: Command = {
  name: 'stop',
  positionals: '[NODE…]',
  maxPositionals: Number.POSITIVE_INFINITY,
  positionalValues: [[':node']],
  describe: 'stop containers, the master before its replicas; data and roles stay',
  options: dryRunOption,
  examples: [
    ['rmsx stop', 'the whole cluster; rmsx start brings it back'],
    ['rmsx stop slave-2', 'one node; the others go on'],
    ['rmsx stop master', 'to rehearse its end: rmsx promote slave-1 lets a replica take over'],
  ],
  run: async (args, context) => {
    const dryRun = args.switch('dry-run') ?? false;
    args.throwIfWrong('rmsx stop --help');
    await printLifecycle(
      await stop(context.name, args.positionals, { dryRun }, await context.ports()),
      dryRun,
      context,
    );
    return 0;
  },
};
