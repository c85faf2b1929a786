import type { LostWrites } from '../../domain/lost-writes/lost-writes.ts';
import { countWrites } from '../../domain/lost-writes/write-command.ts';
import { canonicalNodeName, counted, defaultClusterName } from '../../domain/names.ts';
import { type RejoinResult, rejoin } from '../../operations/rejoin.ts';
import { lostDocument } from '../../render/lost-writes-document.ts';
import { formatWrite } from '../../render/lost-writes-file.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';

/** So many writes are shown to people, and so much of each argument. */
const shownWrites = 10;
const shownCharacters = 60;

/** `rmsx rejoin` */
export const rejoinCommand: Command = {
  name: 'rejoin',
  positionals: 'NODE',
  maxPositionals: 1,
  positionalValues: [[':node']],
  describe: 'bring a former master, or a node that was lost, back as a replica, after saying which writes only it has',
  options: {
    'save-lost': {
      type: 'string',
      describe: 'write them into this file, for redis-cli --pipe, and FILE.txt to read',
      values: [':files'],
    },
    discard: { type: 'boolean', describe: 'lose them' },
    ...dryRunOption,
  },
  examples: [
    ['rmsx rejoin master', 'refuses with exit code 7 where writes would be lost'],
    ['rmsx rejoin master --dry-run', 'which writes only it has'],
    ['rmsx rejoin master --save-lost lost.resp', 'saves them first'],
  ],
  run: async (args, context) => {
    const [node = ''] = args.positionals;
    if (node === '') args.report(['NODE: name the node that is to come back, such as master']);
    const dryRun = args.switch('dry-run') ?? false;
    const options = { saveLost: args.text('save-lost'), discard: args.switch('discard') ?? false, dryRun };
    args.throwIfWrong('rmsx rejoin --help');
    await report(await rejoin(context.name, canonicalNodeName(node), options, await context.ports()), dryRun, context);
    return 0;
  },
};

async function report(result: RejoinResult, dryRun: boolean, context: Context): Promise<void> {
  const { plan, lost, status, changed, saved, resync } = result;
  const [node, source] = [plan.node.name, plan.source.name];
  const document = { rejoined: node, source, changed, way: plan.way, lost: lost && lostDocument(lost), saved, resync };
  await context.print({ ...status, ...document, dryRun }, () => (lost ? lostText(lost, node, dryRun) : ''));
  if (plan.way === 'none') return context.tell(`${node} follows ${source} already: nothing to do`);
  if (dryRun) return context.tell(`${node} would ${wayInWords[plan.way]} ${source}`);
  if (saved !== null) {
    const of = context.name === defaultClusterName ? '' : ` -n ${context.name}`; // behind cli it would be for redis-cli
    context.tell(`saved in ${saved}, and to read in ${saved}.txt`);
    context.tell(`to write them again: rmsx${of} cli ${status.cluster.master ?? source} --pipe < ${saved}`);
  }
  context.tell(`${node} is a replica of ${source} (${resync} resynchronisation)`);
}

function lostText(lost: LostWrites, node: string, dryRun: boolean): string {
  if ('unknown' in lost) return `which writes only ${node} has cannot be known: ${lost.unknown}\n`;
  const { writes, bytes } = lost;
  const size = bytes === null ? '' : ` (${bytes} bytes)`;
  const shown = writes.slice(0, shownWrites).map((write) => `  ${formatWrite(write, shownCharacters)}`);
  const more = writes.length > shownWrites ? [`  … and ${writes.length - shownWrites} more`] : [];
  const head = `only ${node} ${dryRun ? 'has' : 'had'}: ${counted(countWrites(writes), 'write')}${size}`;
  return `${[head, ...shown, ...more].join('\n')}\n`;
}

const wayInWords = {
  none: 'go on following',
  start: 'be started, and follow',
  follow: 'be told to follow',
  make: 'get a container again, and follow',
  fence: 'take no more writes, and follow',
  wake: 'be told to follow while nobody reaches it, and come back to the network',
} as const;
