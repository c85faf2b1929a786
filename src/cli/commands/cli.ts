import { redisCli } from '../../operations/cli.ts';
import type { Command } from '../command.ts';
import { connectStreams } from '../connect-streams.ts';

/** `rmsx cli` */
export const cliCommand: Command = {
  name: 'cli',
  positionals: 'NODE [ARGS…]',
  maxPositionals: 1,
  positionalValues: [[':node']],
  describe:
    'redis-cli in a node, already logged in; exits with its code. Flags of rmsx stand before NODE: all behind it belongs to redis-cli',
  options: {},
  examples: [
    ['rmsx cli master', 'a prompt; Ctrl-D ends it'],
    ['rmsx cli master INFO replication', 'one command'],
    ['rmsx -n demo cli slave-1 -n 3 DBSIZE', 'of the cluster demo, in database 3'],
    ["echo 'SET a 1' | rmsx cli master", 'commands from a pipe; -x takes a value from it'],
  ],
  run: async (args, context, passedOn) => {
    const [node] = args.positionals;
    if (node === undefined) args.report(['cli: name a node']);
    args.report(behindTheNode(node ?? '', passedOn));
    if (context.format !== 'table') {
      args.report([`${args.nameOf(args.switch('json') ? 'json' : 'format')}: redis-cli prints no documents of rmsx`]);
    }
    if (args.text('file') === '-') {
      args.report([`${args.nameOf('file')}: - would be standard input, which belongs to redis-cli`]);
    }
    args.throwIfWrong('rmsx cli --help');
    const ports = await context.ports(context.name, context.givenTimeoutMs);
    const rest = passedOn[0] === '--' ? passedOn.slice(1) : passedOn;
    const streams = connectStreams(context.streams, ports.signal);
    const code = await redisCli(context.name, node ?? '', rest, streams, ports);
    ports.signal.throwIfAborted(); // its output was given up, not read to its end
    return code;
  },
};

/** redis-cli knows -n as well: with the number of a database. */
function behindTheNode(node: string, passedOn: readonly string[]): readonly string[] {
  const [flag = '', value = ''] = passedOn;
  if ((flag !== '-n' && flag !== '--name') || /^\d*$/.test(value)) return [];
  return [
    `cli: ${flag} ${value} stands behind the node, where all belongs to redis-cli: rmsx cli ${flag} ${value} ${node}`,
  ];
}
