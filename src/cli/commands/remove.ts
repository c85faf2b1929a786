import { canonicalNodeName } from '../../domain/names.ts';
import { remove } from '../../operations/remove.ts';
import type { Command } from '../command.ts';
import { dryRunOption } from '../options.ts';
import { changeOptionsOf, printChange, volumesOption } from '../print-change.ts';

/** `rmsx remove` */
export const removeCommand: Command = {
  name: 'remove',
  positionals: 'NODE',
  maxPositionals: 1,
  positionalValues: [[':node']],
  describe: 'the cluster without NODE; who followed it follows its source',
  options: { ...volumesOption, ...dryRunOption },
  examples: [['rmsx remove slave-2', 'its data stays in its volume; --volumes takes it too']],
  run: async (args, context) => {
    const [node = ''] = args.positionals;
    if (node === '') args.report(['NODE: name the node that is to go, such as slave-2']);
    const options = changeOptionsOf(args);
    args.throwIfWrong('rmsx remove --help');
    const name = canonicalNodeName(node);
    await printChange(await remove(context.name, name, options, await context.ports()), context);
    return 0;
  },
};
