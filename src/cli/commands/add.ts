import { canonicalNodeName } from '../../domain/names.ts';
import { add } from '../../operations/add.ts';
import type { Command } from '../command.ts';
import { dryRunOption } from '../options.ts';
import { changeOptionsOf, printChange } from '../print-change.ts';

/** `rmsx add` */
export const addCommand: Command = {
  name: 'add',
  positionals: '',
  maxPositionals: 0,
  describe: 'one more replica, under the node that --source names',
  options: {
    source: {
      type: 'string',
      describe: 'the node it follows',
      values: [':node'],
      otherwise: 'where the topology has room',
    },
    ...dryRunOption,
  },
  examples: [['rmsx add --source slave-1', 'one more replica, which follows slave-1']],
  run: async (args, context) => {
    const source = args.text('source');
    const options = changeOptionsOf(args);
    args.throwIfWrong('rmsx add --help');
    const followed = source === undefined ? undefined : canonicalNodeName(source);
    await printChange(await add(context.name, followed, options, await context.ports()), context);
    return 0;
  },
};
