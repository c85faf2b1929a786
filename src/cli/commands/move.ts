import { canonicalNodeName } from '../../domain/names.ts';
import { move } from '../../operations/move.ts';
import type { Command } from '../command.ts';
import { dryRunOption } from '../options.ts';
import { changeOptionsOf, printChange } from '../print-change.ts';

/** `rmsx move` */
export const moveCommand: Command = {
  name: 'move',
  positionals: 'NODE',
  maxPositionals: 1,
  positionalValues: [[':node']],
  describe: 'let NODE follow the node that --source names; who follows NODE comes along',
  options: {
    source: { type: 'string', describe: 'the node it is to follow', values: [':node'] },
    ...dryRunOption,
  },
  examples: [['rmsx move slave-2 --source slave-1', 'a star becomes a chain, without a full synchronisation']],
  run: async (args, context) => {
    const [node = ''] = args.positionals;
    const source = args.text('source') ?? '';
    if (node === '') args.report(['NODE: name the node that is to move, such as slave-2']);
    if (source === '') args.report(['--source: name the node that it is to follow']);
    const options = changeOptionsOf(args);
    args.throwIfWrong('rmsx move --help');
    const [name, above] = [canonicalNodeName(node), canonicalNodeName(source)];
    await printChange(await move(context.name, name, above, options, await context.ports()), context);
    return 0;
  },
};
