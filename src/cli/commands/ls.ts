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
  options: {
    name: { type: 'string', alias: 'n', describe: 'this cluster only; RMSX_NAME is not heeded', otherwise: 'all' },
  },
  ignoresFile: true, // a look at the whole engine, unless a cluster is named
  examples: [
    ['rmsx ls --json', 'for scripts'],
    ['rmsx ls -n demo', 'this one, or nothing'],
  ],
  run: async (args, context) => {
    args.throwIfWrong('rmsx ls --help');
    // The environment says which cluster other verbs work on, and not that nobody wants to see the others.
    const isNamed = args.text('name') !== undefined && args.nameOf('name') === '--name';
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
