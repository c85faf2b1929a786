import { scale } from '../../operations/scale.ts';
import type { Command } from '../command.ts';
import { dryRunOption } from '../options.ts';
import { changeOptionsOf, printChange, volumesOption } from '../print-change.ts';

/** `rmsx scale` */
export const scaleCommand: Command = {
  name: 'scale',
  positionals: '',
  maxPositionals: 0,
  describe: 'as many replicas as --replicas says, while the cluster runs',
  options: {
    replicas: { type: 'string', describe: 'how many replicas there are to be' },
    ...volumesOption,
    ...dryRunOption,
  },
  examples: [
    ['rmsx scale --replicas 5', 'new replicas come where the topology has room for them'],
    ['rmsx scale --replicas 1 --dry-run', 'which ones would go; their data stays without --volumes'],
  ],
  run: async (args, context) => {
    const replicas = args.integer('replicas');
    if (args.text('replicas') === undefined) args.report(['--replicas: say how many there are to be']);
    if (replicas !== undefined && replicas < 0)
      args.report([`--replicas: ${replicas} is not a number of replicas: 0 or more`]);
    args.throwIfWrong('rmsx scale --help');
    const options = changeOptionsOf(args);
    await printChange(await scale(context.name, replicas ?? 0, options, await context.ports()), context);
    return 0;
  },
};
