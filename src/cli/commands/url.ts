import { canonicalNodeName } from '../../domain/names.ts';
import { env, url } from '../../operations/env.ts';
import type { Command } from '../command.ts';

/** `rmsx url` */
export const urlCommand: Command = {
  name: 'url',
  positionals: '[NODE]',
  maxPositionals: 1,
  positionalValues: [[':node']],
  describe: 'the connection string of a node, password included',
  options: {
    role: {
      type: 'string',
      describe: 'master or replica: every node with that role',
      values: ['master', 'replica'],
      otherwise: 'master',
    },
  },
  examples: [
    ['REDIS_URL=$(rmsx url) npm start', 'the master, for a program'],
    ['rmsx url slave-1', 'one node'],
  ],
  run: async (args, context) => {
    const [node] = args.positionals;
    const role = args.choice('role', ['master', 'replica']);
    if (node !== undefined && role !== undefined) args.report(['--role: name a node or a role, not both']);
    args.throwIfWrong('rmsx url --help');
    const ports = await context.ports();
    if (node !== undefined) {
      const found = await url(context.name, canonicalNodeName(node), ports);
      await context.print({ urls: [found] }, () => `${found.url}\n`);
      return 0;
    }
    const info = await env(context.name, ports);
    if (!info.hasMaster) ports.progress.warn(`${info.name} has no master now; this is the one that should be`);
    const urls = role === 'replica' ? info.replicas : [info.master];
    await context.print({ urls }, () => urls.map((entry) => `${entry.url}\n`).join(''));
    return 0;
  },
};
