import { parseChoice } from '../../config/parse-flags.ts';
import { rmsxCommand } from '../../domain/hints.ts';
import type { ReplicationGraph } from '../../domain/replication-graph.ts';
import { topology } from '../../operations/topology.ts';
import { renderDot } from '../../render/topology-dot.ts';
import { renderMermaid } from '../../render/topology-mermaid.ts';
import { renderTree } from '../../render/topology-tree.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { isUtf8 } from '../locale.ts';
import { formatDocument } from '../output.ts';
import { paintFor } from '../paint.ts';

const formats = ['tree', 'mermaid', 'dot', 'json', 'yaml', 'table'] as const;

/** `rmsx topology` */
export const topologyCommand: Command = {
  name: 'topology',
  positionals: '',
  maxPositionals: 0,
  describe: 'who replicates from whom, as a tree or for other programs',
  options: {
    format: { type: 'string', describe: 'tree, mermaid, dot, json or yaml', values: formats, otherwise: 'tree' },
  },
  examples: [
    ['rmsx topology', 'a tree with link state and lag'],
    ['rmsx topology --format dot | dot -Tsvg > redis.svg', 'a picture, by Graphviz'],
    ['rmsx topology --format mermaid', 'for a ```mermaid block on GitHub'],
  ],
  run: async (args, context) => {
    const text = args.switch('json') ? 'json' : (args.text('format') ?? 'tree');
    const format = args.take(parseChoice(args.nameOf('format'), text, formats)) ?? 'tree';
    args.throwIfWrong('rmsx topology --help');
    const graph = await topology(context.name, await context.ports());
    context.streams.stdout.write(await graphText(graph, format, context));
    if (graph.cluster.health !== 'healthy') {
      context.tell(`${graph.cluster.health}: see ${rmsxCommand(context.name, 'status')}`);
    }
    return 0;
  },
};

async function graphText(
  graph: ReplicationGraph,
  format: (typeof formats)[number],
  { colour, env }: Context,
): Promise<string> {
  switch (format) {
    case 'json':
    case 'yaml':
      return formatDocument(graph, format);
    case 'mermaid':
      return renderMermaid(graph);
    case 'dot':
      return renderDot(graph);
    default:
      return renderTree(graph, await paintFor(colour), isUtf8(env));
  }
}
