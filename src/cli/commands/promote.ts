import { rmsxCommand } from '../../domain/hints.ts';
import { canonicalNodeName } from '../../domain/names.ts';
import { type PromoteResult, promote } from '../../operations/promote.ts';
import { promoteVia } from '../../operations/promote-via.ts';
import { formatPromotePlan } from '../../plan/promote.ts';
import { lostInWords } from '../../render/lost-writes-text.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';
import { exitCodeOf, resyncsInWords, tellIncomplete, tellUnchanged } from '../tell-new-master.ts';

/** `rmsx promote` */
export const promoteCommand: Command = {
  name: 'promote',
  positionals: '[NODE]',
  maxPositionals: 1,
  positionalValues: [[':node']],
  describe: 'the master is gone: make NODE the master and let the others follow it',
  options: {
    best: { type: 'boolean', describe: 'choose the node: the one that has most, and that most others can follow' },
    via: { type: 'boolean', describe: 'where NODE is behind: the best node takes over first, and hands over to NODE' },
    force: {
      type: 'boolean',
      describe: 'even where NODE is behind another node, or the master may be alive: what only they have is lost',
    },
    ...dryRunOption,
  },
  examples: [
    ['rmsx promote slave-1', 'refuses with exit code 7 while the master is alive'],
    ['rmsx promote --best', 'leaves the choice to rmsx'],
    ['rmsx promote slave-1 --via', 'loses nothing that another replica has'],
    ['rmsx promote slave-1 --dry-run', 'what would be done'],
  ],
  run: async (args, context) => {
    const [node] = args.positionals;
    const best = args.switch('best') ?? false;
    if (node === undefined && !best)
      args.report(['NODE: name the node that is to be the master, such as slave-1, or leave the choice to --best']);
    if (node !== undefined && best) args.report([`--best: ${node} is named already`]);
    const via = args.switch('via') ?? false;
    if (via && best) args.report(['--via: the best node needs no other one to take over first']);
    const options = { force: args.switch('force') ?? false, dryRun: args.switch('dry-run') ?? false };
    args.throwIfWrong('rmsx promote --help');
    const target = node === undefined ? null : canonicalNodeName(node);
    const ports = await context.ports();
    const result = await (via && target !== null
      ? promoteVia(context.name, target, options, ports)
      : promote(context.name, target, options, ports));
    await report(result, { dryRun: options.dryRun, target }, context);
    return exitCodeOf(result);
  },
};

async function report(
  result: PromoteResult,
  { dryRun, target }: { readonly dryRun: boolean; readonly target: string | null },
  context: Context,
): Promise<void> {
  const { plan, infos, status, lost, ...facts } = result;
  const isVia = target !== null && facts.promoted !== target;
  const then = isVia ? [`then hand over from ${facts.promoted} to ${target}, without losing a write`] : [];
  await context.print(
    { ...status, ...facts, epoch: status.cluster.epoch, verdict: plan?.verdict ?? null, dryRun },
    () => (dryRun ? `${[plan ? formatPromotePlan(plan, infos) : 'nothing to do', ...then].join('\n')}\n` : ''),
  );
  if (dryRun) return;
  if (!plan) return tellUnchanged(facts, context);
  const resyncs = resyncsInWords(facts);
  context.tell(`promoted ${facts.promoted} in ${facts.durationMs} ms${resyncs === '' ? '' : ` (${resyncs})`}`);
  if (lost) {
    context.tell(lostInWords(lost, rmsxCommand(context.name, `rejoin ${facts.formerMaster} --dry-run`)));
  }
  tellIncomplete(facts, context);
}
