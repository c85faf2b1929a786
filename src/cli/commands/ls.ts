import { ls } from '../../operations/ls.ts';
import { renderTable } from '../../render/table.ts';
import type { Command } from '../command.ts';
import { onlyOption } from '../options.ts';

const header = ['NAME', 'STATE', 'NODES', 'TOPOLOGY', 'IMAGE', 'SUBNET', 'CREATED'];

/** `rmsx ls` */
export const lsCommand: Command = {
  name: 'ls',
  positionals: '',
  maxPositionals: 0,
  describe: 'every cluster on this engine',
  options: onlyOption,
  ignoresFile: true, // a look at the whole engine, unless a cluster is named
  examples: [
    ['rmsx ls --json', 'for scripts'],
    ['rmsx ls -n demo', 'this one, or nothing'],
  ],
  run: async (args, context) => {
    args.throwIfWrong('rmsx ls --help');
    const isNamed = args.isTyped('name');
    const clusters = await ls(await context.ports(null), isNamed ? context.name : undefined);
    await context.print({ clusters }, () =>
      renderTable([
        header,
        ...clusters.map(({ name, state, nodes, running, topology, image, subnet, createdAt }) => [
          name,
          state,
          `${running}/${nodes}`,
          topology ?? '-',
          image ?? '-',
          subnet ?? '-',
          createdAt ?? '-',
        ]),
      ]),
    );
    if (isNamed && clusters.length === 0) context.tell(`no cluster on this engine is called ${context.name}`);
    return 0;
  },
};
