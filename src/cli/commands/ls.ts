import { ls } from '../../operations/ls.ts';
import { renderTable } from '../../render/table.ts';
import type { Command } from '../command.ts';

const header = ['NAME', 'STATE', 'NODES', 'TOPOLOGY', 'IMAGE', 'SUBNET', 'CREATED'];

/** `rmsx ls` */
export const lsCommand: Command = {
  name: 'ls',
  positionals: '',
  maxPositionals: 0,
  describe: 'every cluster on this engine',
  options: {},
  examples: [['rmsx ls --json', 'for scripts']],
  run: async (args, context) => {
    args.throwIfWrong('rmsx ls --help');
    const clusters = await ls(await context.ports(null));
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
    return 0;
  },
};
